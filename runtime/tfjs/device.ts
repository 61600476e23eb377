// What generated tfjs code calls beside tfjs itself: arrays go up and come back here, and loops free what each turn leaves behind.
import { RuntimeFault } from '../fault.ts';
import type { SparseTensor, Tensor } from '../tensor.ts';
import { dense } from '../kernels/tensors.ts';
import type { MeasureProgram } from '../program.ts';
import { aloneOn } from './alone.ts';
import { facade } from './facade.ts';
import { createLoops, type Loops } from './loops.ts';
import { nativeSpecial } from './native-special.ts';
import { createSpecial, type Special } from './special.ts';
import type { DeviceTensor, Operand, Tfjs } from './tfjs.ts';
import { watchDevice } from './device-watch.ts';
import { gpuState, type Dispatches } from './gpu-state.ts';
import { gpuBackend, kernelRunner, type RunKernel } from './webgpu.ts';

/** A value of generated code: an array on the device or a number here. */
export type Item = DeviceTensor | number;

/** A matrix by its entries. */
export interface DeviceSparse {
  readonly shape: readonly [number, number];
  /** Positions, int[entries, 1]. */
  readonly rows: DeviceTensor;
  readonly columns: DeviceTensor;
  readonly values: DeviceTensor;
}

export interface Device extends Special, Loops {
  readonly tf: Tfjs;
  /** Whether results can be read without waiting. */
  readonly immediate: boolean;
  /** What went over the bus since the start: results read back and arrays sent. */
  readonly traffic: { reads: number; uploads: number };
  /** Kernels that the backend started, on WebGPU. */
  readonly dispatches: Dispatches | undefined;
  /** What an array holds, brought back; a fault where the device failed on the way. */
  readonly data: (x: DeviceTensor) => Promise<ArrayLike<number>>;
  /** A kernel of our own, on WebGPU. */
  readonly kernel: RunKernel;
  readonly upload: (values: ArrayLike<number>, shape: readonly number[]) => DeviceTensor;
  readonly float: (x: DeviceTensor) => DeviceTensor;
  /** Positions, for addressing. */
  readonly int: (x: Item) => DeviceTensor;
  readonly number: (x: DeviceTensor) => Promise<number>;
  readonly truth: (x: DeviceTensor) => Promise<boolean>;
  readonly array: (x: DeviceTensor) => Promise<Float64Array>;
  /** A function of the CPU in 64 bits, on arrays read back. */
  readonly onHost: (
    functions: MeasureProgram,
    name: string,
    args: Readonly<Record<string, Item>>,
  ) => Promise<DeviceTensor>;
  readonly gather: (x: DeviceTensor, axes: readonly number[], at: readonly Item[]) => DeviceTensor;
  readonly scatter: (
    updates: Item,
    axes: readonly number[],
    at: readonly Item[],
    shape: readonly number[],
  ) => DeviceTensor;
  readonly put: (
    x: DeviceTensor,
    value: Item,
    axes: readonly number[],
    at: readonly Item[],
  ) => DeviceTensor;
  /** The positions themselves, where each is inside; else a fault at the numbered expression. */
  readonly checked: <T extends Item>(at: T, size: number, place: number) => Promise<T>;
  /** Positions of the true entries, row-major, and how many there are. */
  readonly compress: (mask: DeviceTensor) => Promise<readonly [DeviceTensor, number]>;
  readonly sort: (x: DeviceTensor, axis: number, descending: boolean) => DeviceTensor;
  readonly argsort: (x: DeviceTensor, axis: number, descending: boolean) => DeviceTensor;
  readonly contract: (
    a: DeviceTensor,
    b: DeviceTensor,
    batch: readonly (readonly [number, number])[],
    sum: readonly (readonly [number, number])[],
  ) => DeviceTensor;
  readonly sparse: (matrix: SparseTensor) => DeviceSparse;
  /** All entries, zeros included; `flip`: of the transpose. */
  readonly dense: (matrix: DeviceSparse, flip?: boolean) => DeviceTensor;
  /** A x or A' x for a vector or a matrix x, by gathering rows of x and summing them by rows of the result. */
  readonly sparseProduct: (matrix: DeviceSparse, x: DeviceTensor, flip: boolean) => DeviceTensor;
  /** Ends the setting up: what was made until now stays until `dispose`. */
  readonly hold: () => void;
  /** Frees what was made while setting up. */
  readonly dispose: () => void;
  /** A number that all arrays made later exceed by their `id`. */
  readonly mark: () => number;
  /** Frees what was made since the mark and is not among what is now. */
  readonly free: (before: readonly Item[], now: readonly Item[], since: number) => void;
  /** Frees all that the work leaves behind but what it keeps. */
  readonly tidyAsync: <T>(
    work: () => Promise<T>,
    kept: (result: T) => readonly Item[],
  ) => Promise<T>;
}

