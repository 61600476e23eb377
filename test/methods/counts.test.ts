// Every method of the library on a problem of its kind: what the generated program counts, against the counters of the reference interpreter, and against counts by hand
// where nothing is searched for. A method without an entry fails.
import { describe, expect, test } from 'vitest';
import type { OracleCounts } from '../../runtime/program.ts';
import { noCounts, oracleNames } from '../../runtime/trace.ts';
import { libraryMethods } from '../match/pipeline.ts';
import { counted } from './counting.ts';
import { entries, kinds, useOf, type Entry } from './entries.ts';

test('every method of the library has an entry', () => {
  expect(Object.keys(entries).sort()).toEqual(
    libraryMethods()
      .map(({ name }) => name)
      .sort(),
  );
});

const iterations = 7;

function byHand({ start = {}, each = {} }: Entry): OracleCounts {
  const total: OracleCounts = noCounts();
  for (const name of oracleNames) total[name] = (start[name] ?? 0) + iterations * (each[name] ?? 0);
  return total;
}

describe(`counts of ${iterations} iterations`, () => {
  test.each(Object.entries(entries))('%s', async (name, entry) => {
    const { emitted, interpreted } = await counted(
      kinds[entry.kind],
      useOf(name, entry),
      iterations,
    );
    // The runtime's own solver is one solve.
    if (interpreted === undefined) expect(emitted).toEqual({ ...noCounts(), solves: 1 });
    else expect(emitted).toEqual(interpreted);
    if (entry.each !== undefined) expect(emitted).toEqual(byHand(entry));
    expect(Object.values(emitted).some((count) => count > 0)).toBe(true);
  });
});

test('what never changes is worked out once, and counted once', async () => {
  const { emitted } = await counted(kinds.saddle, 'competitive_gradient(step = 0.1)', iterations);
  expect(emitted).toEqual({ ...noCounts(), grads: 2 * iterations, jvps: 2 });
});
