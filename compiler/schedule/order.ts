// The order of the computations of a place: what is read is written before; a state's new value is stored after all reads of the old one.
import { symbolDim } from '../tensor/dim.ts';
import type { Computation, Nest } from './computation.ts';
import { readsOf, writesOf } from './planner.ts';
import { sameMemory, type Target } from './target.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Unit } from './unit.ts';

/** Sorted so that every computation comes after what it needs. `closing` nests store new values of targets that others read as they were;
 * where two of them wait for each other, a value is computed apart first. */
export function orderComputations(
  unit: Unit,
  computations: readonly Computation[],
  closing: Set<Nest>,
): readonly Computation[] {
  let current = computations;
  for (let round = 0; ; round++) {
    const before = edges(unit, current, closing);
    const sorted = topological(current, before);
    if (sorted.length === current.length) return sorted;
    const waiting = current.filter((c) => !sorted.includes(c));
    const stuck = rings(waiting, before);
    const next = stuck.some((c) => c.kind === 'nest' && closing.has(c))
      ? current.flatMap((c) =>
          c.kind === 'nest' && closing.has(c) && stuck.includes(c) ? apart(unit, c, closing) : [c],
        )
      : current.flatMap((c) => (c.kind === 'finish' ? finishApart(unit, c) : [c]));
    if (next.length === current.length) return [...sorted, ...waiting];
    if (round > computations.length)
      throw new InternalError('computations that wait for each other in a ring');
    current = next;
  }
}

/** Of those that wait the ones that others of them wait for: without what only comes after a ring. */
function rings(
  waiting: readonly Computation[],
  before: ReadonlyMap<Computation, ReadonlySet<Computation>>,
): readonly Computation[] {
  const needed = new Set(waiting.flatMap((c) => [...(before.get(c) ?? [])]));
  const inner = waiting.filter((c) => needed.has(c));
  return inner.length === waiting.length ? inner : rings(inner, before);
}

/** The value of a closing nest in a target of its own, and the store that copies it. */
function apart(unit: Unit, nest: Nest, closing: Set<Nest>): readonly Computation[] {
  const { target, at, loops } = nest;
  const value = unit.newTarget({ hint: `${target.hint}Next`, shape: target.shape });
  const compute: Nest = { ...nest, id: unit.nextId(), target: value };
  const copied = loops.map((axis) => ({ ...axis, variable: unit.variable() }));
  const renamed = new Map(loops.map(({ variable }, k) => [variable, copied[k].variable]));
  const there = at.map((index) => renameIndex(index, renamed));
  const copy: Nest = {
    kind: 'nest',
    id: unit.nextId(),
    target,
    op: 'set',
    loops: copied,
    at: there,
    value: unit.pool.read(value, there),
  };
  closing.delete(nest);
  closing.add(copy);
  return [compute, copy];
}

function renameIndex(
  index: Nest['at'][number],
  names: ReadonlyMap<string, string>,
): Nest['at'][number] {
  const renamed = names.get(index.key);
  return renamed === undefined ? index : symbolDim(renamed);
}

/** The values of final stores, computed before. */
function finishApart(unit: Unit, finish: Computation & { kind: 'finish' }): readonly Computation[] {
  const early: Computation[] = [];
  const stores = finish.stores.map((store) => {
    if (store.value.kind === 'number') return store;
    const value = unit.newTarget({ hint: `${store.target.hint}Next`, shape: [] });
    early.push({
      kind: 'nest',
      id: unit.nextId(),
      target: value,
      op: 'set',
      loops: [],
      at: [],
      value: store.value,
    });
    return { ...store, value: unit.pool.read(value, []) };
  });
  return [...early, { kind: 'finish', id: unit.nextId(), stores }];
}

/** For each computation those that must come before it. */
export function edges(
  unit: Unit,
  computations: readonly Computation[],
  closing: ReadonlySet<Nest>,
): ReadonlyMap<Computation, ReadonlySet<Computation>> {
  const isClosing = (c: Computation): boolean =>
    c.kind === 'finish' || (c.kind === 'nest' && closing.has(c));
  const writers = new Map<Target, Computation[]>();
  for (const c of computations)
    for (const target of writesOf(c)) {
      const list = writers.get(target);
      if (list === undefined) writers.set(target, [c]);
      else list.push(c);
    }
  /** Computations that overwrite what a target held. */
  const overwriters = new Map<Target, Computation[]>();
  for (const c of computations)
    for (const old of writesOf(c).flatMap((target) => sameMemory(target).slice(1))) {
      const list = overwriters.get(old);
      if (list === undefined) overwriters.set(old, [c]);
      else list.push(c);
    }
  const before = new Map<Computation, Set<Computation>>(computations.map((c) => [c, new Set()]));
  const add = (first: Computation, then: Computation): void => {
    if (first !== then) before.get(then)?.add(first);
  };
  for (const c of computations) {
    for (const target of readsOf(unit, c)) {
      for (const writer of overwriters.get(target) ?? [])
        if (!(c.kind === 'finish' && writer.kind === 'finish')) add(c, writer);
      for (const writer of writers.get(target) ?? []) {
        if (isClosing(writer)) {
          if (!(isClosing(c) && c.kind === 'finish' && writer.kind === 'finish')) add(c, writer);
        } else add(writer, c);
      }
    }
  }
  for (const list of writers.values()) inTurn(list, add);
  return before;
}

/** Of the writers of one target each after those before it with which it does not commute; what follows from that is not said again. */
function inTurn(
  writers: readonly Computation[],
  add: (first: Computation, then: Computation) => void,
): void {
  // Each run of sums, and each other writer, comes after all of the run before it.
  let last: readonly Computation[] = [];
  let run: Computation[] = [];
  for (const c of writers) {
    if (run.length > 0 && !commute(run[0], c)) {
      last = run;
      run = [];
    }
    for (const earlier of last) add(earlier, c);
    run.push(c);
  }
}

/** Two sums into one target may come in any order. */
export const commute = (a: Computation, b: Computation): boolean =>
  a.kind === 'nest' && b.kind === 'nest' && a.op === 'sum' && b.op === 'sum';

/** Stable topological order; shorter than the input where there is a cycle. */
function topological(
  computations: readonly Computation[],
  before: ReadonlyMap<Computation, ReadonlySet<Computation>>,
): readonly Computation[] {
  const done = new Set<Computation>();
  const sorted: Computation[] = [];
  let rest = [...computations];
  for (;;) {
    const ready: Computation[] = [];
    const waiting: Computation[] = [];
    for (const c of rest) {
      const free = [...(before.get(c) ?? [])].every((b) => done.has(b));
      if (free) {
        done.add(c);
        ready.push(c);
      } else waiting.push(c);
    }
    sorted.push(...ready);
    if (waiting.length === 0 || ready.length === 0) return sorted;
    rest = waiting;
  }
}
