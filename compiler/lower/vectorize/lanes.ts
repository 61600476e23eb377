// What has no batched form (a draw, an implicit equation, a loop whose length differs from lane to lane): a loop over the lanes.
import type { Graph } from '../../tensor/graph.ts';
import { constantDim } from '../../tensor/dim.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { isOp } from '../../tensor/type.ts';
import { dependsOn } from '../../tensor/visit.ts';
import { unionAxes, type BatchAxis, type Batched } from './batched.ts';
import type { Context } from './state.ts';

/** Every result of the lane node, stacked over the lanes. */
export function overLanes(node: Node, { graph, bindings }: Context): readonly Batched[] {
  const used = [...bindings].filter(([key]) => dependsOn(node, [key]));
  const axes = unionAxes(used.map(([, value]) => value.axes));
  const bodyAt = (positions: readonly Node[]): readonly Node[] => {
    const replace = new Map(
      used.map(([key, value]): [Node, Node] => [key, laneOf(graph, value, axes, positions)]),
    );
    return graph.parts(substituteIn(graph, node, replace));
  };
  return stackOver(graph, axes, [], bodyAt).map((made) => ({ node: made, axes }));
}

/** Loops nested from the outermost axis in. */
function stackOver(
  graph: Graph,
  axes: readonly BatchAxis[],
  positions: readonly Node[],
  bodyAt: (positions: readonly Node[]) => readonly Node[],
): readonly Node[] {
  const [axis, ...inner] = axes;
  if (axis === undefined) return bodyAt(positions);
  return graph.loop(axis.length, [], (index) => ({
    next: [],
    stacked: stackOver(graph, inner, [...positions, index], bodyAt),
  })).stacked;
}

/** The value in one lane. */
function laneOf(
  graph: Graph,
  { node, axes }: Batched,
  all: readonly BatchAxis[],
  positions: readonly Node[],
): Node {
  if (axes.length === 0) return node;
  const at = axes.map((axis) => positions[all.indexOf(axis)]);
  if (isOp(node, 'iota') && node.attributes.start.key === constantDim(0).key) return at[0];
  return graph.gather(
    node,
    at,
    axes.map((_, k) => k),
    true,
  );
}