/** Backends whose results can be read at once. */
const immediateBackends: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

const isTensor = (x: Item): x is DeviceTensor => typeof x !== 'number';
const tensorsOf = (items: readonly Item[]): DeviceTensor[] => items.filter(isTensor);

export function createDevice(plain: Tfjs): Device {
  const tf = facade(plain);
  const immediate = immediateBackends.includes(tf.getBackend());
  const traffic = { reads: 0, uploads: 0 };
  let held: DeviceTensor[] = [];
  tf.engine().startScope('setup');

  const upload = (values: ArrayLike<number>, shape: readonly number[]): DeviceTensor => {
    traffic.uploads++;
    return tf.tensor(Float32Array.from(values), shape, 'float32');
  };
  const float = (x: DeviceTensor): DeviceTensor =>
    x.dtype === 'float32' ? x : tf.cast(x, 'float32');
  const int = (x: Item): DeviceTensor =>
    typeof x === 'number' ? tf.scalar(x, 'int32') : x.dtype === 'int32' ? x : tf.cast(x, 'int32');
  const tensor = (x: Item): DeviceTensor => (isTensor(x) ? x : tf.scalar(x));
  const alone = aloneOn(tf);
  /** The same array under a second handle, which is freed by itself. */
  const again = (x: DeviceTensor): DeviceTensor => tf.reshape(x, x.shape);
  watchDevice(tf);
  const backend = gpuBackend(tf);
  const gpu = backend === undefined ? undefined : gpuState(backend);
  const data: Device['data'] = (x) => (gpu === undefined ? x.data() : gpu.checked(x.data()));
  const read = async (x: DeviceTensor): Promise<ArrayLike<number>> => {
    traffic.reads++;
    return immediate ? x.dataSync() : await data(x);
  };
  const array = async (x: DeviceTensor): Promise<Float64Array> => Float64Array.from(await read(x));
  const number = async (x: DeviceTensor): Promise<number> => Number((await read(x))[0]);

  const tidyAsync = async <T>(
    work: () => Promise<T>,
    kept: (result: T) => readonly Item[],
  ): Promise<T> => {
    const engine = tf.engine();
    engine.startScope();
    let result: T | undefined;
    let items: DeviceTensor[] = [];
    try {
      result = await work();
      items = tensorsOf(kept(result));
      return result;
    } finally {
      engine.endScope(items);
    }
  };

  /** Addressed axes first, the others after them. */
  const toFront = (x: DeviceTensor, axes: readonly number[]): DeviceTensor =>
    axes.every((axis, k) => axis === k) ? x : tf.transpose(x, frontOrder(axes, x.rank));
  const stackIndices = (at: readonly Item[]): DeviceTensor => {
    const all = at.map(int);
    return tf.stack(all, all[0].rank);
  };
  const scatterInFront = (updates: DeviceTensor, at: readonly Item[], shape: readonly number[]) => {
    const positions = stackIndices(at);
    const rest = shape.slice(at.length);
    const count = positions.size / at.length;
    return {
      positions: tf.reshape(positions, [count, at.length]),
      updates: tf.reshape(updates, [count, ...rest]),
    };
  };
  const lastAxis = (
    x: DeviceTensor,
    axis: number,
    work: (x: DeviceTensor) => DeviceTensor,
  ): DeviceTensor => {
    if (axis === x.rank - 1) return work(x);
    const swap = Array.from({ length: x.rank }, (_, k) =>
      k === axis ? x.rank - 1 : k === x.rank - 1 ? axis : k,
    );
    return tf.transpose(work(tf.transpose(x, swap)), swap);
  };
  const top = (x: DeviceTensor, descending: boolean) =>
    tf.topk(descending ? x : tf.neg(x), x.shape[x.rank - 1], true);

  const mark = (): number => tf.tidy(() => tf.scalar(0).id);
  /** What a turn replaced is freed, but not what was there before the mark. */
  const free = (before: readonly Item[], now: readonly Item[], since: number): void => {
    for (const item of tensorsOf(before))
      if (item.id > since && !now.includes(item) && !item.isDisposed) item.dispose();
  };
  return {
    ...createSpecial(tf),
    ...nativeSpecial(tf),
    ...createLoops({ tf, float, mark, free, tidyAsync }),
    tf,
    immediate,
    traffic,
    dispatches: gpu?.dispatches,
    data,
    kernel: kernelRunner(tf, backend),
    upload,
    float,
    int,
    number,
    array,
    truth: async (x) => (await number(x)) !== 0,
    onHost: async (functions, name, args) => {
      const values: Record<string, Tensor> = {};
      for (const [key, x] of Object.entries(args))
        values[key] = isTensor(x)
          ? dense([...x.shape], await array(x))
          : dense([], Float64Array.of(x));
      const result = functions.evaluate(name, values);
      if (result.storage === 'csr') throw new RuntimeFault(`${name} gives a sparse matrix`);
      return upload(result.data, result.shape);
    },
    gather: alone<Parameters<Device['gather']>>((x, axes, at) =>
      at.length === 1
        ? tf.gather(toFront(x, axes), int(at[0]), 0)
        : tf.gatherND(toFront(x, axes), stackIndices(at)),
    ),
    scatter: alone<Parameters<Device['scatter']>>((updates, axes, at, shape) => {
      const order = frontOrder(axes, shape.length);
      const front = order.map((axis) => shape[axis]);
      const { positions, updates: rows } = scatterInFront(tensor(updates), at, front);
      const result =
        rows.size === 0 ? tf.zeros(front) : tf.scatterND(positions, float(rows), front);
      return backFrom(tf, result, axes);
    }),
    put: alone<Parameters<Device['put']>>((x, value, axes, at) => {
      const front = toFront(x, axes);
      const { positions, updates } = scatterInFront(tensor(value), at, front.shape);
      if (updates.size === 0) return again(x);
      return backFrom(tf, tf.tensorScatterUpdate(float(front), positions, float(updates)), axes);
    }),
    checked: async (at, size, place) => {
      const positions = isTensor(at) ? await array(at) : Float64Array.of(at);
      const wrong = positions.find((p) => !(p >= 0 && p < size && Number.isInteger(p)));
      if (wrong === undefined) return at;
      throw new RuntimeFault(`index ${wrong + 1} is outside 1..${size}`, place);
    },
    compress: async (mask) => {
      const entries = await array(mask);
      const found: number[] = [];
      let count = 0;
      entries.forEach((entry, at) => {
        if (entry === 0) return;
        count++;
        let rest = at;
        const position = mask.shape.map(() => 0);
        for (let axis = mask.rank - 1; axis >= 0; axis--) {
          position[axis] = rest % mask.shape[axis];
          rest = Math.floor(rest / mask.shape[axis]);
        }
        found.push(...position);
      });
      return [upload(found, [count, mask.rank]), count];
    },
    sort: alone<Parameters<Device['sort']>>((x, axis, descending) =>
      x.size === 0
        ? again(x)
        : lastAxis(x, axis, (rows) => {
            const { values } = top(rows, descending);
            return descending ? values : tf.neg(values);
          }),
    ),
    argsort: alone<Parameters<Device['argsort']>>((x, axis, descending) =>
      x.size === 0 ? again(x) : lastAxis(x, axis, (rows) => float(top(rows, descending).indices)),
    ),
    contract: alone<Parameters<Device['contract']>>((a, b, batch, sum) =>
      contracted(tf, a, b, batch, sum),
    ),
    sparse: ({ shape, rowStart, column, data }) => {
      const rows = new Int32Array(data.length);
      for (let i = 0; i < shape[0]; i++) rows.fill(i, rowStart[i], rowStart[i + 1]);
      const positions = (values: Int32Array): DeviceTensor =>
        tf.tensor(values, [values.length, 1], 'int32');
      return {
        shape,
        rows: positions(rows),
        columns: positions(column),
        values: upload(data, [data.length]),
      };
    },
    dense: alone<Parameters<Device['dense']>>(({ shape, rows, columns, values }, flip = false) => {
      const size = flip ? [shape[1], shape[0]] : [...shape];
      if (values.size === 0) return tf.zeros(size);
      return tf.scatterND(tf.concat(flip ? [columns, rows] : [rows, columns], 1), values, size);
    }),
    sparseProduct: alone<Parameters<Device['sparseProduct']>>(
      ({ shape, rows, columns, values }, x, flip) => {
        const [to, from, count] = flip ? [columns, rows, shape[1]] : [rows, columns, shape[0]];
        const size = [count, ...x.shape.slice(1)];
        if (values.size === 0 || x.size === 0) return tf.zeros(size);
        const picked = tf.gather(x, tf.reshape(from, [values.size]), 0);
        const weights = x.rank === 1 ? values : tf.reshape(values, [values.size, 1]);
        return tf.scatterND(to, tf.mul(picked, weights), size);
      },
    ),
    hold: () => {
      const engine = tf.engine();
      held = (engine.state.activeScope?.track ?? []).filter((x) => !x.isDisposed);
      engine.endScope(held);
    },
    dispose: () => {
      for (const x of held) if (!x.isDisposed) x.dispose();
      held = [];
    },
    mark,
    free,
    tidyAsync,
  };
}

