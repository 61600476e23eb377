// A value for every position of some axes at once: the axes lead, in their common order, then come the value's own axes.
import { constantDim, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';

/** One axis that values are batched over. Its place among others is that of its `order`, outermost first. */
export interface BatchAxis {
  readonly order: number;
  readonly length: Dim;
}

export interface Batched {
  readonly node: Node;
  /** Leading axes of `node`, by rising order. Empty for a value that is the same everywhere. */
  readonly axes: readonly BatchAxis[];
}

export const unbatched = (node: Node): Batched => ({ node, axes: [] });

/** All axes of the values, by rising order. */
export function unionAxes(lists: readonly (readonly BatchAxis[])[]): readonly BatchAxis[] {
  const found: BatchAxis[] = [];
  for (const axes of lists) for (const axis of axes) if (!found.includes(axis)) found.push(axis);
  return found.sort((a, b) => a.order - b.order);
}

export const lengthsOf = (axes: readonly BatchAxis[]): readonly Dim[] => axes.map((a) => a.length);

/** The value's own axes. */
export const ownShape = ({ node, axes }: Batched): readonly Dim[] =>
  node.type.shape.slice(axes.length);

/** The value repeated over further axes: its leading axes are exactly `axes`, which hold its own. */
export function align(graph: Graph, value: Batched, axes: readonly BatchAxis[]): Node {
  if (value.axes.length === axes.length) return value.node;
  const own = ownShape(value);
  const to = [
    ...value.axes.map((axis) => axes.indexOf(axis)),
    ...own.map((_, k) => axes.length + k),
  ];
  return repeat(graph, value.node, [...lengthsOf(axes), ...own], to);
}

/** `broadcast`, through a broadcast. */
export function repeat(
  graph: Graph,
  node: Node,
  shape: readonly Dim[],
  axes: readonly number[],
): Node {
  if (isOp(node, 'broadcast'))
    return repeat(
      graph,
      node.args[0],
      shape,
      node.attributes.axes.map((axis) => axes[axis]),
    );
  return axes.length === shape.length ? node : graph.make('broadcast', { shape, axes }, [node]);
}

/** Puts leading axes that come as `given` into their order. */
export function ordered(graph: Graph, node: Node, given: readonly BatchAxis[]): Batched {
  const axes = unionAxes([given]);
  const rank = node.type.shape.length;
  const permutation = [
    ...axes.map((axis) => given.indexOf(axis)),
    ...Array.from({ length: rank - axes.length }, (_, k) => axes.length + k),
  ];
  return { node: graph.transpose(node, permutation), axes };
}

/** 0, 1, … along one of several axes. */
export function positionsAlong(
  graph: Graph,
  axes: readonly BatchAxis[],
  axis: BatchAxis,
  own: readonly Dim[] = [],
): Node {
  const at = axes.indexOf(axis);
  return repeat(graph, graph.iota(axis.length), [...lengthsOf(axes), ...own], [at]);
}

export const zeroDim = constantDim(0);
