// The built-in functions (language.md §2): names, parameters, defaults. One entry a name; the rules that type a call are in rules/.

/** A parameter of a built-in. `optional` may be left out; `rest` takes all that remain. */
export interface BuiltinParameter {
  readonly name: string;
  readonly optional?: true;
  readonly rest?: true;
  /** Filled in where it is left out. */
  readonly value?: number;
}

const one = [{ name: 'x' }] as const;
const two = [{ name: 'x' }, { name: 'y' }] as const;
const along = [{ name: 'x' }, { name: 'axis', optional: true }] as const;

/** Applied entry by entry; arguments of equal shape, or scalars. */
export const elementwiseTable = {
  abs: one,
  sign: one,
  sqrt: one,
  cbrt: one,
  exp: one,
  log: one,
  log1p: one,
  expm1: one,
  sin: one,
  cos: one,
  tan: one,
  asin: one,
  acos: one,
  atan: one,
  atan2: [{ name: 'y' }, { name: 'x' }],
  sinh: one,
  cosh: one,
  tanh: one,
  sigmoid: one,
  softplus: one,
  relu: one,
  erf: one,
  lgamma: one,
  digamma: one,
  floor: one,
  ceil: one,
  round: one,
  mod: two,
  clip: [{ name: 'x' }, { name: 'low' }, { name: 'high' }],
  pos: one,
  neg: one,
  xlogx: one,
  xlogy: two,
  kl_div: two,
  huber: [{ name: 'r' }, { name: 'd', optional: true, value: 1 }],
  real: one,
  imag: one,
  conj: one,
  arg: one,
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

/** Whole, or along one axis. `max` and `min` of several arguments are elementwise. */
export const reductionTable = {
  sum: along,
  prod: along,
  mean: along,
  var: along,
  std: along,
  min: along,
  max: along,
  argmin: along,
  argmax: along,
  all: along,
  any: along,
  count: along,
  logsumexp: along,
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

/** To a scalar; `norm` has a node of its own. */
export const scalarTable = {
  norm: [{ name: 'x' }, { name: 'p', optional: true, value: 2 }],
  sumsq: one,
  dot: two,
  trace: one,
  det: one,
  logdet: one,
  lambda_max: one,
  lambda_min: one,
  entropy: one,
  quad_over_lin: two,
  perspective: [{ name: 'f' }, { name: 'x' }, { name: 't' }],
  geo_mean: one,
  sum_largest: [{ name: 'x' }, { name: 'k' }],
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

export const linearAlgebraTable = {
  inv: one,
  pinv: one,
  chol: one,
  qr: one,
  svd: one,
  eigh: one,
  expm: one,
  kron: two,
  outer: two,
  cross: two,
  diag: one,
  tril: one,
  triu: one,
  rank: one,
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

export const makingTable = {
  zeros: [{ name: 'shape', rest: true }],
  ones: [{ name: 'shape', rest: true }],
  eye: [{ name: 'rows' }, { name: 'columns', optional: true }],
  linspace: [{ name: 'from' }, { name: 'to' }, { name: 'count' }],
  full: [{ name: 'value' }, { name: 'shape', rest: true }],
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

export const arrangingTable = {
  reshape: [{ name: 'x' }, { name: 'shape', rest: true }],
  vec: one,
  hcat: [{ name: 'items', rest: true }],
  vcat: [{ name: 'items', rest: true }],
  stack: [{ name: 'items', rest: true }],
  repeat: [{ name: 'x' }, { name: 'times' }],
  flip: along,
  roll: [{ name: 'x' }, { name: 'by' }, { name: 'axis', optional: true }],
  sort: along,
  argsort: along,
  top: [{ name: 'x' }, { name: 'k' }],
  cumsum: along,
  cumprod: along,
  size: [{ name: 'x' }, { name: 'axis', optional: true }],
  dim: one,
  ndim: one,
  conv: two,
  fft: one,
  ifft: one,
  softmax: one,
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

/** Expressions of §2 that look like calls. */
export const derivativeTable = {
  grad: [{ name: 'e' }, { name: 'x' }],
  jac: [{ name: 'e' }, { name: 'x' }],
  hess: [{ name: 'e' }, { name: 'x' }],
  hvp: [{ name: 'e' }, { name: 'x' }, { name: 'v' }],
  jvp: [{ name: 'e' }, { name: 'x' }, { name: 'v' }],
  laplacian: [{ name: 'e' }, { name: 'x' }],
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

/** On pattern functions and domains (§6); those on domains may stand in problems too. */
export const oracleTable = {
  lipschitz: [{ name: 'f' }],
  strong_convexity: [{ name: 'f' }],
  prox: [{ name: 'h' }, { name: 't' }, { name: 'v' }],
  prox_conj: [{ name: 'h' }, { name: 't' }, { name: 'v' }],
  project: [{ name: 'X' }, { name: 'v' }],
  lmo: [{ name: 'X' }, { name: 'g' }],
  distance: [{ name: 'X' }, { name: 'v' }],
  mirror: [{ name: 'X' }, { name: 'v' }],
  mirror_dual: [{ name: 'X' }, { name: 'x' }],
  retract: [{ name: 'X' }, { name: 'x' }, { name: 'd' }],
  tangent: [{ name: 'X' }, { name: 'x' }, { name: 'g' }],
  transport: [{ name: 'X' }, { name: 'x' }, { name: 'y' }, { name: 'd' }],
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

/** Messages of agents, and the rest that looks like a call. */
export const specialTable = {
  stop: [{ name: 'e' }],
  dual: [{ name: 'constraint' }],
  batch: [{ name: 'D' }, { name: 'k' }],
  exchange: [{ name: 'v' }],
  topk: [{ name: 'v' }, { name: 'k' }],
  randk: [{ name: 'v' }, { name: 'k' }],
  quantize: [{ name: 'v' }, { name: 'bits' }],
} as const satisfies Readonly<Record<string, readonly BuiltinParameter[]>>;

export type ElementwiseName = keyof typeof elementwiseTable;
export type ReductionName = keyof typeof reductionTable;
export type ScalarName = keyof typeof scalarTable;
export type LinearAlgebraName = keyof typeof linearAlgebraTable;
export type MakingName = keyof typeof makingTable;
export type ArrangingName = keyof typeof arrangingTable;
export type DerivativeName = keyof typeof derivativeTable;
export type OracleCallName = keyof typeof oracleTable;
export type SpecialName = keyof typeof specialTable;

/** Every name that a call may have without being declared. */
export type Builtin =
  | ElementwiseName
  | ReductionName
  | ScalarName
  | LinearAlgebraName
  | MakingName
  | ArrangingName
  | DerivativeName
  | OracleCallName
  | SpecialName;

/** With several results. */
export type MultiName = 'qr' | 'svd' | 'eigh';

/**
 * Names that stay a `call` node in the typed model, with its arguments in this order:
 * `perspective(e, t)` is t·e where e is already f(x/t); `zeros() ones() full(v)` and `eye()` fill the node's shape; `linspace(a, b)`; `repeat(x)` tiles
 * x along its first axis to the node's shape; `flip cumsum cumprod sort argsort` along `axis` (argsort gives 1-based positions);
 * `roll(x, k)` along `axis` (of all entries flattened where undefined); `top(x)` the largest, descending, of a vector; `softmax` along the last axis; `conv(a, b)` has
 * length n + m - 1; `diag(v)` makes a matrix, `diag(M)` takes its diagonal; `topk randk (v, k)`, `quantize(v, bits)`; `sum_largest(x, k)`.
 */
export type CallName =
  | Exclude<ScalarName, 'norm'>
  | Exclude<LinearAlgebraName, MultiName | 'outer'>
  | MakingName
  | Exclude<ArrangingName, 'reshape' | 'vec' | 'hcat' | 'vcat' | 'stack' | 'size' | 'dim' | 'ndim'>
  | 'topk'
  | 'randk'
  | 'quantize';

const tables = [
  elementwiseTable,
  reductionTable,
  scalarTable,
  linearAlgebraTable,
  makingTable,
  arrangingTable,
  derivativeTable,
  oracleTable,
  specialTable,
];

/** All names, for messages and editors. */
export const builtinNames: readonly string[] = tables.flatMap((table) => Object.keys(table));
