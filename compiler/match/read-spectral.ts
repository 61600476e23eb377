// Recognises singular values, eigenvalues and largest entries.
import { constantDim, constantValue, sameDim, subtractDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';

/** The matrix of which these are the singular values. */
export const singularValues = (x: Node): Node | undefined =>
  isOp(x, 'part') && x.attributes.index === 1 && x.args[0].op === 'svd'
    ? x.args[0].args[0]
    : undefined;

/** The symmetric matrix of which these are the eigenvalues. */
export const eigenvaluesOf = (x: Node): Node | undefined =>
  isOp(x, 'part') && x.attributes.index === 0 && x.args[0].op === 'eigh'
    ? x.args[0].args[0]
    : undefined;

/** The matrix whose largest singular value this is: the first of them. */
export function largestSingularValue(x: Node): Node | undefined {
  const at = entryAt(x);
  return at !== undefined && constantValue(at.position) === 0 ? singularValues(at.of) : undefined;
}

/** The symmetric matrix whose largest eigenvalue this is: the last of them. */
export function largestEigenvalue(x: Node): Node | undefined {
  const at = entryAt(x);
  if (at === undefined) return undefined;
  const last = subtractDims(at.of.type.shape[0], constantDim(1));
  return sameDim(at.position, last) ? eigenvaluesOf(at.of) : undefined;
}

/** One entry of a vector. */
function entryAt(x: Node): { readonly of: Node; readonly position: Dim } | undefined {
  if (x.type.shape.length !== 0 || !isOp(x, 'reshape')) return undefined;
  const [inner] = x.args;
  if (inner.type.shape.length !== 1) return undefined;
  return isOp(inner, 'slice')
    ? { of: inner.args[0], position: inner.attributes.start[0] }
    : { of: inner, position: constantDim(0) };
}

/** The matrix A of diag(chol(A)), whose logarithms sum to half of logdet(A). */
export function choleskyDiagonal(x: Node): Node | undefined {
  if (!isOp(x, 'gather')) return undefined;
  const [from, row, column] = x.args;
  return from.op === 'cholesky' && row === column ? from.args[0] : undefined;
}

/** The k first of the entries sorted descending along the only axis reduced. */
export function largestOf(
  graph: Graph,
  x: Node,
  axes: readonly number[],
): { readonly point: Node; readonly count: Node } | undefined {
  const { shape } = x.type;
  const last = shape.length - 1;
  if (axes.length !== 1 || axes[0] !== last) return undefined;
  if (isOp(x, 'slice') && x.attributes.start.every((dim) => constantValue(dim) === 0)) {
    const point = sortedDescending(x.args[0], last);
    return point === undefined ? undefined : { point, count: graph.size(x.attributes.size[last]) };
  }
  // select(position < k, sorted, 0)
  if (isOp(x, 'select') && isZero(x.args[2])) {
    const [condition, sorted] = x.args;
    if (!isOp(condition, 'binary') || condition.attributes.fn !== 'lt') return undefined;
    const point = sortedDescending(sorted, last);
    const [place, count] = condition.args;
    const scalar = isOp(count, 'broadcast') && count.args[0].type.shape.length === 0;
    return point !== undefined && scalar && isPositions(place, last)
      ? { point, count: count.args[0] }
      : undefined;
  }
  return undefined;
}

function sortedDescending(x: Node, axis: number): Node | undefined {
  return isOp(x, 'sort') && x.attributes.descending && x.attributes.axis === axis
    ? x.args[0]
    : undefined;
}

const isPositions = (x: Node, axis: number): boolean =>
  isOp(x, 'iota')
    ? constantValue(x.attributes.start) === 0
    : isOp(x, 'broadcast') && x.attributes.axes[0] === axis && isPositions(x.args[0], axis);

const isZero = (x: Node): boolean =>
  isOp(x, 'constant') ? x.attributes.value === 0 : isOp(x, 'broadcast') && isZero(x.args[0]);

export const isLastAxis = (x: Node, axes: readonly number[]): boolean =>
  axes.length === 1 && axes[0] === x.type.shape.length - 1;

/** The two axes of matrices. */
export const matrixAxes = (x: Node): readonly number[] => [
  x.type.shape.length - 2,
  x.type.shape.length - 1,
];
