// Draws as generated code asks for them: at a site, under the counters of the loops around.
import { distributions, type DistributionName } from '../random/distributions.ts';
import { moveTo, type Random } from '../random/random.ts';
import { sampleWithoutReplacement } from '../random/sample.ts';

/** Fills `out`. A parameter is one number for all entries or an array with one for each. */
export function draw(
  random: Random,
  distribution: DistributionName,
  site: number,
  counters: readonly number[],
  out: Float64Array,
  parameters: readonly (number | Float64Array)[],
  width = 1,
  choices?: number,
): void {
  moveTo(random, site, counters);
  const arrays = parameters.map((p) => (typeof p === 'number' ? Float64Array.of(p) : p));
  distributions[distribution](random, out, arrays, width, choices);
}

/** Fills `out` with distinct positions out of `population`. */
export function sample(
  random: Random,
  site: number,
  counters: readonly number[],
  out: Float64Array,
  population: number,
): void {
  moveTo(random, site, counters);
  sampleWithoutReplacement(random, out, population);
}
