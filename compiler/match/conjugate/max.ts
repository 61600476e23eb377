import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w max x)* is zero on w times the simplex. */
export function conjugateMax(graph: Graph, weight: Node, v: Node, axes: readonly number[]): Node {
  const excess = graph.abs(graph.sub(graph.sum(v, axes), weight));
  const least = graph.neg(graph.minOver(v, axes));
  const zero = graph.mul(0, weight);
  return indicator(graph, graph.and(atMost(graph, least, zero), atMost(graph, excess, zero)));
}
