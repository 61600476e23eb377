// Intervals of real numbers with open or closed ends, and their arithmetic: the values that a fact about ranges speaks of.
// An interval always contains every value that can occur where the expression is defined.

export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
}

export const interval = (
  low: number,
  high: number,
  lowOpen = false,
  highOpen = false,
): Interval => ({
  low: Number.isNaN(low) ? -Infinity : low,
  high: Number.isNaN(high) ? Infinity : high,
  lowOpen: lowOpen || low === -Infinity,
  highOpen: highOpen || high === Infinity,
});

export const everything = interval(-Infinity, Infinity);
export const nonnegative = interval(0, Infinity);
export const nonpositive = interval(-Infinity, 0);
export const positive = interval(0, Infinity, true);
export const unit = interval(0, 1);
export const point = (value: number): Interval => interval(value, value);

export const isPoint = (i: Interval): boolean => i.low === i.high;
export const isNonnegative = (i: Interval): boolean => i.low >= 0;
export const isNonpositive = (i: Interval): boolean => i.high <= 0;
export const isPositive = (i: Interval): boolean => i.low > 0 || (i.low === 0 && i.lowOpen);
export const isNegative = (i: Interval): boolean => i.high < 0 || (i.high === 0 && i.highOpen);
export const excludesZero = (i: Interval): boolean => isPositive(i) || isNegative(i);
export const isBounded = (i: Interval): boolean => i.low > -Infinity && i.high < Infinity;
/** No value is possible. */
export const isEmpty = (i: Interval): boolean =>
  i.low > i.high || (i.low === i.high && (i.lowOpen || i.highOpen));
export const containsInside = (i: Interval, value: number): boolean =>
  i.low < value && value < i.high;
export const contains = (i: Interval, value: number): boolean =>
  (i.lowOpen ? i.low < value : i.low <= value) && (i.highOpen ? value < i.high : value <= i.high);

/** The largest absolute value. */
export const magnitude = (i: Interval): number => Math.max(Math.abs(i.low), Math.abs(i.high));

export function hull(a: Interval, b: Interval): Interval {
  const [low, lowOpen] = lower([a.low, a.lowOpen], [b.low, b.lowOpen]);
  const [high, highOpen] = upper([a.high, a.highOpen], [b.high, b.highOpen]);
  return interval(low, high, lowOpen, highOpen);
}

/** Values in both. Where none is, the first: nothing is proved from a contradiction. */
export function meet(a: Interval, b: Interval): Interval {
  const [low, lowOpen] =
    a.low === b.low
      ? [a.low, a.lowOpen || b.lowOpen]
      : a.low > b.low
        ? [a.low, a.lowOpen]
        : [b.low, b.lowOpen];
  const [high, highOpen] =
    a.high === b.high
      ? [a.high, a.highOpen || b.highOpen]
      : a.high < b.high
        ? [a.high, a.highOpen]
        : [b.high, b.highOpen];
  const both = interval(low, high, lowOpen, highOpen);
  return isEmpty(both) ? a : both;
}

export const negate = (i: Interval): Interval => interval(-i.high, -i.low, i.highOpen, i.lowOpen);

export const add = (a: Interval, b: Interval): Interval =>
  interval(a.low + b.low, a.high + b.high, a.lowOpen || b.lowOpen, a.highOpen || b.highOpen);

export const subtract = (a: Interval, b: Interval): Interval => add(a, negate(b));

type End = readonly [value: number, open: boolean];

export function multiply(a: Interval, b: Interval): Interval {
  const ends: readonly End[] = [
    timesEnd([a.low, a.lowOpen], [b.low, b.lowOpen]),
    timesEnd([a.low, a.lowOpen], [b.high, b.highOpen]),
    timesEnd([a.high, a.highOpen], [b.low, b.lowOpen]),
    timesEnd([a.high, a.highOpen], [b.high, b.highOpen]),
  ];
  const [low, lowOpen] = ends.reduce(lower);
  const [high, highOpen] = ends.reduce(upper);
  return interval(low, high, lowOpen, highOpen);
}

/** Zero times anything, even an unbounded end, is zero: the ends are limits of finite values. */
function timesEnd([x, xOpen]: End, [y, yOpen]: End): End {
  if (x === 0 || y === 0) return [0, !((x === 0 && !xOpen) || (y === 0 && !yOpen))];
  return [x * y, xOpen || yOpen];
}

function lower(a: End, b: End): End {
  if (a[0] === b[0]) return [a[0], a[1] && b[1]];
  return a[0] < b[0] ? a : b;
}

function upper(a: End, b: End): End {
  if (a[0] === b[0]) return [a[0], a[1] && b[1]];
  return a[0] > b[0] ? a : b;
}

/** x² for the same x on both sides. */
export function square(i: Interval): Interval {
  const a = absolute(i);
  return interval(a.low * a.low, a.high * a.high, a.lowOpen, a.highOpen);
}

export function absolute(i: Interval): Interval {
  if (i.low >= 0) return i;
  if (i.high <= 0) return negate(i);
  const [high, highOpen] = upper([-i.low, i.lowOpen], [i.high, i.highOpen]);
  return interval(0, high, false, highOpen);
}

/** 1/x where x is not zero. */
export function reciprocal(i: Interval): Interval {
  if (i.low >= 0)
    return interval(
      i.high === Infinity ? 0 : 1 / i.high,
      i.low === 0 ? Infinity : 1 / i.low,
      i.highOpen,
      i.lowOpen,
    );
  if (i.high <= 0) return negate(reciprocal(negate(i)));
  return everything;
}

export const divide = (a: Interval, b: Interval): Interval => multiply(a, reciprocal(b));

export const maximum = (a: Interval, b: Interval): Interval =>
  negate(minimum(negate(a), negate(b)));

export function minimum(a: Interval, b: Interval): Interval {
  const [low, lowOpen] = lower([a.low, a.lowOpen], [b.low, b.lowOpen]);
  const [high, highOpen] =
    a.high === b.high
      ? [a.high, a.highOpen || b.highOpen]
      : a.high < b.high
        ? [a.high, a.highOpen]
        : [b.high, b.highOpen];
  return interval(low, high, lowOpen, highOpen);
}

/** The image under a function that does not decrease. Ends that are not attained stay open only where the function is strict. */
export const increasingImage = (i: Interval, fn: (x: number) => number, strict = true): Interval =>
  interval(fn(i.low), fn(i.high), strict && i.lowOpen, strict && i.highOpen);

export const decreasingImage = (i: Interval, fn: (x: number) => number, strict = true): Interval =>
  interval(fn(i.high), fn(i.low), strict && i.highOpen, strict && i.lowOpen);

/** `count` copies added up; an unknown count keeps only the sign. */
export function repeatSum(i: Interval, count: number | undefined): Interval {
  if (count !== undefined) return count === 0 ? point(0) : multiply(i, point(count));
  return interval(i.low >= 0 ? 0 : -Infinity, i.high <= 0 ? 0 : Infinity);
}

/** `count` entries multiplied. */
export function repeatProduct(i: Interval, count: number | undefined): Interval {
  if (count === 0) return point(1);
  if (count === 1) return i;
  const most = magnitude(i);
  if (count === undefined) {
    if (i.low < 0) return most <= 1 ? interval(-1, 1) : everything;
    return interval(i.low >= 1 ? 1 : 0, i.high <= 1 ? 1 : Infinity);
  }
  if (i.low >= 0) return interval(i.low ** count, i.high ** count, i.lowOpen, i.highOpen);
  return interval(-(most ** count), most ** count);
}
