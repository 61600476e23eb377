import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w times the sum of the k largest)* is zero for 0 <= v <= w with sum k w. */
export function conjugateSumLargest(
  graph: Graph,
  weight: Node,
  v: Node,
  axes: readonly number[],
  count: Node,
): Node {
  const excess = graph.abs(graph.sub(graph.sum(v, axes), graph.mul(count, weight)));
  const zero = graph.mul(0, weight);
  const least = atMost(graph, graph.neg(graph.minOver(v, axes)), zero);
  const most = atMost(graph, graph.maxOver(v, axes), weight);
  return indicator(graph, graph.and(graph.and(least, most), atMost(graph, excess, zero)));
}
