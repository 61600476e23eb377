import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w times the largest singular value)* is zero where their sum is at most w. */
export const conjugateOperatorNorm = (graph: Graph, weight: Node, v: Node): Node => {
  const [, s] = graph.svd(v);
  return indicator(graph, atMost(graph, graph.sum(s, [s.type.shape.length - 1]), weight));
};
