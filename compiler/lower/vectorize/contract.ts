// `contract` over lanes: lanes of both arguments are batch axes, lanes of one are free axes.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { unionAxes, type BatchAxis, type Batched } from './batched.ts';
import type { Rule } from './state.ts';

type Pairs = readonly (readonly [number, number])[];

export const contractRule: Rule<'contract'> = (node, [a, b], { graph }) => {
  const { batch, sum } = node.attributes;
  const straight = product(graph, a, b, batch, sum);
  const swap = ([p, q]: readonly [number, number]): readonly [number, number] => [q, p];
  // With one side free of own axes, the order of the arguments only decides where axes lie.
  if (straight.inPlace || batch.length > 0) return [straight.value()];
  const freeOf = (x: Batched, summed: readonly number[]): number =>
    x.node.type.shape.length - x.axes.length - summed.length;
  const bothFree =
    freeOf(
      a,
      sum.map(([p]) => p),
    ) > 0 &&
    freeOf(
      b,
      sum.map(([, q]) => q),
    ) > 0;
  const swapped = product(graph, b, a, [], sum.map(swap));
  return [!bothFree && swapped.inPlace ? swapped.value() : straight.value()];
};

interface Product {
  /** Whether the axes come out in order without a transpose. */
  readonly inPlace: boolean;
  readonly value: () => Batched;
}

function product(graph: Graph, a: Batched, b: Batched, batch: Pairs, sum: Pairs): Product {
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const shift = ([p, q]: readonly [number, number]): readonly [number, number] => [
    p + a.axes.length,
    q + b.axes.length,
  ];
  const aOnly = a.axes.filter((axis) => !shared.includes(axis));
  const bOnly = b.axes.filter((axis) => !shared.includes(axis));
  const free = (x: Batched, used: readonly number[]): number =>
    x.node.type.shape.length - x.axes.length - used.length;
  const aFree = free(
    a,
    [...batch, ...sum].map(([p]) => p),
  );
  const bFree = free(
    b,
    [...batch, ...sum].map(([, q]) => q),
  );
  // As `contract` lays it out: shared lanes, batch, lanes of a, free of a, lanes of b, free of b.
  const starts = offsets([shared.length, batch.length, aOnly.length, aFree, bOnly.length, bFree]);
  const placeOf = (axis: BatchAxis): number => {
    const [s, p, q] = [shared.indexOf(axis), aOnly.indexOf(axis), bOnly.indexOf(axis)];
    return s >= 0 ? starts[0] + s : p >= 0 ? starts[2] + p : starts[4] + q;
  };
  const axes = unionAxes([a.axes, b.axes]);
  const run = (from: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, k) => from + k);
  const permutation = [
    ...axes.map(placeOf),
    ...run(starts[1], batch.length),
    ...run(starts[3], aFree),
    ...run(starts[5], bFree),
  ];
  const node = (): Node =>
    graph.contract(a.node, b.node, sum.map(shift), [
      ...shared.map((axis): readonly [number, number] => [
        a.axes.indexOf(axis),
        b.axes.indexOf(axis),
      ]),
      ...batch.map(shift),
    ]);
  return {
    inPlace: permutation.every((axis, k) => axis === k),
    value: () => ({ node: graph.transpose(node(), permutation), axes }),
  };
}

function offsets(lengths: readonly number[]): readonly number[] {
  let at = 0;
  return lengths.map((length) => {
    const start = at;
    at += length;
    return start;
  });
}
