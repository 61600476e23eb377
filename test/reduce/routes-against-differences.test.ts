// Hypergradients by every route against differences of the lower level solved anew, on random strongly convex instances, free and with active bounds.
// All twenty and ten with DOTOPT_LONG, every fifth without.
import { describe, expect, test } from 'vitest';
import type { Session } from '../../compiler/session.ts';
import { sessionOf } from '../certify/support.ts';
import {
  differences,
  jointIn,
  members,
  point,
  reducedIn,
  seeds,
  upper,
  type Reduced,
} from './hypergradient.ts';

const long = process.env.DOTOPT_LONG !== undefined;
const some = (list: readonly number[]): readonly number[] =>
  list.filter((seed) => long || seed % 5 === 0);

const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((entry, k) => Math.abs(entry - b[k]))) / Math.max(1, ...b.map(Math.abs));

interface Instance {
  readonly session: Session;
  /** The method that unrolled iterations are of, and a step width for differences. */
  readonly method: string;
  readonly width: number;
}

/** Quadratic or not; with a Lipschitz constant, so that steps have a length. */
const freeGoal = (seed: number): string =>
  seed % 2 === 0
    ? 'sumsq(A*y - c)/2 + dot(y, B*x) + exp(x[1])*sumsq(y)/2'
    : 'E(i in 1..6) softplus(A[i, :]*y*c[i]) + 0.2*sumsq(y - B*x) + 0.3*sum(softplus(y)) + 0.1*sumsq(y)';
const boundGoal = 'sumsq(A*y - c)/2 + 3*dot(y, B*x) + 0.3*sumsq(y) + 0.05*sum(softplus(y))';

const free = (seed: number): Instance => ({
  session: sessionOf(
    `problem p { ${members(seed)} lower { var y : real[4]\n minimize ${freeGoal(seed)} }\n ${upper} }`,
  ),
  method: 'gradient_descent',
  width: 1e-3,
});
const bounded = (seed: number): Instance => ({
  session: sessionOf(
    `problem p { ${members(seed)} lower { var y : real[4] ${seed % 2 === 0 ? 'in simplex' : '>= -0.3 <= 0.4'}\n minimize ${boundGoal} }\n ${upper} }`,
  ),
  method: 'ista',
  width: 1e-5,
});

/** The hypergradient by differences of the upper goal at the lower solution, found anew at each point. */
function exactly({ session, width }: Instance, x: readonly number[]): readonly number[] {
  return differences(reducedIn(session, 'implicit').value, x, width);
}

const steps = 1200;

const routes: readonly (readonly [name: string, of: (instance: Instance) => Reduced])[] = [
  ['implicit, factorised', ({ session }) => reducedIn(session, 'implicit')],
  [
    'implicit, conjugate gradients',
    ({ session }) => reducedIn(session, 'implicit', undefined, undefined, 'cg'),
  ],
  [
    'implicit, Neumann series',
    ({ session }) =>
      reducedIn(session, 'implicit', (g) => [g.constant(steps)], undefined, 'neumann'),
  ],
  [
    'unroll',
    ({ session, method }) => reducedIn(session, 'unroll', (g) => [g.constant(steps)], method),
  ],
  [
    'unroll, truncated',
    ({ session, method }) =>
      reducedIn(session, 'unroll', (g) => [g.constant(steps), g.constant(steps - 400)], method),
  ],
];

function agree(instance: Instance, x: readonly number[]): void {
  const near = exactly(instance, x);
  for (const [name, reduced] of routes) {
    const { gradient, forward } = reduced(instance);
    expect(apart(gradient(x), near), name).toBeLessThan(5e-7);
    if (name === 'unroll') expect(apart(forward(x), near), 'forward').toBeLessThan(5e-7);
  }
}

describe('free lower levels', () => {
  test.each(some(seeds))('instance %i', (seed) => agree(free(seed), point(seed)));
});

describe('active bounds', () => {
  test.each(some(seeds.slice(0, 10)))('instance %i', (seed) => {
    const instance = bounded(seed);
    const y = reducedIn(instance.session, 'implicit').lower('y', point(seed));
    expect(y.some((entry) => [0, -0.3, 0.4].includes(entry))).toBe(true);
    agree(instance, point(seed));
  });
});

/** The gradient by x of the penalised goal, at the y that makes it least there. */
function atBestY(
  { session }: Instance,
  price: number,
  x: readonly number[],
  from: readonly number[],
  step: number,
  nearest: (y: readonly number[]) => readonly number[],
): readonly number[] {
  const { gradients } = jointIn(session, 'penalty', price);
  let y = from;
  for (let k = 0; k < 3000; k++) {
    const slope = gradients(x, y).y;
    const next = nearest(y.map((entry, j) => entry - (step / price) * slope[j]));
    if (apart(next, y) < 1e-15) break;
    y = next;
  }
  return gradients(x, y).x;
}

describe('penalties: within what one over the price allows', () => {
  const within = (
    instance: Instance,
    seed: number,
    nearest: (y: readonly number[]) => readonly number[],
  ): void => {
    const x = point(seed);
    const near = exactly(instance, x);
    const start = reducedIn(instance.session, 'implicit').lower('y', x);
    const [low, high] = [1e3, 1e4].map((price) =>
      apart(atBestY(instance, price, x, start, 0.03, nearest), near),
    );
    expect(low).toBeLessThan(0.1);
    expect(high).toBeLessThan(Math.max(0.15 * low, 1e-5));
  };
  test.each(some(seeds))('free %i', (seed) => within(free(seed), seed, (y) => y));
  test.each(some([1, 3, 5, 7, 9]))('in a box %i', (seed) =>
    within(bounded(seed), seed, (y) => y.map((entry) => Math.min(0.4, Math.max(-0.3, entry)))),
  );
});

test('what truncation leaves out shrinks with the steps that are differentiated', () => {
  const instance = free(2);
  const x = point(2);
  const near = exactly(instance, x);
  const errors = [3, 10, 30, 100, 300].map((last) =>
    apart(
      reducedIn(
        instance.session,
        'unroll',
        (g) => [g.constant(1000), g.constant(last)],
        instance.method,
      ).gradient(x),
      near,
    ),
  );
  errors.slice(1).forEach((error, k) => expect(error).toBeLessThan(Math.max(5e-8, errors[k])));
  expect(errors[0]).toBeGreaterThan(1e-3);
});

test('as many steps differentiated as there are is all of them', () => {
  const { session, method } = free(4);
  const x = point(4);
  const whole = reducedIn(session, 'unroll', (g) => [g.constant(20)], method).gradient(x);
  const last = reducedIn(
    session,
    'unroll',
    (g) => [g.constant(20), g.constant(50)],
    method,
  ).gradient(x);
  expect(apart(last, whole)).toBeLessThan(1e-14);
});
