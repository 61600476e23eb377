// Whatever the calculus claims of a random expression must hold at random points, found by the reference interpreter.
import { describe, expect, test } from 'vitest';
import { createFacts } from '../../compiler/problem/facts/facts.ts';
import type { Truth } from '../../compiler/problem/fact.ts';
import { printNode } from '../../compiler/tensor/print.ts';
import { postorder } from '../../compiler/tensor/visit.ts';
import {
  along,
  dimension,
  distance,
  randomProgram,
  type RandomProgram,
} from './random-expression.ts';

const programs = process.env.DOTOPT_LONG === undefined ? 800 : 20_000;
const pairs = 12;

/** Claimed, given the data of the program. */
function claimed(truth: Truth, program: RandomProgram): boolean {
  if (truth.kind === 'yes') return true;
  return truth.kind === 'if' && program.at(program.point(), truth.condition) === 1;
}

interface Count {
  claims: number;
  readonly faults: string[];
}

function check(
  claim: (program: RandomProgram, facts: ReturnType<typeof createFacts>) => boolean,
  fault: (program: RandomProgram, facts: ReturnType<typeof createFacts>) => string | undefined,
  depth = 3,
): Count {
  const count: Count = { claims: 0, faults: [] };
  for (let seed = 1; seed <= programs; seed++) {
    const program = randomProgram(seed, depth);
    const facts = createFacts(program.graph, [program.x, program.s], program.assumptions);
    if (!claim(program, facts)) continue;
    count.claims++;
    const found = fault(program, facts);
    if (found !== undefined)
      count.faults.push(`seed ${seed}: ${printNode(program.expression)}: ${found}`);
  }
  return count;
}

const size = (...values: readonly number[]): number => Math.max(1, ...values.map(Math.abs));

/** f at the middle against the mean of the ends; NaN there counts as a violation where the ends are numbers. */
function midpointFault(program: RandomProgram, sign: 1 | -1, modulus = 0): string | undefined {
  for (let k = 0; k < pairs; k++) {
    const [a, b] = [program.point(), program.point()];
    const t = 0.25 + (0.5 * ((k * 7) % 5)) / 4;
    const [u, v, m] = [program.at(a), program.at(b), program.at(along(a, b, t))];
    if (!Number.isFinite(u) || !Number.isFinite(v) || size(u, v) > 1e12) continue;
    const chord = (1 - t) * u + t * v - (modulus / 2) * t * (1 - t) * distance(a, b) ** 2;
    if (!(sign * (chord - m) >= -1e-7 * size(u, v, modulus)))
      return `at ${t} between ${a.join()} and ${b.join()}: ${m} against ${chord}`;
  }
  return undefined;
}

const gradientAt = (program: RandomProgram, point: readonly number[]): readonly number[] =>
  point.map((_, k) => {
    const h = 1e-5;
    const step = (d: number): number =>
      program.at(point.map((value, j) => (j === k ? value + d : value)));
    return (step(h) - step(-h)) / (2 * h);
  });

/** Second differences of a quadratic, exact but for rounding. */
function hessianAt(
  program: RandomProgram,
  point: readonly number[],
): readonly (readonly number[])[] {
  const shift = (i: number, j: number, a: number, b: number): number =>
    program.at(point.map((v, k) => v + (k === i ? a : 0) + (k === j ? b : 0)));
  return point.map((_, i) =>
    point.map(
      (__, j) =>
        (shift(i, j, 1, 1) - shift(i, j, 1, -1) - shift(i, j, -1, 1) + shift(i, j, -1, -1)) / 4,
    ),
  );
}

/** By the power method on a shifted matrix. */
function smallestEigenvalue(matrix: readonly (readonly number[])[]): number {
  const shift = Math.max(
    1e-9,
    ...matrix.map((row) => row.reduce((sum, v) => sum + Math.abs(v), 0)),
  );
  let v = matrix.map((_, k) => 1 + 0.37 * k);
  let value = 0;
  for (let step = 0; step < 2000; step++) {
    const next = v.map((x, i) => shift * x - matrix[i].reduce((sum, a, j) => sum + a * v[j], 0));
    const norm = Math.hypot(...next);
    v = next.map((x) => x / norm);
    value = shift - norm;
  }
  return value;
}

/** Something below is undefined at single points, where the expression may have a value all the same: 1/x, log(x). */
const hasPoles = (program: RandomProgram, facts: ReturnType<typeof createFacts>): boolean =>
  postorder([program.expression]).some((node) => {
    const argument =
      node.op === 'unary' && node.attributes.fn === 'log'
        ? node.args[0]
        : node.op === 'binary' && (node.attributes.fn === 'div' || node.attributes.fn === 'pow')
          ? node.args[node.attributes.fn === 'div' ? 1 : 0]
          : undefined;
    if (argument === undefined) return false;
    const { low, high } = facts.range(argument);
    return low <= 0 && high >= 0;
  });

