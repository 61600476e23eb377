// What is known of every scalar function on an interval: image, range of the first and second derivative, and corners. One table
// serves sign, monotonicity, curvature, smoothness and Lipschitz constants.
import type { UnaryFn } from '../../tensor/ir.ts';
import {
  absolute,
  contains,
  containsInside,
  decreasingImage,
  everything,
  increasingImage,
  interval,
  isPoint,
  meet,
  multiply,
  negate,
  nonnegative,
  nonpositive,
  point,
  reciprocal,
  square,
  unit,
  type Interval,
} from './interval.ts';

/** Points where the first derivative jumps: upwards (`convex`), downwards (`concave`); `edge`: continuous, but with unbounded slope at the end of
 * the domain; `jump`: the function itself may jump, or nothing is known. */
export type Corner = 'none' | 'convex' | 'concave' | 'edge' | 'jump';

/** A function of one real number, seen on one interval inside its domain. */
export interface ScalarFacts {
  readonly image: Interval;
  /** All values of the first derivative, away from corners. */
  readonly slope: Interval;
  /** All values of the second derivative, away from corners. */
  readonly bend: Interval;
  readonly corner: Corner;
}

export interface UnaryRule {
  /** Where the function is defined. */
  readonly domain: Interval;
  readonly facts: (i: Interval) => ScalarFacts;
}

const positiveOpen = interval(0, Infinity, true);
const smooth = (image: Interval, slope: Interval, bend: Interval): ScalarFacts => ({
  image,
  slope,
  bend,
  corner: 'none',
});

const wild: ScalarFacts = {
  image: everything,
  slope: everything,
  bend: everything,
  corner: 'jump',
};

/** Constant between jumps. */
const steps = (image: Interval, flat: boolean): ScalarFacts => ({
  image,
  slope: point(0),
  bend: point(0),
  corner: flat ? 'none' : 'jump',
});

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The range of a function that grows up to `peak`, and falls from there. */
function hump(i: Interval, peak: number, fn: (x: number) => number): Interval {
  if (i.high <= peak) return increasingImage(i, fn);
  if (i.low >= peak) return decreasingImage(i, fn);
  const top = fn(peak);
  return interval(Math.min(fn(i.low), fn(i.high)), top);
}

/** Rounding in the bounds of a function's derivatives must not make a bound too tight. */
const slack = (i: Interval): Interval =>
  interval(
    i.low - Math.abs(i.low) * 1e-12,
    i.high + Math.abs(i.high) * 1e-12,
    i.lowOpen,
    i.highOpen,
  );

/** The exact range of the cosine. */
export function cosineRange(i: Interval): Interval {
  if (!(i.high - i.low < 2 * Math.PI)) return interval(-1, 1);
  const ends = [Math.cos(i.low), Math.cos(i.high)];
  const reaches = (phase: number): boolean =>
    Math.ceil((i.low - phase) / (2 * Math.PI) - 1e-12) * 2 * Math.PI + phase <= i.high + 1e-12;
  return interval(reaches(Math.PI) ? -1 : Math.min(...ends), reaches(0) ? 1 : Math.max(...ends));
}

export const sineRange = (i: Interval): Interval =>
  cosineRange(interval(i.low - Math.PI / 2, i.high - Math.PI / 2));

/** Largest |second derivative| of atan: 3*sqrt(3)/8, at 1/sqrt(3). */
const atanBend = (3 * Math.sqrt(3)) / 8;
/** Largest |second derivative| of tanh: 4/(3*sqrt(3)). */
const tanhBend = 4 / (3 * Math.sqrt(3));
/** Largest |second derivative| of the logistic function: 1/(6*sqrt(3)). */
const sigmoidBend = 1 / (6 * Math.sqrt(3));
/** Largest |second derivative| of erf: 4/sqrt(pi) * exp(-1/2)/sqrt(2). */
const erfBend = ((4 / Math.sqrt(Math.PI)) * Math.exp(-0.5)) / Math.SQRT2;
/** Bound for erf'(x) = 2/sqrt(pi) exp(-x²). */
const erfSlope = 2 / Math.sqrt(Math.PI);

/** Second derivative of an odd sigmoid-shaped function: convex left of zero, concave right of it. */
const oddBend = (i: Interval, most: number): Interval =>
  i.high <= 0 ? interval(0, most) : i.low >= 0 ? interval(-most, 0) : interval(-most, most);

/** x^p for a fixed number p, on an interval of the base. */
export function powerFacts(i: Interval, p: number): ScalarFacts {
  if (p === 0) return smooth(point(1), point(0), point(0));
  if (p === 1) return smooth(i, point(1), point(0));
  if (p === 2) return smooth(square(i), multiply(point(2), i), point(2));
  const on = Number.isInteger(p) ? i : meet(i, nonnegative);
  const slope = multiply(point(p), powerRange(on, p - 1));
  const bend = multiply(point(p * (p - 1)), powerRange(on, p - 2));
  return { image: powerRange(on, p), slope, bend, corner: powerCorner(on, p) };
}

