// Fusion: nests over the same axis become one loop where each reads only what the others have written for the same index. What is then used
// within the loop alone needs no array.
import type { Axis, Computation, Nest, Plan } from './computation.ts';
import { commute, edges } from './order.ts';
import { readsOf as targetsReadBy, scalarsOf, writesOf } from './planner.ts';
import { scalarsBelow, type Index, type Scalar } from './scalar.ts';
import { sameMemory, type Target } from './target.ts';
import type { Unit } from './unit.ts';

/** A nest with the loops that are not yet open around it. */
export interface Item {
  readonly nest: Nest;
  readonly rest: readonly Axis[];
}

export type Tree =
  | {
      readonly kind: 'loop';
      readonly axis: Axis;
      readonly items: readonly Item[];
      readonly body: readonly Tree[];
    }
  | { readonly kind: 'leaf'; readonly nest: Nest }
  | { readonly kind: 'whole'; readonly computation: Exclude<Computation, Nest> };

export interface Fusion {
  readonly trees: readonly Tree[];
  /** The loop variable that stands for a nest's own one. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Axes of a target that are fixed by the loops around all its uses, and how many loops these are. */
  readonly bound: ReadonlyMap<Target, ReadonlySet<number>>;
  readonly level: ReadonlyMap<Target, number>;
}

interface Entry {
  readonly computation: Computation;
  readonly rest: readonly Axis[];
}

interface Group {
  readonly key: string | undefined;
  readonly entries: Entry[];
  readonly open: boolean;
}

