// Subspaces, each given by a matrix with orthonormal columns that spans it; functions must not depend on the basis.
import type { Node } from '../../tensor/ir.ts';
import type { DomainRule } from './operations.ts';
import { has } from './operations.ts';
import { product, transposed } from './rows.ts';
import { orthonormal, stiefel } from './stiefel.ts';

export const grassmann: DomainRule = (graph, domain, shape) => {
  const tangent = (X: Node, G: Node): Node =>
    graph.sub(G, product(graph, X, product(graph, transposed(graph, X), G)));
  return {
    ...stiefel(graph, domain, shape),
    manifold: has({
      tangent,
      retract: (X, D) => orthonormal(graph, graph.add(X, D)),
      transport: (_X, Y, D) => tangent(Y, D),
    }),
  };
};
