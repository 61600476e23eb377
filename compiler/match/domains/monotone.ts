// x[1] <= x[2] <= …, for each row.
import { addDims, constantDim, type Dim } from '../../tensor/dim.ts';
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
import { lastAxis, leading, overRows } from './rows.ts';

export const monotone: DomainRule = (graph, _, shape) => {
  const project = (v: Node): Node => isotonic(graph, v);
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: has((x) => {
      const axis = lastAxis(x);
      const size = x.type.shape[axis];
      const steps = graph.sub(
        graph.sliceAxis(x, axis, 1, lessOne(size)),
        graph.sliceAxis(x, axis, 0, lessOne(size)),
      );
      return graph.neg(graph.sum(graph.log(steps)));
    }),
    mirror: has(euclideanMirror(project)),
    manifold: noManifold,
    centre: () => graph.zeros(shape),
  };
};

/**
 * Isotonic regression by the min-max formula (Robertson, Wright & Dykstra 1988, thm 1.4.4):
 * x_i = max over j <= i of min over k >= i of mean(v_j … v_k).
 * One pass from the last entry to the first carries the inner minimum for every j.
 */
function isotonic(graph: Graph, v: Node): Node {
  const axis = lastAxis(v);
  if (axis < 0) return v;
  const { shape } = v.type;
  const size = shape[axis];
  const positions = graph.broadcastTo(graph.iota(size), shape, [axis]);
  const sums = graph.cumsum(v, axis);
  const before = graph.sub(sums, v);
  const { stacked } = graph.loop(size, [graph.full(Infinity, shape)], (step, least) => {
    const i = graph.sub(graph.sub(graph.size(size), 1), step);
    const reached = graph.gather(sums, [i], [axis], true);
    const total = graph.sub(graph.broadcastTo(reached, shape, leading(shape, 1)), before);
    const count = graph.sub(graph.add(i, 1), positions);
    const started = graph.le(positions, i);
    const mean = graph.div(total, graph.select(started, count, 1));
    const next = graph.select(started, graph.min(least, mean), Infinity);
    const best = overRows(graph, 'max', graph.select(started, next, -Infinity));
    return { next: [next], stacked: [best] };
  });
  // Stacked along a first axis, last entry first.
  const reversed = graph.reverse(stacked[0], 0);
  return graph.transpose(reversed, [...leading(shape, 1).map((k) => k + 1), 0]);
}

const lessOne = (size: Dim): Dim => addDims(size, constantDim(-1));
