import { describe, expect, it } from 'vitest';
import {
  at,
  first,
  leastSquaresSlope,
  median,
  order,
  rate,
  sweepSlope,
} from '../../runtime/compare/statistics.ts';
import { noCounts, type Trace } from '../../runtime/trace.ts';

const trace = (values: readonly number[]): Trace =>
  values.map((gap, iteration) => ({
    iteration,
    seconds: iteration / 10,
    counts: noCounts(),
    values: { gap },
  }));
const gap = (row: Trace[number]): number => row.values.gap;
const iterations = (row: Trace[number]): number => row.iteration;

describe('statistics', () => {
  it('takes the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([1, Infinity, 2])]).toEqual([
      2, 2.5, 2,
    ]);
    expect(median([])).toBeNaN();
    expect(median([1, NaN])).toBeNaN();
  });

  it('fits a line', () => {
    expect(
      leastSquaresSlope([
        { x: 0, y: 1 },
        { x: 1, y: 3 },
        { x: 2, y: 5 },
      ]),
    ).toBeCloseTo(2, 12);
    expect(leastSquaresSlope([{ x: 1, y: 1 }])).toBeNaN();
  });

  it('reads a linear rate, also from a run that went on in rounding', () => {
    const values = Array.from({ length: 200 }, (_, k) => Math.max(Math.exp(-0.3 * k), 1e-16));
    expect(rate(trace(values), gap)).toBeCloseTo(-0.3, 10);
  });

  it('reads an order, leaving out iteration 0', () => {
    const values = Array.from({ length: 500 }, (_, k) => (k === 0 ? 7 : 3 / k ** 2));
    expect(order(trace(values), gap)).toBeCloseTo(-2, 10);
  });

  it('reads the dependence on a swept value', () => {
    expect(sweepSlope([1, 10, 100].map((x) => ({ x, y: 5 / x })))).toBeCloseTo(-1, 12);
  });

  it('finds rows', () => {
    const t = trace([1, 0.5, 0.25]);
    expect(first(t, iterations, (row) => gap(row) <= 0.5)).toBe(1);
    expect(first(t, iterations, (row) => gap(row) <= 0.1)).toBe(Infinity);
    expect(at(t, gap, iterations, 1)).toBe(0.5);
    expect(at(t, gap, iterations, 99)).toBe(0.25);
  });

  it('skips rows without a finite gap at the start', () => {
    expect(rate(trace([Infinity, Infinity, 1, Math.exp(-1), Math.exp(-2)]), gap)).toBeCloseTo(
      -1,
      12,
    );
  });
});
