// The threshold of projections onto the simplex and the 1-norm ball.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { lastAxis } from './rows.ts';

/**
 * For each row of v the number theta with sum(max(v - theta, 0)) = total, one a row (Held, Wolfe & Crowder 1974). With v sorted
 * descending and S its cumulated sums, theta = max over k of (S_k - total)/k.
 *
 * @param total one number for each row, positive
 */
export function simplexThreshold(graph: Graph, v: Node, total: Node): Node {
  const { shape } = v.type;
  if (shape.length === 0) return graph.sub(v, total);
  const axis = lastAxis(v);
  const sums = graph.cumsum(graph.sort(v, axis, true), axis);
  const counts = graph.broadcastTo(graph.iota(shape[axis], 1), shape, [axis]);
  const leadingAxes = shape.slice(0, axis).map((_, k) => k);
  const totals = graph.broadcastTo(total, shape, leadingAxes);
  return graph.maxOver(graph.div(graph.sub(sums, totals), counts), [axis]);
}
