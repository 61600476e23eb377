// Reductions over the last axis, and over the last two, that keep the shape: what domains of vectors and matrices are written in.
import type { Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node, ReduceFn } from '../../tensor/ir.ts';
import { rankOf, type Shape } from '../../tensor/type.ts';

export const lastAxis = (x: Node): number => rankOf(x) - 1;

/** The size of the rows; a scalar is a row of one entry. */
export const rowLength = (graph: Graph, shape: Shape): Node =>
  shape.length === 0 ? graph.constant(1) : graph.size(shape[shape.length - 1]);

/** One number for each row. A scalar is its own row. */
export const overRows = (graph: Graph, fn: ReduceFn, x: Node): Node =>
  rankOf(x) === 0 ? x : graph.reduce(fn, x, [lastAxis(x)]);

/** One number for each row, repeated along the row. */
export const alongRows = (graph: Graph, perRow: Node, shape: Shape): Node =>
  rankOf(perRow) === shape.length ? perRow : graph.broadcastTo(perRow, shape, leading(shape, 1));

/** Reduces each row and repeats the result along it. */
export const rowwise = (graph: Graph, fn: ReduceFn, x: Node): Node =>
  alongRows(graph, overRows(graph, fn, x), x.type.shape);

/** The Euclidean norm of each row, repeated along it. */
export const rowNorm = (graph: Graph, x: Node): Node =>
  graph.sqrt(rowwise(graph, 'sum', graph.square(x)));

/** The inner product of the rows of a and b, repeated along the row. */
export const rowDot = (graph: Graph, a: Node, b: Node): Node =>
  rowwise(graph, 'sum', graph.mul(a, b));

/** A domain's argument repeated to a shape: a scalar fills it, a vector repeats for each row. */
export const fill = (graph: Graph, argument: Node, shape: Shape): Node =>
  graph.broadcastTo(argument, shape);

/** All axes but the last `count`. */
export const leading = (shape: Shape, count: number): readonly number[] =>
  shape.slice(0, Math.max(0, shape.length - count)).map((_, axis) => axis);

/** The last two sizes of a shape of matrices. */
export const matrixSizes = (shape: Shape): readonly [Dim, Dim] => [
  shape[shape.length - 2],
  shape[shape.length - 1],
];

/** Swaps the last two axes. */
export const transposed = (graph: Graph, X: Node): Node => {
  const rank = rankOf(X);
  const axes = X.type.shape.map((_, axis) => axis);
  return graph.transpose(X, [...axes.slice(0, rank - 2), rank - 1, rank - 2]);
};

/** The product of matrices in the last two axes, the leading axes taken together. */
export const product = (graph: Graph, A: Node, B: Node): Node => {
  const rank = rankOf(A);
  const batch = leading(A.type.shape, 2).map((axis): readonly [number, number] => [axis, axis]);
  return graph.contract(A, B, [[rank - 1, rank - 2]], batch);
};

/** (X + X')/2. */
export const symmetric = (graph: Graph, X: Node): Node =>
  graph.mul(0.5, graph.add(X, transposed(graph, X)));

/** V diag(w) V' for eigenvalues w and eigenvectors V. */
export const recompose = (graph: Graph, V: Node, w: Node): Node =>
  product(graph, scaleColumns(graph, V, w), transposed(graph, V));

/** V diag(w). */
export const scaleColumns = (graph: Graph, V: Node, w: Node): Node => {
  const { shape } = V.type;
  const axes = [...leading(shape, 2), shape.length - 1];
  return graph.mul(V, graph.broadcastTo(w, shape, axes));
};

/** One number for each matrix, repeated over its entries. */
export const alongMatrices = (graph: Graph, perMatrix: Node, shape: Shape): Node =>
  graph.broadcastTo(perMatrix, shape, leading(shape, 2));

/** The unit matrix for each leading index. */
export const identity = (graph: Graph, shape: Shape): Node => {
  const [rows, columns] = matrixSizes(shape);
  const axis = shape.length - 2;
  return graph.select(
    graph.eq(
      graph.broadcastTo(graph.iota(rows), shape, [axis]),
      graph.broadcastTo(graph.iota(columns), shape, [axis + 1]),
    ),
    1,
    0,
  );
};
