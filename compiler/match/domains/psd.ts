// Symmetric matrices with nonnegative eigenvalues.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { distanceTo, has, lacks, noManifold, type DomainRule } from './operations.ts';
import { alongMatrices, overRows, recompose, symmetric } from './rows.ts';
import { tiny } from './box.ts';

export const psd: DomainRule = (graph, _, shape) => {
  const project = (v: Node): Node => raiseEigenvalues(graph, v, graph.constant(0));
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: has((X) => logdetBarrier(graph, X)),
    mirror: has({
      fromDual: (v) => onEigenvalues(graph, v, graph.exp),
      toDual: (x) => onEigenvalues(graph, x, (w) => graph.log(tiny(graph, w))),
    }),
    manifold: noManifold,
    centre: () => graph.zeros(shape),
  };
};

/** The symmetric part with eigenvalues below the floor raised to it. Matrices that need no change are returned as they are. */
export function raiseEigenvalues(graph: Graph, v: Node, floor: Node): Node {
  const S = symmetric(graph, v);
  const [w, V] = graph.eigh(S);
  const least = alongMatrices(graph, overRows(graph, 'min', w), S.type.shape);
  const raised = recompose(graph, V, graph.max(w, floor));
  return graph.select(graph.ge(least, floor), S, symmetric(graph, raised));
}

/** The symmetric matrix with eigenvalues mapped by a function. */
export function onEigenvalues(graph: Graph, X: Node, map: (w: Node) => Node): Node {
  const [w, V] = graph.eigh(symmetric(graph, X));
  return symmetric(graph, recompose(graph, V, map(w)));
}

/** -log det X. */
export const logdetBarrier = (graph: Graph, X: Node): Node =>
  graph.neg(graph.sum(graph.logabsdet(X)[0]));
