// Values of the reference interpreter: dense arrays, each entry with its error scale.
//
// The scale of an entry is what one unit of relative rounding in every operation below it can move it by, to first order: the sum of the absolute
// values of the terms for a sum, |x| s(y) + |y| s(x) for a product, |f'(x)| s(x) + |f(x)| for a function. Two ways of computing one
// value may differ by a small multiple of eps times the scale, however much cancels; tests use it as their yardstick.

export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** The error scale of each entry. */
  readonly scale: Float64Array;
}

export const entryCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const scalarValue = (value: number, scale = Math.abs(value)): Value => ({
  shape: [],
  data: Float64Array.of(value),
  scale: Float64Array.of(scale),
});

/** Exact data: an entry's scale is its size. */
export const exactValue = (shape: readonly number[], data: Float64Array): Value => ({
  shape,
  data,
  scale: data.map(Math.abs),
});

/** Fills a value entry by entry. */
export function valueOf(
  shape: readonly number[],
  entry: (k: number) => readonly [value: number, scale: number],
): Value {
  const count = entryCount(shape);
  const data = new Float64Array(count);
  const scale = new Float64Array(count);
  for (let k = 0; k < count; k++) [data[k], scale[k]] = entry(k);
  return { shape, data, scale };
}

/** Entries of x at the given flat positions; a negative one gives zero. */
export const pick = (x: Value, shape: readonly number[], source: readonly number[]): Value =>
  valueOf(shape, (k) => (source[k] < 0 ? [0, 0] : [x.data[source[k]], x.scale[source[k]]]));

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides: number[] = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** Flat offsets of all positions along the given axes of an array, row-major in the order of the axes; the other axes stay at 0. */
export function offsetsOf(shape: readonly number[], axes: readonly number[]): readonly number[] {
  const strides = stridesOf(shape);
  return axes.reduce<readonly number[]>(
    (offsets, axis) =>
      offsets.flatMap((offset) =>
        Array.from({ length: shape[axis] }, (_, k) => offset + k * strides[axis]),
      ),
    [0],
  );
}

export const axesExcept = (rank: number, axes: readonly number[]): readonly number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));

/** All positions of an array, as index tuples, row-major. */
export function* positionsOf(shape: readonly number[]): Generator<readonly number[]> {
  const strides = stridesOf(shape);
  const count = entryCount(shape);
  for (let k = 0; k < count; k++)
    yield shape.map((size, axis) => Math.floor(k / strides[axis]) % size);
}
