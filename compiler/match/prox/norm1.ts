import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** The prox of |x|: the soft threshold (Donoho 1995). */
export const proxNorm1 = (graph: Graph, t: Node, v: Node): Node =>
  graph.mul(graph.sign(v), graph.max(graph.sub(graph.abs(v), t), 0));
