// What a run is measured against: the verdict that its class promises, and the `known` of the file.
import { expect } from 'vitest';
import type { SolveResult } from '../../runtime/result.ts';

/** The verdict is the best that the class of the problem allows. */
export function expectPromise(result: SolveResult): void {
  const { promise } = result.certificate;
  expect(result.status, notes(result)).toBe(promise);
  expect(['optimal', 'stationary', 'feasible']).toContain(promise);
}

export const notes = ({ method, iterations, certificate }: SolveResult): string =>
  `${method}, ${iterations} iterations: ${certificate.notes.join(' ')}`;

/** One `known` block: names and their values. */
export type Known = Readonly<Record<string, Float64Array>>;

export function expectKnown(result: SolveResult, known: readonly Known[]): void {
  const off = known.map((entry) => distances(result, entry));
  const best = off.reduce((a, b) => (worst(b) < worst(a) ? b : a));
  for (const { name, distance, tolerance } of best)
    expect(distance, `${name} of ${result.problem}`).toBeLessThanOrEqual(tolerance);
}

export const matches = (result: SolveResult, known: readonly Known[]): boolean =>
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
