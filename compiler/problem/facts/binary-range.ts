// The range of every function of two numbers from the ranges of its arguments.
import type { BinaryFn } from '../../tensor/ir.ts';
import {
  add,
  divide,
  everything,
  increasingImage,
  interval,
  isNonnegative,
  isPoint,
  isPositive,
  maximum,
  meet,
  minimum,
  multiply,
  nonnegative,
  nonpositive,
  positive,
  subtract,
  unit,
  type Interval,
} from './interval.ts';
import { powerRange } from './unary-rules.ts';

export const binaryRanges: { readonly [F in BinaryFn]: (a: Interval, b: Interval) => Interval } = {
  add,
  sub: subtract,
  mul: multiply,
  div: divide,
  pow: (a, b) => {
    if (isPoint(b)) return powerRange(Number.isInteger(b.low) ? a : meet(a, nonnegative), b.low);
    if (isPositive(a)) return exponential(multiply(increasingImage(a, Math.log), b));
    return isNonnegative(a) ? nonnegative : everything;
  },
  max: maximum,
  min: minimum,
  atan2: (a) =>
    a.low >= 0
      ? interval(0, Math.PI)
      : a.high < 0
        ? interval(-Math.PI, 0)
        : interval(-Math.PI, Math.PI),
  mod: (a, b) =>
    isNonnegative(b)
      ? interval(0, Math.min(b.high, a.low >= 0 ? Math.max(a.high, 0) : Infinity))
      : b.high <= 0
        ? interval(b.low, 0)
        : interval(b.low, b.high),
  eq: () => unit,
  ne: () => unit,
  le: () => unit,
  lt: () => unit,
  and: () => unit,
  or: () => unit,
  xlogy: (a, b) => {
    if (b.low >= 1) return a.low >= 0 ? nonnegative : everything;
    if (b.high <= 1 && a.low >= 0) return nonpositive;
    return everything;
  },
  kl: (a, b) => (a.low >= 0 || b.low >= 0 ? nonnegative : everything),
};

const exponential = (i: Interval): Interval => {
  const image = increasingImage(i, Math.exp);
  return meet(image, positive);
};
