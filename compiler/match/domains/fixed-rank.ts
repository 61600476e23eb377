// Matrices of rank at most r.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { distanceTo, has, lacks, type DomainRule } from './operations.ts';
import { lastAxis, product, scaleColumns, transposed } from './rows.ts';

export const fixedRank: DomainRule = (graph, { args }, shape) => {
  const [rank] = args;
  const project = (v: Node): Node => truncated(graph, v, rank);
  return {
    convex: false,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: lacks('it has no interior'),
    mirror: lacks('it is not convex'),
    manifold: has({
      tangent: (X, G) => tangent(graph, X, G, rank),
      retract: (X, D) => project(graph.add(X, D)),
      transport: (_X, Y, D) => tangent(graph, Y, D, rank),
    }),
    centre: () => graph.zeros(shape),
  };
};

/** The r largest singular values kept (Eckart & Young 1936). */
function truncated(graph: Graph, v: Node, rank: Node): Node {
  const [U, s, V] = graph.svd(v);
  const kept = graph.select(isKept(graph, s, rank), s, 0);
  return product(graph, scaleColumns(graph, U, kept), transposed(graph, V));
}

const isKept = (graph: Graph, s: Node, rank: Node): Node => {
  const axis = lastAxis(s);
  const positions = graph.broadcastTo(graph.iota(s.type.shape[axis]), s.type.shape, [axis]);
  return graph.lt(positions, rank);
};

/** G less its part outside the column and row space: P G + G Q - P G Q. */
function tangent(graph: Graph, X: Node, G: Node, rank: Node): Node {
  const [U, s, V] = graph.svd(X);
  const mask = graph.select(isKept(graph, s, rank), 1, 0);
  const project = (basis: Node): Node =>
    product(graph, scaleColumns(graph, basis, mask), transposed(graph, basis));
  const [P, Q] = [project(U), project(V)];
  const left = product(graph, P, G);
  return graph.sub(graph.add(left, product(graph, G, Q)), product(graph, left, Q));
}
