// a'x <= b, for each row.
import type { Node } from '../../tensor/ir.ts';
import {
  distanceTo,
  euclideanMirror,
  has,
  lacks,
  noManifold,
  projectedZero,
  type DomainRule,
} from './operations.ts';
import { fill, overRows, rowDot } from './rows.ts';

export const halfspace: DomainRule = (graph, { args }, shape) => {
  const [normal, offset] = args;
  const a = fill(graph, normal, shape);
  const b = fill(graph, offset, shape);
  const project = (v: Node): Node => {
    const excess = graph.max(graph.sub(rowDot(graph, a, v), b), 0);
    return graph.sub(v, graph.mul(graph.div(excess, rowDot(graph, a, a)), a));
  };
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: has((x) =>
      graph.neg(
        graph.sum(
          graph.log(
            graph.sub(
              fill(graph, offset, shape.slice(0, -1)),
              overRows(graph, 'sum', graph.mul(a, x)),
            ),
          ),
        ),
      ),
    ),
    mirror: has(euclideanMirror(project)),
    manifold: noManifold,
    centre: projectedZero(graph, project, shape),
  };
};
