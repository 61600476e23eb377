/**
 * The shape of a file's numbers for data of `rank` axes: a table of one column serves as a vector, a vector as a matrix of one column, a single
 * number as one without axes. Undefined where it does not fit.
 */
export function fitShape(shape: readonly number[], rank: number): readonly number[] | undefined {
  if (shape.length === rank) return shape;
  if (rank === 1 && shape.length === 2 && shape[1] === 1) return [shape[0]];
  if (rank === 2 && shape.length === 1) return [shape[0], 1];
  if (rank === 0 && shape.every((size) => size === 1)) return [];
  return undefined;
}
