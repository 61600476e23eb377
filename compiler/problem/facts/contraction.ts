// A product with a given array as a matrix, batched: what its norms are taken of.
import { productOfDims, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';

export interface GivenFactor {
  readonly given: Node;
  readonly other: Node;
  /** Axes of the given factor. */
  readonly batch: readonly number[];
  readonly sum: readonly number[];
  readonly free: readonly number[];
  /** Free axes of the other factor. */
  readonly otherFree: readonly number[];
}

/** The contraction seen from its first or second factor. */
export function givenFactor(node: NodeOf<'contract'>, side: 0 | 1): GivenFactor {
  const { batch, sum } = node.attributes;
  const [given, other] = side === 0 ? node.args : [node.args[1], node.args[0]];
  const mine = (pair: readonly [number, number]): number => pair[side];
  const theirs = (pair: readonly [number, number]): number => pair[1 - side];
  const paired = [...batch, ...sum];
  const freeOf = (x: Node, used: readonly number[]): readonly number[] =>
    x.type.shape.map((_, axis) => axis).filter((axis) => !used.includes(axis));
  return {
    given,
    other,
    batch: batch.map(mine),
    sum: sum.map(mine),
    free: freeOf(given, paired.map(mine)),
    otherFree: freeOf(other, paired.map(theirs)),
  };
}

const sizeOf = (node: Node, axes: readonly number[]): Dim =>
  productOfDims(axes.map((axis) => node.type.shape[axis]));

/** The given factor as [batch, free, sum], without the batch axis where there is none. */
export function asMatrix(graph: Graph, { given, batch, free, sum }: GivenFactor): Node {
  if (batch.length === 0 && free.length === 1 && sum.length === 1)
    return free[0] === 0 ? given : graph.transpose(given);
  const arranged = graph.transpose(given, [...batch, ...free, ...sum]);
  const matrix = [sizeOf(given, free), sizeOf(given, sum)];
  return graph.reshape(arranged, batch.length === 0 ? matrix : [sizeOf(given, batch), ...matrix]);
}
