import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** The prox of the Huber function: x^2/2 up to d, then d(|x| - d/2). */
export function proxHuber(graph: Graph, t: Node, v: Node, d: Node): Node {
  const inner = graph.div(v, graph.add(t, 1));
  const outer = graph.sub(v, graph.mul(graph.mul(t, d), graph.sign(v)));
  return graph.select(graph.le(graph.abs(inner), d), inner, outer);
}
