// At most k nonzero entries, for each row.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { distanceTo, has, lacks, noManifold, type DomainRule } from './operations.ts';
import { lastAxis } from './rows.ts';

export const sparseBall: DomainRule = (graph, { args }, shape) => {
  const [count] = args;
  const project = (v: Node): Node => hardThreshold(graph, v, count);
  return {
    convex: false,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: lacks('it has no interior'),
    mirror: lacks('it is not convex'),
    manifold: noManifold,
    centre: () => graph.zeros(shape),
  };
};

/** The k entries of largest absolute value, the first at ties; zero elsewhere. */
function hardThreshold(graph: Graph, v: Node, count: Node): Node {
  const axis = lastAxis(v);
  if (axis < 0) return v;
  const order = graph.argsort(graph.abs(v), axis, true);
  // The place of each entry in the order is the inverse permutation.
  const place = graph.argsort(order, axis);
  return graph.select(graph.lt(place, count), v, 0);
}
