// From one lane of a binder to all of its lanes, and to lanes numbered by one index.
import { constantDim, constantValue, multiplyDims, productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { intType } from '../tensor/type.ts';
import type { Lane, Lowering } from './context.ts';
import { laneBindings } from './sets.ts';
import { vectorizeOver } from './vectorize/vectorize.ts';

/** A lane's value for all positions of the lanes, their axes first. */
export const everywhere = (graph: Graph, lane: Node, lanes: readonly Lane[]): Node =>
  vectorizeOver(
    graph,
    [lane],
    laneBindings(graph, lanes),
    lanes.map(({ axis }) => axis),
  )[0];

/** Several indices as one position in row-major order. */
export function flattened(
  { graph, extents }: Lowering,
  lane: Node,
  lanes: readonly Lane[],
): {
  readonly index: Node<'parameter'>;
  readonly body: Node;
  /** Another of the lane's values over the index. */
  readonly at: (node: Node) => Node;
} {
  const [first] = lanes;
  if (lanes.length === 1) return { index: first.parameter, body: lane, at: (node) => node };
  const index = graph.parameter(
    intType([]),
    lanes.map((l) => l.parameter.attributes.name).join('_'),
  );
  extents.set(index, productOfDims(lanes.map(({ axis }) => axis.length)));
  const replace = new Map<Node, Node>();
  let stride = constantDim(1);
  for (const { parameter, axis } of [...lanes].reverse()) {
    const row =
      constantValue(stride) === 1 ? index : graph.floor(graph.div(index, graph.size(stride)));
    replace.set(parameter, graph.mod(row, graph.size(axis.length)));
    stride = multiplyDims(stride, axis.length);
  }
  const at = (node: Node): Node => substituteIn(graph, node, replace);
  return { index, body: at(lane), at };
}
