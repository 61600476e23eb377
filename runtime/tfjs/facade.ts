// tfjs with the cases filled in where its backends are wrong or disagree: arrays without entries, updates in place.
import { aloneOn } from './alone.ts';
import type { DeviceTensor, Operand, Tfjs } from './tfjs.ts';

type Reducer = (x: Operand, axis?: number[] | number) => DeviceTensor;

/** The functions of a copy of tfjs, right for every shape. */
export function facade(plain: Tfjs): Tfjs {
  const tf = plain.getBackend() === 'wasm' ? { ...plain, ...productsByShape(plain) } : plain;
  const reduction =
    (plain: Reducer, empty: number, bool: boolean): Reducer =>
    (x, axis) => {
      if (typeof x === 'number' || x.size > 0) return plain(x, axis);
      const shape = x.shape.filter((_, k) => !axesOf(axis, x.rank).includes(k));
      return bool ? tf.tidy(() => tf.cast(tf.fill(shape, empty), 'bool')) : tf.fill(shape, empty);
    };
  const alone = aloneOn(tf);
  return {
    ...tf,
    // The WebAssembly backend leaves results over no entries as they were in memory.
    sum: reduction(tf.sum, 0, false),
    prod: reduction(tf.prod, 1, false),
    max: reduction(tf.max, -Infinity, false),
    min: reduction(tf.min, Infinity, false),
    any: reduction(tf.any, 0, true),
    all: reduction(tf.all, 1, true),
    matMul: (a, b, flipA = false, flipB = false) => {
      if (a.size > 0 && b.size > 0) return tf.matMul(a, b, flipA, flipB);
      const [rows, columns] = [a.shape.at(flipA ? -1 : -2) ?? 0, b.shape.at(flipB ? -2 : -1) ?? 0];
      return tf.fill([...a.shape.slice(0, -2), rows, columns], 0);
    },
    dot: (a, b) => {
      if (a.size > 0 && b.size > 0) return tf.dot(a, b);
      return tf.fill([...a.shape.slice(0, -1), ...b.shape.slice(1)], 0);
    },
    concat: (parts, axis) => {
      const full = parts.filter(({ size }) => size > 0);
      return full.length === 0 || full.length === parts.length
        ? tf.concat(parts, axis)
        : tf.concat(full, axis);
    },
    // The WebGPU backend is wrong where it sums from the end, and leaves an axis of size 1 where it finds a position in a vector.
    ...(tf.getBackend() === 'webgpu' ? { ...forwardSums(tf), ...positionsAlong(tf) } : {}),
    // The WebAssembly backend is right to 5e-8 only, which is nothing near 0.
    ...(tf.getBackend() === 'wasm'
      ? { sin: alone((x: Operand) => sine(tf, x)), ...truthValues(tf) }
      : {}),
    // The plain backend writes into its argument.
    tensorScatterUpdate: alone<Parameters<Tfjs['tensorScatterUpdate']>>((x, indices, updates) =>
      tf.tensorScatterUpdate(tf.add(x, 0), indices, updates),
    ),
  };
}

/**
 * The WebAssembly backend keeps how it multiplies by a matrix under the name of the matrix's data alone: where the same data is a matrix of another shape later,
 * x'x after x x', say, it gives wrong numbers and writes beyond its result. So the second shape gets data of its own.
 */
function productsByShape(tf: Tfjs): Pick<Tfjs, 'matMul' | 'dot'> {
  const shapes = new WeakMap<object, string>();
  const right = (b: DeviceTensor, shape: readonly number[]): DeviceTensor => {
    const asked = shape.join();
    const known = shapes.get(b.dataId);
    if (known !== undefined && known !== asked) return tf.add(b, 0);
    shapes.set(b.dataId, asked);
    return b;
  };
  return {
    matMul: (a, b, flipA = false, flipB = false) => {
      const thin = Math.min(a.shape.at(flipA ? -1 : -2) ?? 1, b.shape.at(flipB ? -2 : -1) ?? 1);
      if ((flipA || flipB) && thin < worthTurning) return tf.matMul(a, b, flipA, flipB);
      return tf.tidy(() => {
        const [left, turned] = [flipA ? flipped(tf, a) : a, flipB ? flipped(tf, b) : b];
        return tf.matMul(left, right(turned, turned.shape.slice(-2)));
      });
    },
    dot: (a, b) => tf.tidy(() => tf.dot(a, right(b, b.rank === 1 ? [b.size, 1] : b.shape))),
  };
}

