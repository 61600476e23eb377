import {
  denseBatched,
  entriesOf,
  padDiagonal,
  reshapeDiagonal,
  sliceDiagonal,
  withEntries,
  type Batched,
} from './batched.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { single, type BatchRule } from './rule.ts';

/** A map of the value's axes, which start at `at`. */
const onDense = (graph: Graph, x: Batched, apply: (entries: Node, at: number) => Node): Batched =>
  withEntries(x, 'dense', apply(entriesOf(graph, x), x.axes));

/** The axes in front. */
const front = (at: number): readonly number[] => Array.from({ length: at }, (_, k) => k);

export const broadcast: BatchRule<'broadcast'> = single((node, { graph, of }) => {
  const { shape, axes } = node.attributes;
  return onDense(graph, of(node.args[0]), (x, at) =>
    graph.broadcastTo(
      x,
      [...x.type.shape.slice(0, at), ...shape],
      [...front(at), ...axes.map((axis) => at + axis)],
    ),
  );
});

export const transpose: BatchRule<'transpose'> = single((node, { graph, of }) =>
  onDense(graph, of(node.args[0]), (x, at) =>
    graph.transpose(x, [...front(at), ...node.attributes.permutation.map((axis) => at + axis)]),
  ),
);

export const reshape: BatchRule<'reshape'> = single((node, { graph, of }) => {
  const { shape } = node.attributes;
  const x = of(node.args[0]);
  if (x.kind === 'diagonal' && shape.length > 0) return reshapeDiagonal(graph, x, shape);
  return onDense(graph, x, (entries, at) =>
    graph.reshape(entries, [...entries.type.shape.slice(0, at), ...shape]),
  );
});

export const slice: BatchRule<'slice'> = single((node, { graph, of }) => {
  const { start, size } = node.attributes;
  const x = of(node.args[0]);
  if (x.kind === 'diagonal') return sliceDiagonal(graph, x, start, size);
  return onDense(graph, x, (entries, at) =>
    graph.slice(
      entries,
      [...front(at).map(() => 0), ...start],
      [...entries.type.shape.slice(0, at), ...size],
    ),
  );
});

export const pad: BatchRule<'pad'> = single((node, { graph, of }) => {
  const { before, shape } = node.attributes;
  const x = of(node.args[0]);
  const diagonal = x.kind === 'diagonal' ? padDiagonal(graph, x, before, shape) : undefined;
  if (diagonal !== undefined) return diagonal;
  return onDense(graph, x, (entries, at) =>
    graph.pad(
      entries,
      [...front(at).map(() => 0), ...before],
      [...entries.type.shape.slice(0, at), ...shape],
    ),
  );
});

export const reverse: BatchRule<'reverse'> = single((node, { graph, of }) =>
  onDense(graph, of(node.args[0]), (x, at) => graph.reverse(x, at + node.attributes.axis)),
);

export const concat: BatchRule<'concat'> = single((node, { graph, leaf, dense }) =>
  denseBatched(graph.concat(node.args.map(dense), leaf.length + node.attributes.axis), leaf.length),
);

export const gather: BatchRule<'gather'> = single((node, { graph, of }) => {
  const [x, ...indices] = node.args;
  const { axes, inBounds } = node.attributes;
  const rank = indices[0].type.shape.length;
  return onDense(graph, of(x), (entries, at) =>
    frontFirst(
      graph,
      graph.gather(
        entries,
        indices,
        axes.map((axis) => at + axis),
        inBounds,
      ),
      rank,
      at,
    ),
  );
});

/** Moves `at` axes from behind the first `rank` ones to the front. */
const frontFirst = (graph: Graph, x: Node, rank: number, at: number): Node =>
  graph.transpose(
    x,
    x.type.shape.map((_, k) => (k < at ? rank + k : k < at + rank ? k - at : k)),
  );

/** Undoes `frontFirst`. */
const frontBehind = (graph: Graph, x: Node, rank: number, at: number): Node =>
  graph.transpose(
    x,
    x.type.shape.map((_, k) => (k < rank ? at + k : k < at + rank ? k - rank : k)),
  );

export const scatter: BatchRule<'scatter'> = single((node, { graph, of }) => {
  const [updates, ...indices] = node.args;
  const { axes, shape } = node.attributes;
  const rank = indices[0].type.shape.length;
  return onDense(graph, of(updates), (entries, at) =>
    graph.scatter(
      frontBehind(graph, entries, rank, at),
      indices,
      [...entries.type.shape.slice(0, at), ...shape],
      axes.map((axis) => at + axis),
    ),
  );
});

export const put: BatchRule<'put'> = single((node, { graph, leaf, dense }) => {
  const [x, value, ...indices] = node.args;
  const rank = indices[0].type.shape.length;
  const at = leaf.length;
  const updates = frontBehind(graph, dense(value), rank, at);
  const axes = node.attributes.axes.map((axis) => at + axis);
  return denseBatched(graph.put(dense(x), updates, indices, axes), at);
});

export const reduce: BatchRule<'reduce'> = single((node, { graph, of }) => {
  const { fn, axes } = node.attributes;
  const x = of(node.args[0]);
  // The sum of a diagonal over the value is the diagonal itself.
  if (x.kind === 'diagonal' && axes.length === x.axes) return withEntries(x, 'dense', x.entries);
  return onDense(graph, x, (entries, at) =>
    graph.reduce(
      fn,
      entries,
      axes.map((axis) => at + axis),
    ),
  );
});

export const cumulate: BatchRule<'cumulate'> = single((node, { graph, of }) => {
  const { axis, reverse: backward } = node.attributes;
  return onDense(graph, of(node.args[0]), (x, at) => graph.cumsum(x, at + axis, backward));
});
