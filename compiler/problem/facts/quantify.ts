// A condition on one member of a family, for all members.
import { constantValue, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';

export function forEveryMember(
  graph: Graph,
  condition: Node,
  indices: ReadonlyMap<Node<'parameter'>, Dim> | undefined,
): Node {
  let result = condition;
  for (const [index, size] of indices ?? []) {
    if (!result.free.includes(index.attributes.key)) continue;
    const inner = result;
    const body = (position: Node): Node =>
      substituteIn(graph, inner, new Map<Node, Node>([[index, position]]));
    result =
      constantValue(size) === 1
        ? body(graph.constant(0))
        : graph.fold(size, [graph.eq(0, 0)], (position, holds) => [
            graph.and(holds, body(position)),
          ])[0];
  }
  return result;
}
