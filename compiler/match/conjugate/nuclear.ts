import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w times the sum of singular values)* is zero where the largest is at most w. */
export const conjugateNuclear = (graph: Graph, weight: Node, v: Node): Node => {
  const [, s] = graph.svd(v);
  return indicator(graph, atMost(graph, graph.maxOver(s, [s.type.shape.length - 1]), weight));
};
