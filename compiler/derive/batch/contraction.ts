import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';
import { entriesOf, withEntries, type Batched } from './batched.ts';
import { single, type BatchRule } from './rule.ts';

type Pair = readonly [number, number];

export const contract: BatchRule<'contract'> = single((node, { graph, linear, of }) => {
  const [a, b] = node.args;
  return linear(b) ? onRight(graph, node, a, of(b)) : onLeft(graph, node, of(a), b);
});

function onRight(
  graph: Graph,
  { attributes: { batch, sum } }: NodeOf<'contract'>,
  a: Node,
  b: Batched,
): Batched {
  const scaled = consumed(graph, a, b, batch, sum);
  if (scaled !== undefined) return scaled;
  const shift = ([p, q]: Pair): Pair => [p, b.axes + q];
  const found = graph.contract(a, entriesOf(graph, b), sum.map(shift), batch.map(shift));
  const before = a.type.shape.length - sum.length;
  return withEntries(b, 'dense', toFront(graph, found, before, b.axes));
}

function onLeft(
  graph: Graph,
  { attributes: { batch, sum } }: NodeOf<'contract'>,
  a: Batched,
  b: Node,
): Batched {
  const flip = ([p, q]: Pair): Pair => [q, p];
  // Free axes of a come first in the result; with all of them summed the order does not matter.
  const scaled = consumed(graph, b, a, batch.map(flip), sum.map(flip));
  if (scaled !== undefined) return scaled;
  const shift = ([p, q]: Pair): Pair => [a.axes + p, q];
  const found = graph.contract(entriesOf(graph, a), b, sum.map(shift), batch.map(shift));
  return withEntries(a, 'dense', toFront(graph, found, batch.length, a.axes));
}

/** A diagonal of which all axes are summed scales the other factor, whose summed axes become the axes in front: A diag(d). */
function consumed(
  graph: Graph,
  other: Node,
  x: Batched,
  batch: readonly Pair[],
  sum: readonly Pair[],
): Batched | undefined {
  if (x.kind !== 'diagonal' || batch.length > 0 || sum.length !== x.axes) return undefined;
  const paired = [...sum].sort(([, p], [, q]) => p - q).map(([p]) => p);
  const free = other.type.shape.map((_, k) => k).filter((k) => !paired.includes(k));
  const arranged = graph.transpose(other, [...paired, ...free]);
  const weights = graph.broadcastTo(
    x.entries,
    arranged.type.shape,
    paired.map((_, k) => k),
  );
  return withEntries(x, 'dense', graph.mul(arranged, weights));
}

/** Moves `count` axes from behind the first `before` ones to the front. */
const toFront = (graph: Graph, x: Node, before: number, count: number): Node =>
  graph.transpose(
    x,
    x.type.shape.map((_, k) => (k < count ? before + k : k < count + before ? k - count : k)),
  );