/** The WebAssembly backend has a fast product only of matrices as they are: one that is to be flipped is turned first, where the result has as many rows and columns as this. */
const worthTurning = 4;

function flipped(tf: Tfjs, x: DeviceTensor): DeviceTensor {
  const axes = Array.from({ length: x.rank - 2 }, (_, k) => k);
  return tf.transpose(x, [...axes, x.rank - 1, x.rank - 2]);
}

const axesOf = (axis: number[] | number | undefined, rank: number): readonly number[] =>
  axis === undefined
    ? Array.from({ length: rank }, (_, k) => k)
    : typeof axis === 'number'
      ? [axis]
      : axis;

/**
 * The WebAssembly backend reverses and selects truth values, a byte each, as if they were floats of four bytes: the result is wrong, and written beyond
 * its end. What it makes a truth value of is cut to a byte: a quarter is false.
 */
function truthValues(tf: Tfjs): Pick<Tfjs, 'reverse' | 'where' | 'cast'> {
  const alone = aloneOn(tf);
  const isTruth = (x: Operand): boolean => typeof x !== 'number' && x.dtype === 'bool';
  const float = (x: Operand): Operand =>
    typeof x === 'number' || x.dtype !== 'bool' ? x : tf.cast(x, 'float32');
  return {
    reverse: alone<Parameters<Tfjs['reverse']>>((x, axis) =>
      isTruth(x) ? tf.cast(tf.reverse(tf.cast(x, 'float32'), axis), 'bool') : tf.reverse(x, axis),
    ),
    where: alone<Parameters<Tfjs['where']>>((condition, x, y) => {
      const chosen = tf.where(condition, float(x), float(y));
      return isTruth(x) && isTruth(y) ? tf.cast(chosen, 'bool') : chosen;
    }),
    cast: (x, type) =>
      type === 'bool' && x.dtype !== 'bool' ? tf.notEqual(x, 0) : tf.cast(x, type),
  };
}

/** Near 0 the Taylor series. */
function sine(tf: Tfjs, x: Operand): DeviceTensor {
  const { add, mul } = tf;
  const square = tf.square(x);
  // 1 - x^2/3! + x^4/5! - x^6/7! + x^8/9!
  const series = tf.tidy(() =>
    [-1 / 5040, 1 / 120, -1 / 6, 1].reduce<DeviceTensor>(
      (sum, c) => add(mul(sum, square), c),
      tf.fill(square.shape, 1 / 362880),
    ),
  );
  return tf.where(tf.less(tf.abs(x), 0.5), mul(x, series), tf.sin(x));
}

/** Positions without the axis along which they were found. */
function positionsAlong(tf: Tfjs): Pick<Tfjs, 'argMax' | 'argMin'> {
  const without =
    (plain: Tfjs['argMax']): Tfjs['argMax'] =>
    (x, axis) =>
      tf.tidy(() =>
        tf.reshape(
          plain(x, axis),
          x.shape.filter((_, k) => k !== axis),
        ),
      );
  return { argMax: without(tf.argMax), argMin: without(tf.argMin) };
}

/** Sums and products from the end as those of the reversed array. */
function forwardSums(tf: Tfjs): Pick<Tfjs, 'cumsum' | 'cumprod'> {
  const forward =
    (plain: Tfjs['cumsum']): Tfjs['cumsum'] =>
    (x, axis, exclusive, reverse) =>
      reverse
        ? tf.tidy(() => tf.reverse(plain(tf.reverse(x, axis), axis, exclusive, false), axis))
        : plain(x, axis, exclusive, false);
  return { cumsum: forward(tf.cumsum), cumprod: forward(tf.cumprod) };
}
