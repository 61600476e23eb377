import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** The prox of max(x, 0): v - t above t, zero between 0 and t, v below. */
export const proxPositivePart = (graph: Graph, t: Node, v: Node): Node =>
  graph.max(graph.sub(v, t), graph.min(v, 0));
