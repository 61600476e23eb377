// The order among the writers of one target: all that must hold follows from what is said, and little is said.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Nest } from '../../compiler/schedule/computation.ts';
import { createNamer } from '../../compiler/schedule/names.ts';
import { commute, edges } from '../../compiler/schedule/order.ts';
import { placeNodes, rootPlace } from '../../compiler/schedule/place.ts';
import { createPlaceTable, createUnit } from '../../compiler/schedule/unit.ts';
import { constantDim } from '../../compiler/tensor/dim.ts';

/** Writers of one target, one after the other. */
function writersOf(ops: readonly Nest['op'][]): {
  readonly nests: readonly Nest[];
  readonly before: ReturnType<typeof edges>;
} {
  const unit = createUnit(
    placeNodes([{ place: rootPlace(), nodes: [] }]),
    createNamer([]),
    createPlaceTable(() => undefined),
    () => undefined,
  );
  const target = unit.newTarget({ hint: 'y', shape: [constantDim(ops.length)] });
  const nests = ops.map((op, k): Nest => ({
    kind: 'nest',
    id: unit.nextId(),
    target,
    op,
    loops: [],
    at: [constantDim(k)],
    value: unit.pool.number(k),
  }));
  return { nests, before: edges(unit, nests, new Set()) };
}

const pairsOf = (before: ReturnType<typeof edges>): number =>
  [...before.values()].reduce((sum, { size }) => sum + size, 0);

describe('writers of one target', () => {
  test('each comes after all before it with which it does not commute', () => {
    const op = fc.constantFrom<Nest['op']>('set', 'sum');
    fc.assert(
      fc.property(fc.array(op, { maxLength: 12 }), (ops) => {
        const { nests, before } = writersOf(ops);
        const follows = (then: Nest, first: Nest): boolean =>
          [...(before.get(then) ?? [])].some(
            (each) => each === first || (each.kind === 'nest' && follows(each, first)),
          );
        nests.forEach((then, k) =>
          nests.slice(0, k).forEach((first) => {
            if (!commute(first, then)) expect(follows(then, first)).toBe(true);
          }),
        );
        nests.forEach((first, k) =>
          nests.slice(k).forEach((then) => expect(follows(first, then)).toBe(false)),
        );
      }),
    );
  });

  test('a list written entry by entry says one pair an entry', () => {
    expect(pairsOf(writersOf(Array.from({ length: 2500 }, () => 'set')).before)).toBe(2499);
  });
});
