import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** The prox of -log x: the positive root of u^2 - v u - t, in the form that does not cancel. */
export function proxNegativeLog(graph: Graph, t: Node, v: Node): Node {
  const root = graph.sqrt(graph.add(graph.square(v), graph.mul(4, t)));
  const plain = graph.mul(0.5, graph.add(v, root));
  const stable = graph.div(graph.mul(2, t), graph.sub(root, v));
  return graph.select(graph.lt(v, 0), stable, plain);
}
