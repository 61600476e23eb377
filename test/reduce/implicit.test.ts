// Hypergradients against differences of the lower level solved anew, on random strongly convex instances, free and with active bounds.
import { describe, expect, test } from 'vitest';
import {
  differences,
  freeGoal,
  members,
  point,
  reducedAt,
  seeds,
  upper,
  type Reduced,
} from './hypergradient.ts';

function agree({ value, gradient }: Reduced, x: readonly number[], h?: number): void {
  const exact = gradient(x);
  const near = differences(value, x, h);
  const scale = Math.max(1, ...near.map(Math.abs));
  exact.forEach((entry, k) => expect(Math.abs(entry - near[k]) / scale).toBeLessThan(2e-7));
}

describe('hypergradients of free lower levels agree with differences', () => {
  test.each(seeds)('instance %i', (seed) => {
    agree(
      reducedAt(
        `problem p { ${members(seed)} lower { var y : real[4]\n minimize ${freeGoal(seed)} }\n ${upper} }`,
        'implicit',
      ),
      point(seed),
    );
  });
});

describe('hypergradients with active bounds agree with differences', () => {
  const goal = 'sumsq(A*y - c)/2 + 3*dot(y, B*x) + 0.3*sumsq(y) + 0.05*sum(exp(y))';
  test.each([1, 2, 3, 4, 5])('box %i', (seed) => {
    const reduced = reducedAt(
      `problem p { ${members(seed)} lower { var y : real[4] >= -0.3 <= 0.4\n minimize ${goal} }\n ${upper} }`,
      'implicit',
    );
    const y = reduced.lower('y', point(seed));
    expect(y.some((entry) => entry === -0.3 || entry === 0.4)).toBe(true);
    agree(reduced, point(seed), 1e-5);
  });
  test.each([1, 2, 3, 4, 5])('simplex %i', (seed) => {
    const reduced = reducedAt(
      `problem p { ${members(seed)} lower { var y : real[4] in simplex\n minimize ${goal} }\n ${upper} }`,
      'implicit',
    );
    const y = reduced.lower('y', point(seed));
    expect(y.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(y.some((entry) => entry === 0)).toBe(true);
    agree(reduced, point(seed), 1e-5);
  });
});

describe('other lower levels', () => {
  test('a kink with a prox', () => {
    const reduced = reducedAt(
      `problem p { ${members(3)} lower { var y : real[4]\n minimize sumsq(A*y - c)/2 + dot(y, B*x) + 0.8*norm(y, 1) }\n ${upper} }`,
      'implicit',
    );
    expect(reduced.lower('y', point(3))).toContain(0);
    agree(reduced, point(3), 1e-5);
  });

  test('a family', () => {
    const reduced = reducedAt(
      `problem p { ${members(4)}
        lower task(k in 1..5) { var y : real[4]\n minimize sumsq(A*y - c)/2 + k*dot(y, B*x) + 0.1*sum(y.^4) }
        minimize E(k in 1..5) sumsq(y[k, :] - d) + 0.1*sumsq(x) }`,
      'implicit',
    );
    agree(reduced, point(4));
  });

  test('a game below', () => {
    const reduced = reducedAt(
      `problem p { ${members(5)}
        lower { var u : real[4] in simplex\n var v : real[4] >= -1 <= 1
          minimize u'*A[1..4, :]*v + sumsq(u) + dot(u, B*x) over u
          maximize u'*A[1..4, :]*v - sumsq(v) + dot(v, 2*(B*x)) over v }
        minimize sumsq(u - d) + dot(v, d) }`,
      'implicit',
    );
    agree(reduced, point(5), 1e-5);
  });

  test('three levels', () => {
    const reduced = reducedAt(
      `problem p { ${members(6)}
        lower { var y : real[4]
          lower { var z : real[4]\n minimize sumsq(z - B*x - y)/2 + 0.1*sum(exp(z)) }
          minimize sumsq(y - sin(z)) + 0.1*sumsq(y) + dot(y, B*x) }
        minimize sumsq(y - d) + sumsq(z) }`,
      'implicit',
    );
    agree(reduced, point(6));
  });

  test('levels side by side, one after the other', () => {
    const reduced = reducedAt(
      `problem p { ${members(7)}
        lower { var z : real[4]\n minimize sumsq(z - exp(y))/2 + dot(z, d) }
        lower { var y : real[4]\n minimize sumsq(y - B*x)/2 + 0.1*sum(y.^4) }
        minimize sumsq(y - d) + sumsq(z) }`,
      'implicit',
    );
    agree(reduced, point(7));
  });
});