const frontOrder = (axes: readonly number[], rank: number): number[] => [
  ...axes,
  ...Array.from({ length: rank }, (_, k) => k).filter((k) => !axes.includes(k)),
];

/** Undoes `frontOrder`. */
function backFrom(tf: Tfjs, x: DeviceTensor, axes: readonly number[]): DeviceTensor {
  if (axes.every((axis, k) => axis === k)) return x;
  const order = frontOrder(axes, x.rank);
  return tf.transpose(
    x,
    order.map((_, axis) => order.indexOf(axis)),
  );
}

/** The sum over paired axes as one batched matrix product. */
function contracted(
  tf: Tfjs,
  a: DeviceTensor,
  b: DeviceTensor,
  batch: readonly (readonly [number, number])[],
  sum: readonly (readonly [number, number])[],
): DeviceTensor {
  const side = (x: DeviceTensor, which: 0 | 1, sumsFirst: boolean) => {
    const [batches, sums] = [batch.map((pair) => pair[which]), sum.map((pair) => pair[which])];
    const taken = [...batches, ...sums];
    const free = Array.from({ length: x.rank }, (_, k) => k).filter((k) => !taken.includes(k));
    const order = sumsFirst ? [...batches, ...sums, ...free] : [...batches, ...free, ...sums];
    const sizes = (axes: readonly number[]): number[] => axes.map((axis) => x.shape[axis]);
    const product = (axes: readonly number[]): number => sizes(axes).reduce((p, q) => p * q, 1);
    const [rows, columns] = sumsFirst ? [sums, free] : [free, sums];
    const moved = order.every((axis, k) => axis === k) ? x : tf.transpose(x, order);
    return {
      matrix: tf.reshape(moved, [product(batches), product(rows), product(columns)]),
      batches: sizes(batches),
      free: sizes(free),
    };
  };
  const left = side(a, 0, false);
  const right = side(b, 1, true);
  const shape = [...left.batches, ...left.free, ...right.free];
  const inner = left.matrix.shape[2];
  const products =
    inner === 1 ? tf.mul(left.matrix, right.matrix) : tf.matMul(left.matrix, right.matrix);
  return tf.reshape(products, shape);
}

export type { Operand };
