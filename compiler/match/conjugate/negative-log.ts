import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** (-w log x)* = -w - w log(-v/w) for v < 0. */
export const conjugateNegativeLog = (graph: Graph, weight: Node, v: Node): Node => {
  const ratio = graph.neg(graph.div(v, weight));
  const value = graph.neg(graph.mul(weight, graph.add(1, graph.log(graph.max(ratio, 1e-300)))));
  return graph.select(graph.lt(v, 0), value, Infinity);
};
