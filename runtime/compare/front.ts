// The ends of runs on several objectives: which of them another dominates, and the hypervolume that the others cover together.
import type { ComparedRun, SweepPoint } from './comparison.ts';
import type { TraceRow } from '../trace.ts';
import { feasibleTo } from './gap.ts';

export interface FrontPoint {
  readonly label: string;
  readonly point: SweepPoint;
  readonly seed: number;
  readonly objectives: readonly number[];
  /** Another end is as good in all objectives and better in one. */
  readonly dominated: boolean;
}

export interface Front {
  /** Of the objectives, as written. */
  readonly names: readonly string[];
  readonly sense: 'minimize' | 'maximize';
  /** Feasible ends. */
  readonly points: readonly FrontPoint[];
  /** A tenth of the range worse than the worst end in each objective. */
  readonly reference: readonly number[];
  /** Of what is worse than some end and better than the reference (Zitzler & Thiele 1999). */
  readonly hypervolume: number;
}

/** Differences below this, relative to the range of the ends, are rounding. */
const tolerance = 1e-6;

/** The name of an objective's values in the rows of a trace. */
export const objectiveColumn = (k: number): string => `objective ${k + 1}`;

/** NaN for what was not measured. */
export const objectivesOf = ({ values }: TraceRow, count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => values[objectiveColumn(k)] ?? NaN);

export function frontOf(
  names: readonly string[],
  sense: 'minimize' | 'maximize',
  runs: readonly ComparedRun[],
): Front | undefined {
  const ends = runs.flatMap(({ label, point, seed, trace }) => {
    const last = trace.at(-1);
    const objectives = last === undefined ? [] : objectivesOf(last, names.length);
    const broken = last?.values.feasibility ?? 0;
    const good = last !== undefined && objectives.every(Number.isFinite) && broken <= feasibleTo;
    return good ? [{ label, point, seed, objectives }] : [];
  });
  if (names.length < 2 || ends.length === 0) return undefined;
  const sign = sense === 'maximize' ? -1 : 1;
  const falling = ends.map(({ objectives }) => objectives.map((value) => sign * value));
  const worst = names.map((_, k) => Math.max(...falling.map((values) => values[k])));
  const best = names.map((_, k) => Math.min(...falling.map((values) => values[k])));
  const margins = worst.map((value, k) => tolerance * (value - best[k]));
  const reference = worst.map((value, k) => value + 0.1 * (value - best[k]));
  const points = ends.map((end, i) => ({
    ...end,
    dominated: falling.some((other, j) => j !== i && dominates(other, falling[i], margins)),
  }));
  return {
    names,
    sense,
    points,
    reference: reference.map((value) => sign * value),
    hypervolume: volume(falling, reference),
  };
}

const dominates = (
  a: readonly number[],
  b: readonly number[],
  margins: readonly number[],
): boolean =>
  a.every((value, k) => value <= b[k] + margins[k]) &&
  a.some((value, k) => value < b[k] - 10 * margins[k]);

/** The measure of all points between the reference and one of the given, slice by slice along the first axis (While, Hingston, Barone & Huband 2006). */
export function volume(
  points: readonly (readonly number[])[],
  reference: readonly number[],
): number {
  const within = points.filter((point) => point.every((value, k) => value < reference[k]));
  if (within.length === 0) return 0;
  if (reference.length === 1) return reference[0] - Math.min(...within.map(([value]) => value));
  const sorted = [...within].sort(([a], [b]) => a - b);
  let total = 0;
  for (let k = 0; k < sorted.length; k++) {
    const width = (sorted[k + 1]?.[0] ?? reference[0]) - sorted[k][0];
    if (width > 0)
      total +=
        width *
        volume(
          sorted.slice(0, k + 1).map(([, ...rest]) => rest),
          reference.slice(1),
        );
  }
  return total;
}
