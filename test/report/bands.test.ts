import { describe, expect, it } from 'vitest';
import type { ComparedRun } from '../../runtime/compare/comparison.ts';
import { bandOf } from '../../runtime/report/bands.ts';
import { noCounts } from '../../runtime/trace.ts';

const run = (seed: number, gaps: readonly number[]): ComparedRun => ({
  label: 'A',
  method: 'a',
  via: [],
  seed,
  point: {},
  status: 'optimal',
  reason: { kind: 'rule' },
  failure: undefined,
  trace: gaps.map((gap, iteration) => ({
    iteration,
    seconds: 0,
    counts: noCounts(),
    values: { gap },
  })),
  value: 0,
  gap: 0,
  metrics: {},
  counts: noCounts(),
  iterations: gaps.length - 1,
  seconds: { compile: 0, first: 0, total: 0 },
  certificate: undefined,
  answer: [],
  clouds: [],
  path: [],
});

describe('bands over seeds', () => {
  it('median and range; a run that has ended keeps its last value', () => {
    const band = bandOf(
      [run(1, [4, 2, 1]), run(2, [8, 3]), run(3, [6, 5, 4])],
      (row) => row.iteration,
      (row) => row.values.gap,
    );
    expect(band).toEqual([
      { x: 0, y: 6, low: 4, high: 8 },
      { x: 1, y: 3, low: 2, high: 5 },
      { x: 2, y: 3, low: 1, high: 4 },
    ]);
  });

  it('one seed has no range, no run no points', () => {
    const one = bandOf(
      [run(1, [4])],
      (row) => row.iteration,
      (row) => row.values.gap,
    );
    expect(one).toEqual([{ x: 0, y: 4, low: 4, high: 4 }]);
    expect(
      bandOf(
        [],
        () => 0,
        () => 0,
      ),
    ).toEqual([]);
  });
});