function powerCorner(i: Interval, p: number): Corner {
  if (Number.isInteger(p)) return p >= 0 || !containsInside(i, 0) ? 'none' : 'jump';
  if (p > 1) return 'none';
  const touchesZero = i.low <= 0 && !(i.low === 0 && i.lowOpen);
  if (!touchesZero) return 'none';
  return p > 0 ? 'edge' : 'none';
}

/** The range of x^p; for p that is not whole the interval must not be negative. */
export function powerRange(i: Interval, p: number): Interval {
  if (p === 0) return point(1);
  if (p === 1) return i;
  if (p < 0) return reciprocal(powerRange(i, -p));
  if (!Number.isInteger(p) || i.low >= 0)
    return increasingImage(meet(i, nonnegative), (x) => Math.max(x, 0) ** p);
  const raise = (x: number): number => x ** p;
  if (p % 2 === 0) return increasingImage(absolute(i), raise);
  return increasingImage(i, raise);
}

export const unaryRules: { readonly [F in UnaryFn]: UnaryRule } = {
  neg: { domain: everything, facts: (i) => smooth(negate(i), point(-1), point(0)) },
  abs: {
    domain: everything,
    facts: (i) => ({
      image: absolute(i),
      slope: interval(i.low < 0 ? -1 : 1, i.high > 0 ? 1 : -1),
      bend: point(0),
      corner: containsInside(i, 0) ? 'convex' : 'none',
    }),
  },
  sign: {
    domain: everything,
    facts: (i) =>
      steps(
        interval(Math.sign(i.low), Math.sign(i.high)),
        i.low > 0 || (i.low === 0 && i.lowOpen) || i.high < 0 || (i.high === 0 && i.highOpen),
      ),
  },
  sqrt: {
    domain: nonnegative,
    facts: (i) => ({ ...powerFacts(i, 0.5), image: increasingImage(i, Math.sqrt) }),
  },
  cbrt: {
    domain: everything,
    facts: (i) => {
      const image = increasingImage(i, Math.cbrt);
      const slope = multiply(point(1 / 3), reciprocal(square(image)));
      const bend = multiply(point(-2 / 9), reciprocal(powerRange(image, 5)));
      const corner = containsInside(i, 0)
        ? 'jump'
        : (i.low === 0 && !i.lowOpen) || (i.high === 0 && !i.highOpen)
          ? 'edge'
          : 'none';
      return { image, slope, bend, corner };
    },
  },
  exp: {
    domain: everything,
    facts: (i) => {
      const image = increasingImage(i, Math.exp);
      return smooth(image, image, image);
    },
  },
  log: {
    domain: positiveOpen,
    facts: (i) =>
      smooth(increasingImage(i, Math.log), reciprocal(i), negate(reciprocal(square(i)))),
  },
  log1p: {
    domain: interval(-1, Infinity, true),
    facts: (i) => {
      const shifted = increasingImage(i, (x) => x + 1);
      return smooth(
        increasingImage(i, Math.log1p),
        reciprocal(shifted),
        negate(reciprocal(square(shifted))),
      );
    },
  },
  expm1: {
    domain: everything,
    facts: (i) => {
      const slope = increasingImage(i, Math.exp);
      return smooth(increasingImage(i, Math.expm1), slope, slope);
    },
  },
  sin: {
    domain: everything,
    facts: (i) => smooth(slack(sineRange(i)), slack(cosineRange(i)), slack(negate(sineRange(i)))),
  },
  cos: {
    domain: everything,
    facts: (i) =>
      smooth(slack(cosineRange(i)), slack(negate(sineRange(i))), slack(negate(cosineRange(i)))),
  },
  tan: {
    domain: everything,
    facts: (i) => {
      const half = Math.PI / 2;
      if (!(i.low >= -half && i.high <= half))
        return {
          image: everything,
          slope: interval(1, Infinity),
          bend: everything,
          corner: 'jump',
        };
      const image = increasingImage(i, (x) =>
        x <= -half ? -Infinity : x >= half ? Infinity : Math.tan(x),
      );
      const slope = increasingImage(square(image), (t) => 1 + t);
      return smooth(image, slope, multiply(multiply(point(2), image), slope));
    },
  },
  asin: {
    domain: interval(-1, 1),
    facts: (i) => {
      const inside = meet(i, interval(-1, 1));
      const cosine = decreasingImage(square(inside), (t) => 1 - t);
      const slope = powerRange(cosine, -0.5);
      const bend = multiply(inside, powerRange(cosine, -1.5));
      return {
        image: increasingImage(inside, Math.asin),
        slope,
        bend,
        corner: contains(inside, -1) || contains(inside, 1) ? 'edge' : 'none',
      };
    },
  },
  acos: {
    domain: interval(-1, 1),
    facts: (i) => {
      const sine = unaryRules.asin.facts(i);
      return {
        image: decreasingImage(meet(i, interval(-1, 1)), Math.acos),
        slope: negate(sine.slope),
        bend: negate(sine.bend),
        corner: sine.corner,
      };
    },
  },
  atan: {
    domain: everything,
    facts: (i) =>
      smooth(
        increasingImage(i, Math.atan),
        reciprocal(increasingImage(square(i), (t) => 1 + t)),
        slack(oddBend(i, atanBend)),
      ),
  },
  sinh: {
    domain: everything,
    facts: (i) => {
      const image = increasingImage(i, Math.sinh);
      return smooth(image, increasingImage(absolute(i), Math.cosh), image);
    },
  },
  cosh: {
    domain: everything,
    facts: (i) => {
      const image = increasingImage(absolute(i), Math.cosh);
      return smooth(image, increasingImage(i, Math.sinh), image);
    },
  },
  tanh: {
    domain: everything,
    facts: (i) => {
      const image = increasingImage(i, Math.tanh);
      return smooth(
        image,
        decreasingImage(square(image), (t) => 1 - t, false),
        slack(oddBend(i, tanhBend)),
      );
    },
  },
  sigmoid: {
    domain: everything,
    facts: (i) =>
      smooth(
        increasingImage(i, logistic),
        hump(i, 0, (x) => logistic(x) * logistic(-x)),
        slack(oddBend(i, sigmoidBend)),
      ),
  },
  softplus: {
    domain: everything,
    facts: (i) =>
      smooth(
        increasingImage(i, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
        increasingImage(i, logistic),
        hump(i, 0, (x) => logistic(x) * logistic(-x)),
      ),
  },
  erf: {
    domain: everything,
    facts: (i) =>
      smooth(
        i.low >= 0
          ? interval(0, 1, i.lowOpen)
          : i.high <= 0
            ? interval(-1, 0, false, i.highOpen)
            : interval(-1, 1),
        slack(multiply(point(erfSlope), increasingImage(negate(square(i)), Math.exp))),
        slack(oddBend(i, erfBend)),
      ),
  },
  // Defined left of zero too, between the poles: there nothing is claimed.
  lgamma: {
    domain: everything,
    facts: (i) =>
      i.low < 0
        ? wild
        : smooth(
            i.low >= 2 ? nonnegative : interval(-0.1215, Infinity),
            i.low >= 1.4617 ? nonnegative : i.high <= 1.4616 ? nonpositive : everything,
            positiveOpen,
          ),
  },
  digamma: {
    domain: everything,
    facts: (i) =>
      i.low < 0
        ? wild
        : smooth(
            i.low >= 1.4617 ? nonnegative : i.high <= 1.4616 ? nonpositive : everything,
            positiveOpen,
            nonpositive,
          ),
  },
  trigamma: {
    domain: everything,
    facts: (i) => (i.low < 0 ? wild : smooth(positiveOpen, nonpositive, nonnegative)),
  },
  floor: {
    domain: everything,
    facts: (i) => steps(increasingImage(i, Math.floor, false), isPoint(i)),
  },
  ceil: {
    domain: everything,
    facts: (i) => steps(increasingImage(i, Math.ceil, false), isPoint(i)),
  },
  round: {
    domain: everything,
    facts: (i) => steps(increasingImage(i, Math.round, false), isPoint(i)),
  },
  not: { domain: everything, facts: (i) => steps(unit, isPoint(i)) },
  xlogx: {
    domain: nonnegative,
    facts: (i) => {
      const least = 1 / Math.E;
      const value = (x: number): number => (x === 0 ? 0 : x * Math.log(x));
      const image = negate(hump(i, least, (x) => (x === Infinity ? -Infinity : -value(x))));
      return {
        image: slack(image),
        slope: increasingImage(i, (x) => Math.log(x) + 1),
        bend: reciprocal(i),
        corner: i.low === 0 && !i.lowOpen ? 'edge' : 'none',
      };
    },
  },
  isnan: { domain: everything, facts: (i) => steps(unit, isPoint(i)) },
};

/** The function on those values of the interval where it is defined. */
export function unaryFacts(fn: UnaryFn, i: Interval): ScalarFacts {
  const rule = unaryRules[fn];
  return rule.facts(meet(i, rule.domain));
}

export const isConvexOn = ({ bend, corner }: ScalarFacts): boolean =>
  bend.low >= 0 && (corner === 'none' || corner === 'edge' || corner === 'convex');
export const isConcaveOn = ({ bend, corner }: ScalarFacts): boolean =>
  bend.high <= 0 && (corner === 'none' || corner === 'edge' || corner === 'concave');
export const isIncreasingOn = ({ slope, corner }: ScalarFacts): boolean =>
  slope.low >= 0 && corner !== 'jump';
export const isDecreasingOn = ({ slope, corner }: ScalarFacts): boolean =>
  slope.high <= 0 && corner !== 'jump';
