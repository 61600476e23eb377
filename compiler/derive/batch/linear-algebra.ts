import { productOfDims } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { entriesOf, withEntries, type Batched } from './batched.ts';
import { single, type BatchRule } from './rule.ts';

/** Solves for all right-hand sides at once: the axes in front join the columns. */
function onColumns(graph: Graph, x: Batched, apply: (B: Node) => Node): Batched {
  const entries = entriesOf(graph, x);
  const { shape } = entries.type;
  const at = x.axes;
  const rank = shape.length;
  // From (front, lead, n, k) to (lead, n, front, k).
  const order = [
    ...shape.map((_, k) => k).slice(at, rank - 1),
    ...shape.map((_, k) => k).slice(0, at),
    rank - 1,
  ];
  const moved = graph.transpose(entries, order);
  const lead = moved.type.shape.slice(0, rank - at - 1);
  const columns = moved.type.shape.slice(rank - at - 1);
  const solved = apply(graph.reshape(moved, [...lead, productOfDims(columns)]));
  const { shape: found } = solved.type;
  const split = graph.reshape(solved, [...found.slice(0, -1), ...columns]);
  return withEntries(
    x,
    'dense',
    graph.transpose(
      split,
      order.map((_, k) => order.indexOf(k)),
    ),
  );
}

export const triangularSolve: BatchRule<'triangularSolve'> = single(
  ({ attributes, args: [L, B] }, { graph, of }) =>
    onColumns(graph, of(B), (right) => graph.triangularSolve(L, right, attributes)),
);

export const solve: BatchRule<'solve'> = single(({ attributes, args: [A, B] }, { graph, of }) =>
  onColumns(graph, of(B), (right) => graph.solve(A, right, attributes.positiveDefinite)),
);

export const leastSquares: BatchRule<'leastSquares'> = single(({ args: [A, B] }, { graph, of }) =>
  onColumns(graph, of(B), (right) => graph.leastSquares(A, right)),
);

/** A batch of derivative blocks. */
export const expm: BatchRule<'expm'> = single(({ args: [A] }, { graph, of }) => {
  const x = of(A);
  return withEntries(x, 'dense', graph.expm(entriesOf(graph, x)));
});
