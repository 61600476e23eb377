// x >= 0 with sum 1, for each row.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';
import { tiny } from './box.ts';
import { distanceTo, has, lacks, noManifold, type DomainRule } from './operations.ts';
import { alongRows, lastAxis, leading, rowLength, rowwise } from './rows.ts';
import { simplexThreshold } from './threshold.ts';

export const simplex: DomainRule = (graph, _, shape) => {
  const one = perRow(graph, 1, shape);
  const project = (v: Node): Node => projectSimplex(graph, v, one);
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: has((g) => vertex(graph, g)),
    barrier: lacks('it has no interior: its sum is fixed'),
    mirror: has({
      fromDual: (v) => softmax(graph, v),
      toDual: (x) => graph.log(tiny(graph, x)),
    }),
    manifold: noManifold,
    centre: () => graph.full(graph.div(1, rowLength(graph, shape)), shape),
  };
};

/** The nearest point with nonnegative entries and the given sum, for each row. */
export function projectSimplex(graph: Graph, v: Node, total: Node): Node {
  const theta = simplexThreshold(graph, v, total);
  return graph.max(graph.sub(v, alongRows(graph, theta, v.type.shape)), 0);
}

/** A number for each row. */
export const perRow = (graph: Graph, value: Node | number, shape: Shape): Node =>
  graph.full(value, shape.slice(0, Math.max(0, shape.length - 1)));

/** The unit vector at the first smallest entry of each row. */
export function vertex(graph: Graph, g: Node): Node {
  const { shape } = g.type;
  if (shape.length === 0) return graph.constant(1);
  const axis = lastAxis(g);
  const best = graph.broadcastTo(graph.argmin(g, axis), shape, leading(shape, 1));
  return graph.select(
    graph.eq(graph.broadcastTo(graph.iota(shape[axis]), shape, [axis]), best),
    1,
    0,
  );
}

/** exp(v) divided by its sum, for each row, without overflow. */
export function softmax(graph: Graph, v: Node): Node {
  const e = graph.exp(graph.sub(v, rowwise(graph, 'max', v)));
  return graph.div(e, rowwise(graph, 'sum', e));
}
