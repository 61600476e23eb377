// The distributions of the language, one rule each. A rule fills an array at the current place of a stream; entry k depends on k alone, never on
// the entries before it. A parameter holds one value for all entries or one for each; an invalid one gives NaN.
import { lgamma } from '../kernels/special.ts';
import { blockFor, firstUniform, normalOf, secondUniform, type Random } from './random.ts';

export type DistributionName =
  | 'normal'
  | 'uniform'
  | 'bernoulli'
  | 'categorical'
  | 'poisson'
  | 'exponential'
  | 'gamma'
  | 'beta'
  | 'laplace'
  | 'student_t'
  | 'dirichlet'
  | 'rademacher'
  | 'permutation';

/** A parameter: one value, or one for each entry. For `categorical` and `dirichlet` one vector for all or one for each. */
export type Parameter = Float64Array;

/** `width` is the length of the last axis of `out`; `dirichlet` and `permutation` draw whole rows of it. `choices` is the number of weights of
 * a `categorical`, needed where each entry has its own. */
export type Fill = (
  random: Random,
  out: Float64Array,
  parameters: readonly Parameter[],
  width: number,
  choices?: number,
) => void;

export const distributions: { readonly [D in DistributionName]: Fill } = {
  /** mean, standard deviation */
  normal: (random, out, [mean, deviation]) => {
    for (let k = 0; k < out.length; k += 2) {
      blockFor(random, k / 2, 0, 0);
      out[k] = normalOf(random, false);
      if (k + 1 < out.length) out[k + 1] = normalOf(random, true);
    }
    for (let k = 0; k < out.length; k++) out[k] = at(mean, k) + at(deviation, k) * out[k];
  },
  /** lower, upper */
  uniform: entrywise((u, a, b) => a + (b - a) * u),
  /** probability of 1 */
  bernoulli: entrywise((u, p) => (p >= 0 && p <= 1 ? (u < p ? 1 : 0) : NaN)),
  /** weights, not all zero; the 0-based position drawn */
  categorical: (random, out, [weights], _width, choices = weights.length) => {
    fillUniforms(random, out);
    for (let k = 0; k < out.length; k++)
      out[k] = choose(weights, weights.length === choices ? 0 : k * choices, choices, out[k]);
  },
  /** rate */
  poisson: (random, out, [rate]) => {
    for (let k = 0; k < out.length; k++) out[k] = poisson(random, k, at(rate, k));
  },
  /** rate: mean 1/rate */
  exponential: entrywise((u, rate) => (rate > 0 ? -Math.log(u) / rate : NaN)),
  /** shape, rate: mean shape/rate */
  gamma: (random, out, [shape, rate]) => {
    for (let k = 0; k < out.length; k++)
      out[k] = Math.exp(logGammaVariate(random, k, 0, at(shape, k))) / at(rate, k);
  },
  beta: (random, out, [a, b]) => {
    for (let k = 0; k < out.length; k++) {
      const first = logGammaVariate(random, k, 0, at(a, k));
      const second = logGammaVariate(random, k, 1, at(b, k));
      out[k] = 1 / (1 + Math.exp(second - first));
    }
  },
  /** location, scale */
  laplace: entrywise((u, location, scale) =>
    u < 0.5 ? location + scale * Math.log(2 * u) : location - scale * Math.log(2 * (1 - u)),
  ),
  /** degrees of freedom */
  student_t: (random, out, [freedom]) => {
    for (let k = 0; k < out.length; k++) {
      const nu = at(freedom, k);
      const chiSquare = 2 * Math.exp(logGammaVariate(random, k, 0, nu / 2));
      blockFor(random, k, 0, lanesPerGamma);
      out[k] = normalOf(random, false) * Math.sqrt(nu / chiSquare);
    }
  },
  /** concentration, a vector as long as the last axis */
  dirichlet: (random, out, [concentration], width) => {
    for (let start = 0; start < out.length; start += width) {
      let top = -Infinity;
      for (let k = start; k < start + width; k++) {
        const alpha = concentration[concentration.length === width ? k - start : k];
        out[k] = logGammaVariate(random, k, 0, alpha);
        top = Math.max(top, out[k]);
      }
      let sum = 0;
      for (let k = start; k < start + width; k++) sum += out[k] = Math.exp(out[k] - top);
      for (let k = start; k < start + width; k++) out[k] /= sum;
    }
  },
  /** -1 or 1 */
  rademacher: entrywise((u) => (u < 0.5 ? -1 : 1)),
  /** 0-based positions 0 … width-1 in random order, a new order for each row */
  permutation: (random, out, _, width) => {
    for (let start = 0; start < out.length; start += width) {
      for (let k = 0; k < width; k++) out[start + k] = k;
      for (let k = width - 1; k > 0; k--) {
        blockFor(random, start + k, 0, 0);
        const other = start + Math.floor(firstUniform(random) * (k + 1));
        const kept = out[start + k];
        out[start + k] = out[other];
        out[other] = kept;
      }
    }
  },
};

