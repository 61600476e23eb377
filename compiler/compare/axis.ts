// How far a picture reaches along one number.

const cells = 96;
/** Room left around the points, as a share of their extent. */
const margin = 0.12;

export type Range = readonly [low: number, high: number];

/** From a little before the smallest to a little after the largest; of paths that run far off only where most points are. */
export function rangeOf(all: readonly number[], always: readonly number[] = []): Range {
  const sorted = all.filter(Number.isFinite).sort((a, b) => a - b);
  const share = (q: number): number => sorted[Math.round(q * (sorted.length - 1))];
  const middle = share(0.98) - share(0.02);
  const far = 3 * Math.max(middle, 1e-12);
  const low = Math.min(Math.max(sorted[0], share(0.02) - far), ...always);
  const high = Math.max(Math.min(sorted[sorted.length - 1], share(0.98) + far), ...always);
  const size = Math.max(high - low, 1e-6 * Math.max(1, Math.abs(low), Math.abs(high)));
  return [low - margin * size, high + margin * size];
}

/** The corners of equal cells. */
export const cornersOf = ([low, high]: Range): readonly number[] =>
  Array.from({ length: cells + 1 }, (_, k) => low + (k * (high - low)) / cells);

/** The middles of `count` equal parts. */
export const middlesOf = ([low, high]: Range, count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => low + ((k + 0.5) * (high - low)) / count);
