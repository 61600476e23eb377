import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w |x|)* is zero for |v| <= w. */
export const conjugateNorm1 = (graph: Graph, weight: Node, v: Node): Node =>
  indicator(graph, atMost(graph, graph.abs(v), weight));
