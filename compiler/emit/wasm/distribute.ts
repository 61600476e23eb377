// A loop that adds to one array at several offsets, as two neighbours of a chain do, taken apart: one loop for each offset. Each of them can be carried out
// two numbers at a time; what they share is worked out in each.
import { scalarsBelow, type Pool } from '../../schedule/scalar.ts';
import { isPlain } from './plain.ts';
import type { Statement } from '../../schedule/statement.ts';

type Store = Extract<Statement, { readonly kind: 'store' }>;

/** The bodies, one after the other; undefined where there is one offset only, or the order of the entries matters. */
export function distributed(
  pool: Pool,
  body: readonly Statement[],
): readonly (readonly Statement[])[] | undefined {
  if (!body.every(isPlain)) return undefined;
  const stores = body.filter((each): each is Store => each.kind === 'store');
  const offsets = new Map<string, Set<string>>();
  for (const { array, at } of stores)
    offsets.set(array, (offsets.get(array) ?? new Set()).add(at.key));
  const several = [...offsets].filter(([, keys]) => keys.size > 1).map(([array]) => array);
  if (several.length === 0) return undefined;
  const adds = stores
    .filter(({ array }) => several.includes(array))
    .every(({ op }) => op === '+=' || op === '-=');
  const reads = body.flatMap((each) =>
    'value' in each && 'id' in each.value ? scalarsBelow(pool, [each.value]) : [],
  );
  if (!adds || reads.some((x) => x.kind === 'load' && offsets.has(x.array))) return undefined;
  const constants = body.filter(({ kind }) => kind === 'const');
  const groups = new Map<string, Statement[]>();
  // What adds at no offset goes with the first.
  const [first] = [...(offsets.get(several[0]) ?? [])];
  for (const each of body) {
    if (each.kind === 'const') continue;
    const key = each.kind === 'store' && several.includes(each.array) ? each.at.key : first;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => [...constants, ...group]);
}
