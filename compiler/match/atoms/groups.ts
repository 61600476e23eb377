// Groups of entries: those along some axes of an array.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';

const others = (shape: Shape, axes: readonly number[]): readonly number[] =>
  shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));

/** One number for each group, repeated over its entries. A scalar fills. */
export const alongGroups = (
  graph: Graph,
  perGroup: Node,
  shape: Shape,
  axes: readonly number[],
): Node =>
  perGroup.type.shape.length === 0
    ? graph.full(perGroup, shape)
    : graph.broadcastTo(perGroup, shape, others(shape, axes));

export const groupShape = (shape: Shape, axes: readonly number[]): Shape =>
  others(shape, axes).map((axis) => shape[axis]);

/** The groups as the rows of an array whose last axis holds the entries of a group, and the way back. */
export function asRows(
  graph: Graph,
  v: Node,
  axes: readonly number[],
): { readonly rows: Node; readonly back: (rows: Node) => Node } {
  const { shape } = v.type;
  const kept = others(shape, axes);
  const permutation = [...kept, ...axes];
  const moved = graph.transpose(v, permutation);
  const inner = axes.map((axis) => shape[axis]);
  const outer = kept.map((axis) => shape[axis]);
  const length = graph.flatten(graph.zeros(inner)).type.shape;
  const rows = graph.reshape(moved, [...outer, ...length]);
  const inverse = shape.map((_, axis) => permutation.indexOf(axis));
  return {
    rows,
    back: (x) => graph.transpose(graph.reshape(x, moved.type.shape), inverse),
  };
}
