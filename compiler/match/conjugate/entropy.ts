import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** (w x log x)* = w exp(v/w - 1). */
export const conjugateEntropy = (graph: Graph, weight: Node, v: Node): Node =>
  graph.mul(weight, graph.exp(graph.sub(graph.div(v, weight), 1)));
