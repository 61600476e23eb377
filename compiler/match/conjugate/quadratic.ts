import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** (w x^2/2)* = v^2/(2w); zero at v = 0 where w is zero, else infinite there. */
export function conjugateSquare(graph: Graph, weight: Node, v: Node): Node {
  const curved = graph.div(
    graph.square(v),
    graph.mul(2, graph.select(graph.gt(weight, 0), weight, 1)),
  );
  const flat = graph.select(graph.eq(v, 0), 0, Infinity);
  return graph.select(graph.gt(weight, 0), curved, flat);
}
