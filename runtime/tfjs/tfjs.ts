// The part of tfjs that generated code and its helpers call, as an interface of our own: the packages are optional, and each backend may bring its own copy.

/** An array on the device. */
export interface DeviceTensor {
  readonly id: number;
  /** Names its data in the backend. */
  readonly dataId: object;
  readonly shape: number[];
  readonly size: number;
  readonly rank: number;
  readonly dtype: string;
  readonly isDisposed: boolean;
  dataSync(): ArrayLike<number>;
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** tfjs turns a number into a tensor by itself. */
export type Operand = DeviceTensor | number;

export type DeviceType = 'float32' | 'int32' | 'bool';

type Unary = (x: Operand) => DeviceTensor;
type Binary = (x: Operand, y: Operand) => DeviceTensor;
type Reduction = (x: Operand, axis?: number[] | number) => DeviceTensor;
type Along = (x: DeviceTensor, axis: number) => DeviceTensor;

export interface Tfjs {
  readonly version_core: string;
  ready(): Promise<void>;
  getBackend(): string;
  setBackend(name: string): Promise<boolean>;
  memory(): { readonly numTensors: number; readonly numBytes: number };
  engine(): Engine;
  /** The backend itself: each has functions of its own. */
  backend(): unknown;
  tidy<T>(work: () => T): T;
  keep(x: DeviceTensor): DeviceTensor;
  /** Frees arrays; those that are freed already stay so. */
  dispose(arrays: DeviceTensor | readonly DeviceTensor[]): void;

  tensor(
    values: ArrayLike<number> | number[],
    shape?: readonly number[],
    type?: DeviceType,
  ): DeviceTensor;
  scalar(value: number | boolean, type?: DeviceType): DeviceTensor;
  zeros(shape: readonly number[]): DeviceTensor;
  fill(shape: readonly number[], value: number): DeviceTensor;
  range(start: number, stop: number, step: number, type?: DeviceType): DeviceTensor;
  cast(x: DeviceTensor, type: DeviceType): DeviceTensor;

  neg: Unary;
  abs: Unary;
  sign: Unary;
  sqrt: Unary;
  square: Unary;
  exp: Unary;
  log: Unary;
  log1p: Unary;
  softplus: Unary;
  erf: Unary;
  expm1: Unary;
  sin: Unary;
  cos: Unary;
  tan: Unary;
  asin: Unary;
  acos: Unary;
  atan: Unary;
  sinh: Unary;
  cosh: Unary;
  tanh: Unary;
  sigmoid: Unary;
  floor: Unary;
  ceil: Unary;
  isNaN: Unary;
  logicalNot: Unary;

  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  pow: Binary;
  maximum: Binary;
  minimum: Binary;
  atan2: Binary;
  mod: Binary;
  equal: Binary;
  notEqual: Binary;
  less: Binary;
  lessEqual: Binary;
  greater: Binary;
  logicalAnd: Binary;
  logicalOr: Binary;
  where(condition: DeviceTensor, x: Operand, y: Operand): DeviceTensor;

  sum: Reduction;
  prod: Reduction;
  max: Reduction;
  min: Reduction;
  any: Reduction;
  all: Reduction;
  argMax: Along;
  argMin: Along;
  cumsum(x: DeviceTensor, axis: number, exclusive: boolean, reverse: boolean): DeviceTensor;
  cumprod(x: DeviceTensor, axis: number, exclusive: boolean, reverse: boolean): DeviceTensor;
  topk(
    x: DeviceTensor,
    k: number,
    sorted: boolean,
  ): { readonly values: DeviceTensor; readonly indices: DeviceTensor };

  broadcastTo(x: Operand, shape: readonly number[]): DeviceTensor;
  reshape(x: Operand, shape: readonly number[]): DeviceTensor;
  transpose(x: DeviceTensor, permutation?: number[]): DeviceTensor;
  slice(x: DeviceTensor, start: number[], size: number[]): DeviceTensor;
  pad(x: DeviceTensor, around: (readonly [number, number])[]): DeviceTensor;
  reverse(x: DeviceTensor, axis: number): DeviceTensor;
  concat(parts: DeviceTensor[], axis: number): DeviceTensor;
  stack(parts: DeviceTensor[], axis?: number): DeviceTensor;
  gather(x: DeviceTensor, indices: DeviceTensor, axis?: number): DeviceTensor;
  gatherND(x: DeviceTensor, indices: DeviceTensor): DeviceTensor;
  scatterND(indices: DeviceTensor, updates: DeviceTensor, shape: readonly number[]): DeviceTensor;
  tensorScatterUpdate(x: DeviceTensor, indices: DeviceTensor, updates: DeviceTensor): DeviceTensor;
  dot(a: DeviceTensor, b: DeviceTensor): DeviceTensor;
  matMul(a: DeviceTensor, b: DeviceTensor, flipA?: boolean, flipB?: boolean): DeviceTensor;
}

export interface Engine {
  readonly state: {
    readonly activeScope: { readonly track: DeviceTensor[] } | null;
    readonly scopeStack: readonly unknown[];
  };
  startScope(name?: string): void;
  endScope(result?: DeviceTensor[]): void;
  makeTensorFromTensorInfo(info: {
    readonly dataId: object;
    readonly shape: readonly number[];
    readonly dtype: string;
  }): DeviceTensor;
}

/** Names that a module must have to be taken for tfjs. */
const needed = ['tensor', 'tidy', 'matMul', 'setBackend', 'engine', 'topk'] as const;

export function isTfjs(module: unknown): module is Tfjs {
  if (typeof module !== 'object' || module === null) return false;
  const found: Readonly<Record<string, unknown>> = { ...module };
  return needed.every((name) => typeof found[name] === 'function');
}
