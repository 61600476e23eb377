// Matrices on the last two axes, batched over the leading ones.
import type { Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

const rank = (A: Node): number => A.type.shape.length;

export const rowsOf = (A: Node): Dim => A.type.shape[rank(A) - 2];
export const columnsOf = (A: Node): Dim => A.type.shape[rank(A) - 1];

/** A' of each matrix. */
export function transposed(graph: Graph, A: Node): Node {
  const last = rank(A) - 1;
  return graph.transpose(
    A,
    A.type.shape.map((_, k) => (k === last ? last - 1 : k === last - 1 ? last : k)),
  );
}

export interface ProductOptions {
  readonly left?: boolean;
  readonly right?: boolean;
}

/** A B of each pair of matrices; `left` and `right` transpose A and B, without copying them. */
export function product(graph: Graph, A: Node, B: Node, transpose: ProductOptions = {}): Node {
  const inner = rank(A) - (transpose.left === true ? 2 : 1);
  const outer = rank(B) - (transpose.right === true ? 1 : 2);
  const batch = A.type.shape.slice(0, -2).map((_, k) => [k, k] as const);
  return graph.contract(A, B, [[inner, outer]], batch);
}

/** A with its rows (axis from the end: 2) or columns (1) scaled by the entries of d. */
export function scaleBy(graph: Graph, A: Node, d: Node, side: 'rows' | 'columns'): Node {
  const kept = A.type.shape
    .map((_, k) => k)
    .filter((k) => k !== rank(A) - (side === 'rows' ? 1 : 2));
  return graph.mul(A, graph.broadcastTo(d, A.type.shape, kept));
}

/** The diagonal of each matrix. */
export function diagonalOf(graph: Graph, A: Node): Node {
  const size = graph.iota(rowsOf(A));
  const last = rank(A) - 1;
  const diagonal = graph.gather(A, [size, size], [last - 1, last], true);
  const batch = A.type.shape.slice(0, -2).map((_, k) => k + 1);
  return graph.transpose(diagonal, [...batch, 0]);
}

/** Weights by position against the diagonal, repeated over the leading axes. */
export interface Triangle {
  readonly below: number;
  readonly on: number;
  readonly above: number;
}

/** A with its entries weighted by their side of the diagonal. */
export function weighTriangles(graph: Graph, A: Node, { below, on, above }: Triangle): Node {
  const shape = [rowsOf(A), columnsOf(A)];
  const i = graph.broadcastTo(graph.iota(shape[0]), shape, [0]);
  const j = graph.broadcastTo(graph.iota(shape[1]), shape, [1]);
  const weights =
    below === on
      ? graph.select(graph.le(j, i), on, above)
      : above === on
        ? graph.select(graph.le(i, j), on, below)
        : graph.select(graph.lt(j, i), below, graph.select(graph.eq(i, j), on, above));
  return graph.mul(graph.broadcastTo(weights, A.type.shape), A);
}

/** (A + A') / 2. */
export const symmetrized = (graph: Graph, A: Node): Node =>
  graph.div(graph.add(A, transposed(graph, A)), 2);

/** A - A'. */
export const skewed = (graph: Graph, A: Node): Node => graph.sub(A, transposed(graph, A));
