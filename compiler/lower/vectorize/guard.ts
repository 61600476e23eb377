// Keeps masked entries away from where functions or their derivatives are not finite. A branch over whole arrays is evaluated everywhere and
// selected afterwards; `if i == j then 0 else 1/(i - j)` would bring an infinity, and 0 * inf into the derivative. So within a branch a
// hazardous operand is replaced, where the branch is not taken, by a value at which nothing happens.
import type { BinaryFn, UnaryFn } from '../../tensor/ir.ts';

type Safe = { readonly [F in UnaryFn]: number | undefined };

/** A harmless operand; undefined where every operand is harmless. */
export const safeOperand: Safe = {
  neg: undefined,
  abs: undefined,
  sign: undefined,
  sqrt: 1,
  cbrt: 1,
  exp: 0,
  log: 1,
  log1p: 0,
  expm1: 0,
  sin: 0,
  cos: 0,
  tan: 0,
  asin: 0,
  acos: 0,
  atan: undefined,
  sinh: 0,
  cosh: 0,
  tanh: undefined,
  sigmoid: undefined,
  softplus: undefined,
  erf: undefined,
  lgamma: 1,
  digamma: 1,
  trigamma: 1,
  floor: undefined,
  ceil: undefined,
  round: undefined,
  not: undefined,
  xlogx: 1,
  isnan: undefined,
};

/** Harmless operands of two; undefined where the operand is harmless as it is. */
export const safeOperands: {
  readonly [F in BinaryFn]: readonly [number | undefined, number | undefined];
} = {
  add: [undefined, undefined],
  sub: [undefined, undefined],
  mul: [undefined, undefined],
  div: [undefined, 1],
  pow: [1, undefined],
  max: [undefined, undefined],
  min: [undefined, undefined],
  atan2: [undefined, 1],
  mod: [undefined, 1],
  eq: [undefined, undefined],
  ne: [undefined, undefined],
  le: [undefined, undefined],
  lt: [undefined, undefined],
  and: [undefined, undefined],
  or: [undefined, undefined],
  xlogy: [undefined, 1],
  kl: [1, 1],
};
