// Scalar functions with their slopes; the slopes serve the error scale only.
import type { BinaryFn, UnaryFn } from '../ir.ts';
import {
  digamma,
  erf,
  kl,
  lgamma,
  mod,
  round,
  sigmoid,
  softplus,
  trigamma,
  xlogx,
  xlogy,
} from '../../../runtime/kernels/special.ts';

export interface UnaryRule {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

export interface BinaryRule {
  readonly value: (x: number, y: number) => number;
  readonly slopes: (x: number, y: number) => readonly [number, number];
}

const flat = (): number => 0;
const flatTwo = (): readonly [number, number] => [0, 0];
const truth = (holds: boolean): number => (holds ? 1 : 0);

export const unaryRules: { readonly [F in UnaryFn]: UnaryRule } = {
  neg: { value: (x) => -x, slope: () => 1 },
  abs: { value: Math.abs, slope: () => 1 },
  sign: { value: Math.sign, slope: flat },
  sqrt: { value: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x) },
  cbrt: { value: Math.cbrt, slope: (x) => 1 / (3 * Math.cbrt(x) ** 2) },
  exp: { value: Math.exp, slope: Math.exp },
  log: { value: Math.log, slope: (x) => 1 / x },
  log1p: { value: Math.log1p, slope: (x) => 1 / (1 + x) },
  expm1: { value: Math.expm1, slope: Math.exp },
  sin: { value: Math.sin, slope: Math.cos },
  cos: { value: Math.cos, slope: Math.sin },
  tan: { value: Math.tan, slope: (x) => 1 / Math.cos(x) ** 2 },
  asin: { value: Math.asin, slope: (x) => 1 / Math.sqrt(1 - x * x) },
  acos: { value: Math.acos, slope: (x) => 1 / Math.sqrt(1 - x * x) },
  atan: { value: Math.atan, slope: (x) => 1 / (1 + x * x) },
  sinh: { value: Math.sinh, slope: Math.cosh },
  cosh: { value: Math.cosh, slope: Math.sinh },
  tanh: { value: Math.tanh, slope: (x) => 1 / Math.cosh(x) ** 2 },
  sigmoid: { value: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) },
  softplus: { value: softplus, slope: sigmoid },
  erf: { value: erf, slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) },
  lgamma: { value: lgamma, slope: digamma },
  digamma: { value: digamma, slope: trigamma },
  trigamma: {
    value: trigamma,
    slope: (x) => (trigamma(x * (1 + 1e-5)) - trigamma(x * (1 - 1e-5))) / (2e-5 * x),
  },
  floor: { value: Math.floor, slope: flat },
  ceil: { value: Math.ceil, slope: flat },
  round: { value: round, slope: flat },
  not: { value: (x) => truth(x === 0), slope: flat },
  xlogx: { value: xlogx, slope: (x) => Math.log(x) + 1 },
  isnan: { value: (x) => truth(Number.isNaN(x)), slope: flat },
};

export const binaryRules: { readonly [F in BinaryFn]: BinaryRule } = {
  add: { value: (x, y) => x + y, slopes: () => [1, 1] },
  sub: { value: (x, y) => x - y, slopes: () => [1, 1] },
  mul: { value: (x, y) => x * y, slopes: (x, y) => [y, x] },
  div: { value: (x, y) => x / y, slopes: (x, y) => [1 / y, x / (y * y)] },
  pow: {
    value: (x, y) => (y === 2 ? x * x : Math.pow(x, y)),
    slopes: (x, y) => [y * Math.pow(x, y - 1), x > 0 ? Math.pow(x, y) * Math.log(x) : 0],
  },
  max: { value: Math.max, slopes: (x, y) => (x >= y ? [1, 0] : [0, 1]) },
  min: { value: Math.min, slopes: (x, y) => (x <= y ? [1, 0] : [0, 1]) },
  atan2: {
    value: Math.atan2,
    slopes: (x, y) => [y / (x * x + y * y), x / (x * x + y * y)],
  },
  mod: { value: mod, slopes: (x, y) => [1, Math.floor(x / y)] },
  eq: { value: (x, y) => truth(x === y), slopes: flatTwo },
  ne: { value: (x, y) => truth(x !== y), slopes: flatTwo },
  le: { value: (x, y) => truth(x <= y), slopes: flatTwo },
  lt: { value: (x, y) => truth(x < y), slopes: flatTwo },
  and: { value: (x, y) => truth(x !== 0 && y !== 0), slopes: flatTwo },
  or: { value: (x, y) => truth(x !== 0 || y !== 0), slopes: flatTwo },
  xlogy: { value: xlogy, slopes: (x, y) => [Math.log(y), x / y] },
  kl: { value: kl, slopes: (x, y) => [Math.log(x / y), 1 - x / y] },
};

/** |slope| times scale, where 0 times infinity is nothing. */
export const carried = (slope: number, scale: number): number =>
  scale === 0 || slope === 0 ? 0 : Math.abs(slope) * scale;

export const evaluateUnary = (fn: UnaryFn, x: number): number => unaryRules[fn].value(x);
export const evaluateBinary = (fn: BinaryFn, x: number, y: number): number =>
  binaryRules[fn].value(x, y);
