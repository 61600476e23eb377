// Runs with several seeds as one curve: the median and the range over the seeds.
import { median } from '../compare/statistics.ts';
import type { ComparedRun } from '../compare/comparison.ts';
import type { TraceRow } from '../trace.ts';

export interface BandPoint {
  readonly x: number;
  readonly y: number;
  /** Equal to y for one seed. */
  readonly low: number;
  readonly high: number;
}

const most = 240;

/** A run that has ended keeps its last value. */
export function bandOf(
  runs: readonly ComparedRun[],
  x: (row: TraceRow) => number,
  y: (row: TraceRow) => number,
): readonly BandPoint[] {
  const traces = runs.map(({ trace }) => trace).filter((trace) => trace.length > 0);
  if (traces.length <= 1) {
    return (traces[0] ?? []).map((row) => ({ x: x(row), y: y(row), low: y(row), high: y(row) }));
  }
  const grid = thinned([...new Set(traces.flatMap((trace) => trace.map(x)))].sort((a, b) => a - b));
  const place = traces.map(() => 0);
  return grid.flatMap((at): readonly BandPoint[] => {
    const values = traces.map((trace, k) => {
      while (place[k] + 1 < trace.length && x(trace[place[k] + 1]) <= at) place[k]++;
      return y(trace[place[k]]);
    });
    const known = values.filter((value) => !Number.isNaN(value));
    if (known.length === 0) return [];
    return [{ x: at, y: median(known), low: Math.min(...known), high: Math.max(...known) }];
  });
}

/** First and last kept. */
function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, k) => values[Math.round((k * (values.length - 1)) / (most - 1))],
  );
}
