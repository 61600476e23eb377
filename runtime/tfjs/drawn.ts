// Draws as arrays of their own: what generated code for a device sends up.
import { draw, sample } from '../kernels/draw.ts';
import type { DistributionName } from '../random/distributions.ts';
import type { Random } from '../random/random.ts';

export function drawn(
  random: Random,
  distribution: DistributionName,
  site: number,
  counters: readonly number[],
  count: number,
  parameters: readonly (number | Float64Array)[],
  width: number,
  choices?: number,
): Float64Array {
  const out = new Float64Array(count);
  draw(random, distribution, site, counters, out, parameters, width, choices);
  return out;
}

export function sampled(
  random: Random,
  site: number,
  counters: readonly number[],
  count: number,
  population: number,
): Float64Array {
  const out = new Float64Array(count);
  sample(random, site, counters, out, population);
  return out;
}