export function fuse(unit: Unit, plan: Plan, closing: ReadonlySet<Nest>): Fusion {
  const { computations, kept } = plan;
  const before = edges(unit, computations, closing);
  const renamed = new Map<string, string>();
  const bound = new Map<Target, Set<number>>();
  const level = new Map<Target, number>();
  const readBy = new Map(computations.map((c) => [c, targetsReadBy(unit, c)]));
  const readsOf = (c: Computation): ReadonlySet<Target> => readBy.get(c) ?? none;
  const readers = usersOf(computations, readsOf);
  const writers = usersOf(computations, writesOf);
  const reads = new Map<Computation, readonly Scalar[]>();

  const name = (variable: string): string => renamed.get(variable) ?? variable;

  /** Scalars that read targets within a computation. */
  const readsIn = (c: Computation): readonly Scalar[] => {
    const known = reads.get(c);
    if (known !== undefined) return known;
    const found = scalarsBelow(unit.pool, scalarsOf(unit, c)).filter(
      ({ kind }) => kind === 'read' || kind === 'flat' || kind === 'sparse',
    );
    reads.set(c, found);
    return found;
  };

  const isExact = (at: readonly Index[], axis: number, variable: string): boolean =>
    axis < at.length && at[axis].key === variable;

  /** The axis of the target that this loop variable runs along, exactly; -1 where there is none. */
  const axisOf = (nest: Nest, variable: string): number =>
    nest.at.findIndex((index) => index.key === variable);

  /** All reads of the target in a computation are at the loop's own index of that axis. */
  const readsExactly = (c: Computation, target: Target, axis: number, variable: string): boolean =>
    readsIn(c).every(
      (x) =>
        !('target' in x) ||
        x.target !== target ||
        (x.kind === 'read' && isExact(x.at, axis, variable)),
    );

  const canFollow = (first: Entry, then: Entry): boolean => {
    const [p, c] = [first.computation, then.computation];
    if (p.kind !== 'nest' || c.kind !== 'nest') return false;
    const [[outer], [inner]] = [first.rest, then.rest];
    if (outer === undefined || inner === undefined) return false;
    if (outer.row !== undefined || inner.row !== undefined) return !related(p, c);
    const written = axisOf(p, outer.variable);
    const stored = axisOf(c, inner.variable);
    if (readsOf(c).has(p.target)) {
      if (written < 0 || !readsExactly(c, p.target, written, inner.variable)) return false;
    }
    for (const old of sameMemory(c.target)) {
      if (!readsOf(p).has(old)) continue;
      if (stored < 0 || !readsExactly(p, old, stored, outer.variable)) return false;
    }
    return p.target !== c.target || commute(p, c) || (written >= 0 && written === stored);
  };

  const related = (p: Nest, c: Nest): boolean =>
    p.target === c.target ||
    readsOf(c).has(p.target) ||
    sameMemory(c.target).some((old) => readsOf(p).has(old));

  const keyOf = ({ computation, rest }: Entry): string | undefined => {
    if (computation.kind !== 'nest' || rest.length === 0) return undefined;
    const [{ extent, row }] = rest;
    if (row === undefined) return extent.key;
    return `row ${row.matrix.id} ${name(row.at.key)}`;
  };

  /** Products of two stored vectors, and vectors added to stored ones, are left to the kernels of the runtime. */
  const standsAlone = (
    { computation, rest }: Entry,
    among: ReadonlySet<Computation>,
    depth: number,
  ): boolean => {
    if (computation.kind !== 'nest' || rest.some(({ row }) => row !== undefined)) return false;
    const constant = computation.op === 'set' && computation.value.kind === 'number';
    if (rest.length !== 1) return constant && depth === 0;
    if (computation.op === 'set') {
      if (computation.value.kind === 'number') return true;
      if (computation.value.kind !== 'read' || depth > 0) return false;
    } else if (computation.op !== 'sum' || !isKernelValue(computation.value)) return false;
    return [...readsOf(computation)].every(
      (target) =>
        kept.has(target) ||
        !(writers.get(target) ?? []).some((c) => among.has(c) && c.kind === 'nest'),
    );
  };

  function build(entries: readonly Entry[], depth: number): readonly Tree[] {
    const groups: Group[] = [];
    const homes = new Map<Computation, Group>();
    const among = new Set(entries.map(({ computation }) => computation));
    for (const entry of entries) {
      const key = keyOf(entry);
      const alone = key === undefined || standsAlone(entry, among, depth);
      let least = 0;
      for (const needed of before.get(entry.computation) ?? []) {
        const home = homes.get(needed);
        if (home === undefined) continue;
        const at = groups.indexOf(home);
        const first = home.entries.find(({ computation }) => computation === needed);
        const together = !alone && home.open && first !== undefined && canFollow(first, entry);
        least = Math.max(least, together ? at : at + 1);
      }
      const joined = alone
        ? undefined
        : groups.find((group, at) => at >= least && group.open && group.key === key);
      if (joined !== undefined) {
        joined.entries.push(entry);
        homes.set(entry.computation, joined);
        continue;
      }
      const made: Group = { key, entries: [entry], open: !alone };
      if (alone) groups.splice(least, 0, made);
      else groups.push(made);
      homes.set(entry.computation, made);
    }
    return late(groups).map((group) => treeOf(group, depth));
  }

  /** Inner products of their own come right before what first needs them. */
  function late(groups: readonly Group[]): readonly Group[] {
    const result = [...groups];
    for (let k = result.length - 2; k >= 0; k--) {
      const [{ computation }, another] = result[k].entries;
      if (another !== undefined || !isInnerProduct(computation)) continue;
      const user = result.findIndex(
        (group, at) =>
          at > k && group.entries.some((entry) => before.get(entry.computation)?.has(computation)),
      );
      if (user > k + 1) result.splice(user - 1, 0, ...result.splice(k, 1));
    }
    return result;
  }

  const isInnerProduct = (c: Computation): boolean =>
    c.kind === 'nest' && c.op === 'sum' && c.at.length === 0 && c.loops.length === 1;

  function treeOf({ entries }: Group, depth: number): Tree {
    const [{ computation, rest }] = entries;
    if (computation.kind !== 'nest') return { kind: 'whole', computation };
    if (rest.length === 0) return { kind: 'leaf', nest: computation };
    const [axis] = rest;
    bind(entries, depth);
    for (const entry of entries) renamed.set(entry.rest[0].variable, axis.variable);
    const items = entries.flatMap((entry): readonly Item[] =>
      entry.computation.kind === 'nest' ? [{ nest: entry.computation, rest: entry.rest }] : [],
    );
    const inner = entries.map((entry) => ({ ...entry, rest: entry.rest.slice(1) }));
    return { kind: 'loop', axis, items, body: build(inner, depth + 1) };
  }

  /** Targets written and read in this loop alone, at its index, lose that axis. */
  function bind(entries: readonly Entry[], depth: number): void {
    const here = new Set(entries.map(({ computation }) => computation));
    const variables = new Map(
      entries.map(({ computation, rest }) => [computation, rest[0].variable]),
    );
    for (const { computation, rest } of entries) {
      if (computation.kind !== 'nest') continue;
      const { target } = computation;
      if (target.given !== undefined || kept.has(target)) continue;
      const axis = axisOf(computation, rest[0].variable);
      if (axis < 0 || rest[0].row !== undefined) continue;
      const writes = writers.get(target) ?? [];
      const uses = readers.get(target) ?? [];
      const exact =
        writes.every(
          (c) => here.has(c) && c.kind === 'nest' && isExact(c.at, axis, variables.get(c) ?? ''),
        ) &&
        uses.every((c) => here.has(c) && readsExactly(c, target, axis, variables.get(c) ?? ''));
      if (!exact) continue;
      const axes = bound.get(target) ?? new Set<number>();
      axes.add(axis);
      bound.set(target, axes);
      level.set(target, depth + 1);
    }
  }

  const trees = build(
    computations.map((computation) => ({
      computation,
      rest: computation.kind === 'nest' ? computation.loops : [],
    })),
    0,
  );
  return { trees, renamed, bound, level };
}

const none: ReadonlySet<Target> = new Set();

function usersOf(
  computations: readonly Computation[],
  of: (c: Computation) => Iterable<Target>,
): ReadonlyMap<Target, readonly Computation[]> {
  const found = new Map<Target, Computation[]>();
  for (const c of computations)
    for (const target of of(c)) {
      const list = found.get(target);
      if (list === undefined) found.set(target, [c]);
      else list.push(c);
    }
  return found;
}

/** A product of plain reads, perhaps negated. */
function isKernelValue(value: Scalar): boolean {
  if (value.kind === 'read') return true;
  if (value.kind === 'unary' && value.fn === 'neg') return isKernelValue(value.x);
  if (value.kind !== 'binary' || value.fn !== 'mul') return false;
  return value.x.kind === 'read' && value.y.kind === 'read';
}