const at = (parameter: Parameter, k: number): number =>
  parameter.length === 1 ? parameter[0] : parameter[k];

/** The position at which the weights from `start` sum up to the share u of their total. */
function choose(weights: Parameter, start: number, choices: number, u: number): number {
  let total = 0;
  for (let k = 0; k < choices; k++) total += weights[start + k] >= 0 ? weights[start + k] : NaN;
  if (!(total > 0 && total < Infinity)) return NaN;
  let left = u * total;
  let last = 0;
  for (let k = 0; k < choices; k++) {
    if (weights[start + k] === 0) continue;
    last = k;
    left -= weights[start + k];
    if (left < 0) return k;
  }
  return last;
}

/** Two entries a block. */
function fillUniforms(random: Random, out: Float64Array): void {
  for (let k = 0; k < out.length; k += 2) {
    blockFor(random, k / 2, 0, 0);
    out[k] = firstUniform(random);
    if (k + 1 < out.length) out[k + 1] = secondUniform(random);
  }
}

/** A rule that maps one uniform to one entry. */
function entrywise(map: (u: number, a: number, b: number) => number): Fill {
  return (random, out, parameters) => {
    fillUniforms(random, out);
    for (let k = 0; k < out.length; k++)
      out[k] = map(
        out[k],
        parameters.length > 0 ? at(parameters[0], k) : 0,
        parameters.length > 1 ? at(parameters[1], k) : 0,
      );
  };
}

/** Each gamma variate of an entry has blocks of its own. */
const lanesPerGamma = 3;

/** The logarithm of a gamma variate of rate 1, by Marsaglia & Tsang (2000); below shape 1 by their boost. In logarithms, so that small shapes do
 * not underflow. `which` tells several variates of one entry apart; 2 of them leave lane 6 and on free. */
function logGammaVariate(random: Random, entry: number, which: number, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) return NaN;
  const lane = which * 2 * lanesPerGamma;
  let boost = 0;
  let d = shape - 1 / 3;
  if (shape < 1) {
    blockFor(random, entry, 0, lane + 2);
    boost = Math.log(firstUniform(random)) / shape;
    d += 1;
  }
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; ; attempt++) {
    blockFor(random, entry, attempt, lane);
    const x = normalOf(random, false);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    blockFor(random, entry, attempt, lane + 1);
    if (Math.log(firstUniform(random)) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return Math.log(d * v) + boost;
  }
}

/** By inversion for small rates, by Hörmann's transformed rejection (1993, PTRS) for rates from 10. */
function poisson(random: Random, entry: number, rate: number): number {
  if (!(rate >= 0 && rate < Infinity)) return NaN;
  if (rate < 10) return poissonByInversion(random, entry, rate);
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const r = 0.9277 - 3.6224 / (b - 2);
  for (let attempt = 0; ; attempt++) {
    blockFor(random, entry, attempt, 0);
    const u = firstUniform(random) - 0.5;
    const v = secondUniform(random);
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= r) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const accepted = Math.log((v * inverseAlpha) / (a / (us * us) + b));
    if (accepted <= k * Math.log(rate) - rate - lgamma(k + 1)) return k;
  }
}

function poissonByInversion(random: Random, entry: number, rate: number): number {
  blockFor(random, entry, 0, 0);
  let left = firstUniform(random);
  let probability = Math.exp(-rate);
  let k = 0;
  while (left > probability && probability > 0) {
    left -= probability;
    k++;
    probability *= rate / k;
  }
  return k;
}
