import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w max|x|)* is zero for sum|v| <= w. */
export const conjugateNormInf = (
  graph: Graph,
  weight: Node,
  v: Node,
  axes: readonly number[],
): Node => indicator(graph, atMost(graph, graph.sum(graph.abs(v), axes), weight));
