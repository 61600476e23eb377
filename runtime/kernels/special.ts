// Special functions in full double accuracy: absolute error a few units in the last place of the terms they are made of. Plain series with
// positive terms wherever there is a choice, so that each can be checked on paper.

/** round half away from zero, as people do. */
export const round = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));

/** x modulo y with the sign of y. */
export function mod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** 1 / (1 + exp(-x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + exp(x)) without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** x log x, 0 at 0. */
export const xlogx = (x: number): number => (x === 0 ? 0 : x * Math.log(x));

/** x log y, 0 where x is 0 and y is a number. */
export const xlogy = (x: number, y: number): number =>
  x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);

/** x log(x/y) - x + y, y where x is 0. */
export const kl = (x: number, y: number): number => (x === 0 ? y : x * Math.log(x / y) - x + y);

/** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. Abramowitz & Stegun (1964), 7.1.6 (all terms of one sign) and, far out, 7.1.14. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (size > 6) return Math.sign(x);
  return size < 3 ? erfSeries(x) : Math.sign(x) * (1 - erfcFraction(size));
}

function erfSeries(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (2 * square) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
}

/** The continued fraction x + (1/2)/(x + 1/(x + (3/2)/(x + …))), from its tail. */
function erfcFraction(x: number): number {
  let tail = x;
  for (let k = 40; k >= 1; k--) tail = x + k / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}

/** log|Gamma(x)|. Around 2 its Taylor series (DLMF 5.7.3), above 10 Stirling's (DLMF 5.11.1), between by the recurrence, below by reflection. */
export function lgamma(x: number): number {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? NaN : Infinity;
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
  }
  if (x < 0.5) return lgammaNearTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return lgammaNearTwo(x - 1) - Math.log1p(x - 1);
  if (x > 10) return stirling(x);
  let product = 1;
  let low = x;
  while (low > 2.5) product *= --low;
  return lgammaNearTwo(low - 2) + Math.log(product);
}

/** zeta(k) - 1 for k = 2, 3, … */
const zetaMinusOne = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993,
  0.01734306198444914, 0.008349277381922827, 0.00407735619794434, 0.0020083928260822143,
  0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
  6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6,
  3.81729326499984e-6, 1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8,
  1.4901554828365043e-8, 7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9,
  9.313274324196682e-10,
];
const eulerGamma = 0.5772156649015329;

/** lgamma(2 + z) for |z| <= 1/2. */
function lgammaNearTwo(z: number): number {
  let sum = 0;
  for (let k = zetaMinusOne.length + 1; k >= 2; k--) sum = -z * sum + zetaMinusOne[k - 2] / k;
  return z * (1 - eulerGamma) + z * z * sum;
}

function stirling(x: number): number {
  const w = 1 / (x * x);
  const series =
    1 / 12 -
    w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w / 156)))));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series / x;
}

/** The derivative of lgamma. DLMF 5.11.2 above 10, the recurrence 5.5.2 and the reflection 5.5.4. */
export function digamma(x: number): number {
  if (!Number.isFinite(x)) return x === Infinity ? Infinity : NaN;
  if (x <= 0) {
    if (Number.isInteger(x)) return NaN;
    return digamma(1 - x) - Math.PI / tanPi(x);
  }
  let shift = 0;
  let high = x;
  for (; high < 10; high++) shift += 1 / high;
  const w = 1 / (high * high);
  const series =
    1 / 12 -
    w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * (691 / 32760 - w / 12)))));
  return Math.log(high) - 0.5 / high - w * series - shift;
}

/** The derivative of digamma. DLMF 5.15.8, 5.15.5 and 5.15.6. */
export function trigamma(x: number): number {
  if (!Number.isFinite(x)) return x === Infinity ? 0 : NaN;
  if (x <= 0) {
    if (Number.isInteger(x)) return Infinity;
    const sine = sinPi(x);
    return (Math.PI / sine) ** 2 - trigamma(1 - x);
  }
  let shift = 0;
  let high = x;
  for (; high < 10; high++) shift += 1 / (high * high);
  const w = 1 / (high * high);
  const series =
    1 / 6 -
    w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - w * (5 / 66 - w * (691 / 2730 - (7 / 6) * w)))));
  return shift + 1 / high + w / 2 + (w / high) * series;
}

/** sin(pi x), exact at integers. */
function sinPi(x: number): number {
  const rest = x - 2 * Math.floor(x / 2);
  if (rest > 1.5) return Math.sin(Math.PI * (rest - 2));
  return rest > 0.5 ? Math.sin(Math.PI * (1 - rest)) : Math.sin(Math.PI * rest);
}

/** tan(pi x) for x between two integers, without cancellation near them. */
function tanPi(x: number): number {
  const rest = x - Math.round(x);
  return Math.tan(Math.PI * rest);
}

/** x moved towards 0 by t: the prox of t |x|. */
export const softThreshold = (x: number, t: number): number =>
  Math.sign(x) * Math.max(Math.abs(x) - t, 0);

/** The nearest number between low and high. */
export const clip = (x: number, low: number, high: number): number =>
  Math.max(Math.min(x, high), low);

export const square = (x: number): number => x * x;
