// How far a point is from the reference (language §7).

/** Relative violation up to which a point counts as feasible. */
export const feasibleTo = 1e-6;

export interface GapMeasure {
  readonly sense: 'minimize' | 'maximize' | 'find';
  /** Undefined where nothing is known to compare with. */
  readonly reference: number | undefined;
}

/** |value - reference| / max(1, |reference|) at feasible points, infinite elsewhere; for `find` how far the constraints are from holding. */
export function gapOf(
  { sense, reference }: GapMeasure,
  value: number | undefined,
  violation: number,
): number {
  if (sense === 'find') return Number.isNaN(violation) ? Infinity : violation;
  if (reference === undefined || value === undefined) return NaN;
  if (!(violation <= feasibleTo) || Number.isNaN(value)) return Infinity;
  return relativeDistance(value, reference);
}

export const relativeDistance = (value: number, reference: number): number =>
  Math.abs(value - reference) / Math.max(1, Math.abs(reference));

/** By how much `value` is better than `reference`, relative; negative where it is worse. */
export const improvement = (
  sense: 'minimize' | 'maximize',
  value: number,
  reference: number,
): number =>
  (sense === 'maximize' ? value - reference : reference - value) / Math.max(1, Math.abs(reference));
