import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';
import { single, type TransposeContext, type TransposeRule } from './rule.ts';

type Pair = readonly [number, number];

/** Axes that are in none of the pairs. */
const freeAxes = (x: Node, paired: readonly number[]): readonly number[] =>
  x.type.shape.map((_, k) => k).filter((k) => !paired.includes(k));

/** A contraction with the other factor over the axes that the result has from it. Neither factor is transposed itself. */
export const contract: TransposeRule<'contract'> = single((node, ct, context) =>
  context.linear(node.args[1]) ? toRight(node, ct, context) : toLeft(node, ct, context),
);

/** Axes of the result of the contraction with ct: batch, free axes of a, then the summed axes in the order of b. */
function toLeft(node: NodeOf<'contract'>, ct: Node, { graph, add }: TransposeContext): void {
  const { batch, sum } = node.attributes;
  const [a, b] = node.args;
  const aFree = freeAxes(
    a,
    [...batch, ...sum].map(([p]) => p),
  );
  const bFree = freeAxes(
    b,
    [...batch, ...sum].map(([, q]) => q),
  );
  const offset = batch.length + aFree.length;
  const found = graph.contract(
    ct,
    b,
    bFree.map((axis, k): Pair => [offset + k, axis]),
    batch.map(([, q], k): Pair => [k, q]),
  );
  const summed = [...sum].sort(([, p], [, q]) => p - q).map(([p]) => p);
  add(a, moveAxes(graph, found, [...batch.map(([p]) => p), ...aFree, ...summed]));
}

/** Axes of the result of the contraction with ct: batch, the summed axes in the order of a, then free axes of b. */
function toRight(node: NodeOf<'contract'>, ct: Node, { graph, add }: TransposeContext): void {
  const { batch, sum } = node.attributes;
  const [a, b] = node.args;
  const aFree = freeAxes(
    a,
    [...batch, ...sum].map(([p]) => p),
  );
  const bFree = freeAxes(
    b,
    [...batch, ...sum].map(([, q]) => q),
  );
  const found = graph.contract(
    a,
    ct,
    aFree.map((axis, k): Pair => [axis, batch.length + k]),
    batch.map(([p], k): Pair => [p, k]),
  );
  const summed = [...sum].sort(([p], [q]) => p - q).map(([, q]) => q);
  add(b, moveAxes(graph, found, [...batch.map(([, q]) => q), ...summed, ...bFree]));
}

/** Moves axis k to position axes[k]. */
const moveAxes = (graph: Graph, x: Node, axes: readonly number[]): Node =>
  graph.transpose(
    x,
    axes.map((_, k) => axes.indexOf(k)),
  );
