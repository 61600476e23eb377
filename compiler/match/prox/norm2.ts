import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { alongGroups } from '../atoms/groups.ts';

/** The prox of the Euclidean norm of each group: (1 - t/norm(v))+ v, the block soft threshold. */
export function proxNorm2(graph: Graph, t: Node, v: Node, axes: readonly number[]): Node {
  const length = graph.sqrt(graph.sum(graph.square(v), axes));
  const shrink = graph.sub(1, graph.div(t, length));
  const factor = graph.select(graph.gt(length, t), shrink, 0);
  return graph.mul(alongGroups(graph, factor, v.type.shape, axes), v);
}