describe('soundness on random expressions', () => {
  test('convex and concave', () => {
    for (const [name, sign] of [
      ['isConvex', 1],
      ['isConcave', -1],
    ] as const) {
      const count = check(
        (program, facts) => claimed(facts[name](program.expression), program),
        (program) => midpointFault(program, sign),
      );
      expect(count.faults).toEqual([]);
      expect(count.claims).toBeGreaterThan(programs / 40);
    }
  });

  test('a refuted quadratic has a direction of negative curvature', () => {
    const count = check(
      (program, facts) =>
        facts.isConvex(program.expression).kind === 'no' && facts.degree(program.expression) <= 2,
      (program) =>
        smallestEigenvalue(hessianAt(program, program.point())) < 0
          ? undefined
          : 'its Hessian has no negative eigenvalue',
    );
    expect(count.faults).toEqual([]);
  });

  test('range', () => {
    const count = check(
      (program, facts) => {
        const { low, high } = facts.range(program.expression);
        return low > -Infinity || high < Infinity;
      },
      (program, facts) => {
        const { low, high } = facts.range(program.expression);
        for (let k = 0; k < pairs; k++) {
          const value = program.at(program.point());
          if (
            Number.isFinite(value) &&
            (value < low - 1e-9 * size(low) || value > high + 1e-9 * size(high))
          )
            return `${value} outside [${low}, ${high}]`;
        }
        return undefined;
      },
    );
    expect(count.faults).toEqual([]);
    expect(count.claims).toBeGreaterThan(programs / 20);
  });

  test('affine and quadratic: differences of order degree + 1 vanish', () => {
    const count = check(
      (program, facts) => facts.degree(program.expression) <= 2,
      (program, facts) => {
        const degree = facts.degree(program.expression);
        const [a, b] = [program.point(), program.point()];
        const values = [0, 0.2, 0.4, 0.6].map((t) => program.at(along(a, b, t)));
        if (!values.every(Number.isFinite)) return undefined;
        const [p, q, r, s] = values;
        const difference =
          degree === 0 ? q - p : degree === 1 ? p - 2 * q + r : s - 3 * r + 3 * q - p;
        return Math.abs(difference) <= 1e-8 * size(...values) ? undefined : `${difference}`;
      },
      2,
    );
    expect(count.faults).toEqual([]);
    expect(count.claims).toBeGreaterThan(programs / 40);
  });

  test('separable: mixed differences vanish', () => {
    const count = check(
      (program, facts) => claimed(facts.isSeparable(program.expression), program),
      (program) => {
        const [a, b] = [program.point(), program.point()];
        for (let i = 0; i < dimension; i++)
          for (let j = 0; j < i; j++) {
            const swap = (...at: number[]): number =>
              program.at(a.map((value, k) => (at.includes(k) ? b[k] : value)));
            const values = [swap(), swap(i), swap(j), swap(i, j)];
            if (!values.every(Number.isFinite)) continue;
            const [p, q, r, s] = values;
            if (Math.abs(p - q - r + s) > 1e-8 * size(...values)) return `coordinates ${i}, ${j}`;
          }
        return undefined;
      },
      2,
    );
    expect(count.faults).toEqual([]);
    expect(count.claims).toBeGreaterThan(programs / 60);
  });

  test('Lipschitz bound is at least every difference quotient of gradients', () => {
    const count = check(
      (program, facts) => facts.lipschitz(program.expression).bound !== undefined,
      (program, facts) => {
        const fact = facts.lipschitz(program.expression);
        const bound = program.at(program.point(), fact.bound);
        for (let k = 0; k < 5; k++) {
          const [a, b] = [program.point(), program.point()];
          const [g, h] = [gradientAt(program, a), gradientAt(program, b)];
          if (![...g, ...h].every(Number.isFinite)) continue;
          const noise = 1e-5 * size(...g, ...h, program.at(a), program.at(b));
          if (distance(g, h) > bound * distance(a, b) * (1 + 1e-6) + 10 * noise)
            return `${distance(g, h) / distance(a, b)} above ${bound} at ${a.join()} and ${b.join()}`;
        }
        return undefined;
      },
      2,
    );
    expect(count.faults).toEqual([]);
    expect(count.claims).toBeGreaterThan(programs / 20);
  });

  test('strong convexity bound is at most what pairs allow', () => {
    const count = check(
      (program, facts) => facts.strongConvexity(program.expression).bound !== undefined,
      (program, facts) => {
        const fact = facts.strongConvexity(program.expression);
        const holds =
          fact.condition === undefined || program.at(program.point(), fact.condition) === 1;
        if (!holds) return undefined;
        return midpointFault(program, 1, program.at(program.point(), fact.bound));
      },
      2,
    );
    expect(count.faults).toEqual([]);
    expect(count.claims).toBeGreaterThan(programs / 100);
  });

  test('smooth: the largest jump of the gradient along a line shrinks with the step', () => {
    const count = check(
      (program, facts) =>
        claimed(facts.isSmooth(program.expression), program) && !hasPoles(program, facts),
      (program) => {
        const [a, b] = [program.point(), program.point()];
        const value = (t: number): number => program.at(along(a, b, t));
        const slope = (t: number): number => (value(t + 1e-6) - value(t - 1e-6)) / 2e-6;
        let [low, high] = [0.05, 0.95];
        for (let k = 0; k < 12; k++) {
          const grid = [0, 1, 2, 3, 4].map((j) => slope(low + ((high - low) * j) / 4));
          // A pole of the expression itself is no kink.
          if (!grid.every((d) => Math.abs(d) < 1e4)) return undefined;
          const jumps = [0, 1, 2, 3].map((j) => Math.abs(grid[j + 1] - grid[j]));
          const at = jumps.indexOf(Math.max(...jumps));
          if (high - low < 1e-4) {
            const scale = size(...grid, value(low));
            return jumps[at] > 0.02 * scale && jumps[at] > 1e-2
              ? `jump ${jumps[at]} at ${low}`
              : undefined;
          }
          [low, high] = [low + ((high - low) * at) / 4, low + ((high - low) * (at + 1)) / 4];
        }
        return undefined;
      },
      2,
    );
    expect(count.faults).toEqual([]);
    expect(count.claims).toBeGreaterThan(programs / 20);
  });
});
