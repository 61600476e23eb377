// Every file of the gallery run: what waits says in one error what it waits for; all others reach their known answers.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { expectKnown, expectPromise, matches } from './expect-known.ts';
import {
  galleryWaits,
  knownGaps,
  neverArrive,
  otherStationaryPoints,
  waitingWords,
  type Gap,
} from './gallery-waits.ts';
import { openFile, repo, solve, solvesOf, type Program, type Solved } from './program.ts';

const names = readdirSync(join(repo, 'examples', 'gallery'))
  .filter((file) => file.endsWith('.opt'))
  .map((file) => file.slice(0, -4));

const limits = { seconds: 120, iterations: 20_000 };

test('the table has a line for each file', () => {
  expect(Object.keys(galleryWaits).sort()).toEqual([...names].sort());
  for (const table of [knownGaps, neverArrive, otherStationaryPoints])
    for (const name of Object.keys(table)) expect(names).toContain(name);
});

describe('run', () => {
  test.each(names)('%s', async (name) => {
    const program = openFile(`examples/gallery/${name}.opt`);
    for (const each of solvesOf(program)) {
      const gap = knownGaps[name];
      if (gap !== undefined) {
        await expectGap(program, each, gap);
        continue;
      }
      // What does not arrive need not be waited for.
      const own = neverArrive[name] === undefined ? limits : { ...limits, seconds: 3 };
      const solved = await solve(program, each, { limits: own });
      const waits = galleryWaits[name];
      if (waits === undefined) expectSolved(name, solved);
      else if (each.via.length > 0 && solved.ok) expectSolved(name, solved);
      else expectRefused(solved, waitingWords[waits]);
    }
  });
});

/** One error, which names the construct. */
function expectRefused(solved: Solved, words: RegExp): void {
  if (solved.ok) throw new Error(`it ran: ${solved.result.method} ${solved.result.status}`);
  const errors = solved.diagnostics.filter(isError);
  expect(errors, solved.text).toHaveLength(1);
  expect(errors[0].message).toMatch(words);
}

function expectSolved(name: string, solved: Solved): void {
  if (!solved.ok) throw new Error(solved.text);
  const { result, session } = solved;
  if (neverArrive[name] !== undefined) {
    expect(result.status).toBe('not converged');
    return;
  }
  expectPromise(result);
  const { known } = session.program;
  if (known.length === 0) return;
  if (otherStationaryPoints[name] === undefined) expectKnown(result, known);
  else expect(matches(result, known)).toBe(false);
}

async function expectGap(
  program: Program,
  each: ReturnType<typeof solvesOf>[number],
  gap: Gap,
): Promise<void> {
  const solved = await solve(program, each, { limits: { ...limits, iterations: 2000 } });
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.status, gap.why).toBe(gap.outcome);
  const { known } = solved.session.program;
  if (known.length > 0) expect(matches(solved.result, known), gap.why).toBe(gap.reaches);
}
