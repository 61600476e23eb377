import { blockFor, firstUniform, type Random } from './random.ts';

/** Fills `out` with distinct 0-based positions out of `population`, in the order drawn: the first steps of a Fisher-Yates shuffle, of which only the exchanged
 * places are remembered. Asking for more than there are gives NaN for the rest. */
export function sampleWithoutReplacement(
  random: Random,
  out: Float64Array,
  population: number,
): void {
  const moved = new Map<number, number>();
  for (let k = 0; k < out.length; k++) {
    if (k >= population) {
      out[k] = NaN;
      continue;
    }
    blockFor(random, k, 0, 0);
    const chosen = k + Math.floor(firstUniform(random) * (population - k));
    out[k] = moved.get(chosen) ?? chosen;
    moved.set(chosen, moved.get(k) ?? k);
  }
}
