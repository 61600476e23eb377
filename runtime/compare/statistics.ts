// What claims speak of: numbers drawn from recorded traces.
import type { Trace, TraceRow } from '../trace.ts';

/** The middle value; of an even count the mean of the middle two. NaN where there is none. Infinite values sort last. */
export function median(values: readonly number[]): number {
  if (values.length === 0 || values.some(Number.isNaN)) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the least-squares line through the points; NaN for fewer than two distinct abscissae. */
export function leastSquaresSlope(points: readonly Point[]): number {
  const n = points.length;
  const meanX = points.reduce((s, p) => s + p.x, 0) / n;
  const meanY = points.reduce((s, p) => s + p.y, 0) / n;
  const sxx = points.reduce((s, p) => s + (p.x - meanX) ** 2, 0);
  const sxy = points.reduce((s, p) => s + (p.x - meanX) * (p.y - meanY), 0);
  return sxx > 0 ? sxy / sxx : NaN;
}

export type ColumnOf = (row: TraceRow) => number;

/** Below this a gap is rounding and says nothing about a rate. */
const roundingFloor = 1e-15;

/** Rows up to the first at which the column is no longer a positive number above rounding. */
function meaningful(trace: Trace, column: ColumnOf): Trace {
  const end = trace.findIndex(
    (row) => !(column(row) > roundingFloor) || !Number.isFinite(column(row)),
  );
  const from =
    end === 0
      ? trace.findIndex((row) => column(row) > roundingFloor && Number.isFinite(column(row)))
      : 0;
  if (from < 0) return [];
  return from === 0
    ? trace.slice(0, end < 0 ? undefined : end)
    : meaningful(trace.slice(from), column);
}

/** Slope of the natural logarithm of the column per iteration: log of the linear rate. */
export const rate = (trace: Trace, column: ColumnOf): number =>
  leastSquaresSlope(
    meaningful(trace, column).map((row) => ({ x: row.iteration, y: Math.log(column(row)) })),
  );

/** Slope of log column against log iterations: -1 for a method of order 1/k. */
export const order = (trace: Trace, column: ColumnOf): number =>
  leastSquaresSlope(
    meaningful(
      trace.filter((row) => row.iteration >= 1),
      column,
    ).map((row) => ({ x: Math.log(row.iteration), y: Math.log(column(row)) })),
  );

/** Slope of log column against log of a swept value. */
export const sweepSlope = (points: readonly Point[]): number =>
  leastSquaresSlope(
    points
      .filter(({ x, y }) => x > 0 && y > 0)
      .map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) })),
  );

/** The column at the last recorded row whose `by` is at most the given value. */
export function at(trace: Trace, column: ColumnOf, by: ColumnOf, value: number): number {
  const rows = trace.filter((row) => by(row) <= value);
  const last = rows[rows.length - 1];
  return last === undefined ? NaN : column(last);
}

/** The column where the condition first holds; infinite if never. */
export function first(
  trace: Trace,
  column: ColumnOf,
  condition: (row: TraceRow) => boolean,
): number {
  const row = trace.find(condition);
  return row === undefined ? Infinity : column(row);
}
