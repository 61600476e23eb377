// The order of loops: along the rows of what is read and written, the largest arrays first.
import { constantValue } from '../tensor/dim.ts';
import type { Axis } from './computation.ts';
import { scalarsBelow, type Index, type Scalar } from './scalar.ts';
import { variablesOf } from './entry.ts';
import type { Unit } from './unit.ts';

export function orderLoops(
  unit: Unit,
  loops: readonly Axis[],
  at: readonly Index[],
  value: Scalar,
): readonly Axis[] {
  if (loops.length < 2) return loops;
  const known = new Set(loops.map(({ variable }) => variable));
  const chains = [chain(unit, at, known)];
  for (const x of scalarsBelow(unit.pool, [value]))
    if (x.kind === 'read') chains.push(chain(unit, x.at, known));
  // An array read along all of the loops it has counts before a smaller one; on a tie what is written counts first: a line of the cache that is written
  // in part is read before and written after.
  const ranked = chains.toSorted((a, b) => b.length - a.length);
  const before = new Map<string, Set<string>>(loops.map(({ variable }) => [variable, new Set()]));
  for (const variables of ranked)
    for (let k = 1; k < variables.length; k++) {
      const [outer, inner] = [variables[k - 1], variables[k]];
      if (!reaches(before, inner, outer)) before.get(outer)?.add(inner);
    }
  return sorted(loops, before);
}

/** Loop variables of an index in the order of its axes, each once, axes of known small size aside. */
function chain(unit: Unit, index: readonly Index[], known: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (const i of index)
    for (const variable of variablesOf(unit, i))
      if (known.has(variable) && !found.includes(variable)) found.push(variable);
  return found;
}

function reaches(
  before: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean {
  if (from === to) return true;
  return [...(before.get(from) ?? [])].some((next) => reaches(before, next, to));
}

/** Topological order; among free ones as given. */
function sorted(
  loops: readonly Axis[],
  before: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Axis[] {
  const rest = [...loops];
  const result: Axis[] = [];
  while (rest.length > 0) {
    const at = rest.findIndex(({ variable }) =>
      rest.every((other) => !(before.get(other.variable)?.has(variable) ?? false)),
    );
    result.push(...rest.splice(Math.max(at, 0), 1));
  }
  return result;
}

export const isShort = (axis: Axis): boolean => (constantValue(axis.extent) ?? Infinity) <= 4;
