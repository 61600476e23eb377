// Positive semidefinite matrices with ones on the diagonal.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import {
  distanceTo,
  euclideanMirror,
  has,
  lacks,
  noManifold,
  type DomainRule,
} from './operations.ts';
import { raiseEigenvalues } from './psd.ts';
import { identity, symmetric } from './rows.ts';

export const correlation: DomainRule = (graph, _, shape) => {
  const project = (v: Node): Node => nearestCorrelation(graph, v, identity(graph, shape));
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('its linear minimiser is a semidefinite program of its own'),
    barrier: lacks('it has no interior: its diagonal is fixed'),
    mirror: has(euclideanMirror(project)),
    manifold: noManifold,
    centre: () => identity(graph, shape),
  };
};

/** Alternating projections with Dykstra's correction (Higham 2002, alg. 3.3). */
function nearestCorrelation(graph: Graph, v: Node, unit: Node): Node {
  const S = symmetric(graph, v);
  const zero = graph.constant(0);
  const [found] = graph.while(
    [S, graph.zeros(S.type.shape), graph.constant(0), graph.constant(Infinity)],
    (_Y, _correction, k, change) => graph.and(graph.lt(k, 2000), graph.gt(change, 1e-14)),
    (Y, correction, k) => {
      const R = graph.sub(Y, correction);
      const X = raiseEigenvalues(graph, R, zero);
      const next = graph.select(graph.eq(unit, 1), 1, X);
      const change = graph.maxOver(graph.abs(graph.sub(next, Y)));
      return [next, graph.sub(X, R), graph.add(k, 1), change];
    },
  );
  return found;
}
