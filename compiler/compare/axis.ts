// How far a picture reaches along one number.

/** Room left around the points, as a share of their extent. */
const margin = 0.12;

export type Range = readonly [low: number, high: number];

/** From a little before the smallest to a little after the largest number of all runs; of runs that go far off only where the others are. `always` is seen. */
export function rangeOf(runs: readonly (readonly number[])[], always: readonly number[]): Range {
  const extents = runs.flatMap((along) => extentOf(along.filter(Number.isFinite)));
  const lows = middleOf(extents.map(([low]) => low));
  const highs = middleOf(extents.map(([, high]) => high));
  const size = middleOf(extents.map(([low, high]) => high - low));
  const [least, most] = [Math.min(lows, ...always), Math.max(highs, ...always)];
  const far = 1.5 * Math.max(size, most - least, 1e-12);
  const low = Math.max(Math.min(least, ...extents.map(([end]) => end)), least - far);
  const high = Math.min(Math.max(most, ...extents.map(([, end]) => end)), most + far);
  const whole = Math.max(high - low, 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));
  return [low - margin * whole, high + margin * whole];
}

/** Of a run; without the few points far from all others. */
function extentOf(along: readonly number[]): readonly Range[] {
  if (along.length === 0) return [];
  const sorted = along.toSorted((a, b) => a - b);
  const share = (q: number): number => sorted[Math.round(q * (sorted.length - 1))];
  const far = 3 * Math.max(share(0.98) - share(0.02), 1e-12);
  return [
    [
      Math.max(sorted[0], share(0.02) - far),
      Math.min(sorted[sorted.length - 1], share(0.98) + far),
    ],
  ];
}

/** The middle one, of two the larger. */
const middleOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The corners of equal cells. */
export const cornersOf = ([low, high]: Range, cells: number): readonly number[] =>
  Array.from({ length: cells + 1 }, (_, k) => low + (k * (high - low)) / cells);

/** The middles of `count` equal parts. */
export const middlesOf = ([low, high]: Range, count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => low + ((k + 0.5) * (high - low)) / count);
