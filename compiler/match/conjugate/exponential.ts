import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** (w exp x)* = v log(v/w) - v for v >= 0. */
export const conjugateExponential = (graph: Graph, weight: Node, v: Node): Node => {
  const kept = graph.max(v, 0);
  const value = graph.sub(graph.xlogy(kept, graph.div(kept, weight)), kept);
  return graph.select(graph.ge(v, 0), value, Infinity);
};
