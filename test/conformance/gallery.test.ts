// Every file of the gallery run: what waits says in one error what it waits for; all others reach their known answers.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import type { SolveResult } from '../../runtime/result.ts';
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
      const solved = await solve(program, each, { limits });
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
  const { promise } = result.certificate;
  expect(result.status, notes(result)).toBe(promise);
  expect(['optimal', 'stationary']).toContain(promise);
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
  if (gap.outcome === 'throws') {
    await expect(solve(program, each, { limits })).rejects.toThrow();
    return;
  }
  const solved = await solve(program, each, { limits: { ...limits, iterations: 2000 } });
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.status, gap.why).toBe(gap.outcome);
  const { known } = solved.session.program;
  if (known.length > 0) expect(matches(solved.result, known), gap.why).toBe(gap.reaches);
}

const notes = ({ method, iterations, certificate }: SolveResult): string =>
  `${method}, ${iterations} iterations: ${certificate.notes.join(' ')}`;

type Known = Readonly<Record<string, Float64Array>>;

function expectKnown(result: SolveResult, known: readonly Known[]): void {
  const off = known.map((entry) => distances(result, entry));
  const best = off.reduce((a, b) => (worst(b) < worst(a) ? b : a));
  for (const { name, distance, tolerance } of best)
    expect(distance, `${name} of ${result.problem}`).toBeLessThanOrEqual(tolerance);
}

const matches = (result: SolveResult, known: readonly Known[]): boolean =>
  known.some((entry) => worst(distances(result, entry)) <= 1);

const worst = (list: readonly Distance[]): number =>
  Math.max(...list.map(({ distance, tolerance }) => distance / tolerance));

interface Distance {
  readonly name: string;
  readonly distance: number;
  readonly tolerance: number;
}

/** The value to 1e-6, relative; variables and metrics, which a flat valley may leave loose, to 1e-3. */
function distances(result: SolveResult, known: Known): readonly Distance[] {
  return Object.entries(known).map(([name, expected]): Distance => {
    if (name === 'value') {
      const value = result.value ?? NaN;
      return { name, distance: relative([value], expected), tolerance: 1e-6 };
    }
    const variable = result.solution.find((entry) => entry.name === name);
    const found = variable === undefined ? [result.metrics[name] ?? NaN] : [...variable.data];
    return { name, distance: relative(found, expected), tolerance: 1e-3 };
  });
}

function relative(found: readonly number[], expected: Float64Array): number {
  if (found.length !== expected.length) return Infinity;
  const scale = Math.max(1, ...expected.map(Math.abs));
  const off = found.map((entry, k) => Math.abs(entry - expected[k]) / scale);
  return off.some(Number.isNaN) ? Infinity : Math.max(0, ...off);
}
