// Matrices with orthonormal columns: X'X == I (Edelman, Arias & Smith 1998).
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { distanceTo, has, lacks, type DomainRule } from './operations.ts';
import { identity, product, symmetric, transposed } from './rows.ts';

export const stiefel: DomainRule = (graph, _, shape) => {
  const project = (v: Node): Node => polar(graph, v);
  const tangent = (X: Node, G: Node): Node =>
    graph.sub(G, product(graph, X, symmetric(graph, product(graph, transposed(graph, X), G))));
  return {
    convex: false,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: has((g) => graph.neg(polar(graph, g))),
    barrier: lacks('it has no interior'),
    mirror: lacks('it is not convex'),
    manifold: has({
      tangent,
      retract: (X, D) => orthonormal(graph, graph.add(X, D)),
      transport: (_X, Y, D) => tangent(Y, D),
    }),
    centre: () => identity(graph, shape),
  };
};

/** U V' of the singular value decomposition: the nearest matrix with orthonormal columns. */
export function polar(graph: Graph, v: Node): Node {
  const [U, , V] = graph.svd(v);
  return product(graph, U, transposed(graph, V));
}

/** Q of the QR factorisation, by the Cholesky factor of V'V: for V of full rank, such as a point moved along a tangent. */
export function orthonormal(graph: Graph, v: Node): Node {
  const across = transposed(graph, v);
  const L = graph.cholesky(symmetric(graph, product(graph, across, v)));
  return transposed(graph, graph.triangularSolve(L, across, { lower: true, transposed: false }));
}
