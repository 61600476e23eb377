// Small problems whose status and value are known by hand.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';
import type { Status } from '../../runtime/certify/certificate.ts';

const problem = (body: string): string => `problem p {\n${body}\n}\nsolve p\n`;

const cases: readonly (readonly [what: string, body: string, status: Status, value?: number])[] = [
  [
    'a linear goal in a box',
    'var x : real[3] >= 0 <= 1\nmaximize 2*x[1] - x[2] + x[3]',
    'optimal',
    3,
  ],
  ['a linear goal without bounds', 'var x : real[2] >= 0\nminimize x[1] - x[2]', 'unbounded'],
  [
    'a linear goal with a constraint that does not stop it',
    'var x : real[2] >= 0\nminimize x[1] - x[2]\nsubject to { x[1] + x[2] >= 1 }',
    'unbounded',
  ],
  [
    'constraints that no point keeps',
    'var x : real[2] >= 0\nminimize x[1] - x[2]\nsubject to { x[1] + x[2] <= -1 }',
    'infeasible',
  ],
  [
    'a quadratic above a line',
    'var x : real[2]\nminimize sumsq(x)\nsubject to { x[1] + x[2] >= 1 }',
    'optimal',
    0.5,
  ],
  [
    'whole variables',
    'var x : int[2] >= 0\nmaximize x[1] + 2*x[2]\nsubject to { x[1] + x[2] <= 3.5\n x[2] <= 1.5 }',
    'optimal',
    4,
  ],
  [
    'entropy on the simplex: log-sum-exp',
    'data c : real[3] = [1, 2, 3]\nvar p : real[3] in simplex\nminimize sum(p .* log(p)) + dot(c, p)',
    'optimal',
    -Math.log(Math.exp(-1) + Math.exp(-2) + Math.exp(-3)),
  ],
  [
    'equations that no point keeps, between bounds',
    'var x : real[2] >= 0 <= 1\nminimize sumsq(x)\nsubject to { x[1] + x[2] == 3 }',
    'infeasible',
  ],
  [
    'a quadratic that is flat along a ray',
    'var x : real[2]\nminimize (x[1] - x[2])^2 - x[1]\nsubject to { x[1] >= 0 }',
    'unbounded',
  ],
  ['a quadratic that falls', 'var x : real[2]\nminimize x[1] - sumsq(x)', 'unbounded'],
  ['a kink that falls', 'var x : real start 3\nminimize abs(x) - 0.5*x^2', 'unbounded'],
  [
    'a cube, within a bound on the wrong side',
    'var x : real <= 5 start -1\nminimize x^3',
    'unbounded',
  ],
  ['a slope that runs out', 'var x : real\nminimize exp(x)', 'optimal', 0],
  ['a saddle where it starts', 'var x : real[2]\nminimize x[1]^2 - x[2]^2', 'stationary', 0],
  ['a maximum of one', 'var x : real\nmaximize 1 - (x - 2)^2', 'optimal', 1],
  ['a tiny slope', 'var x : real\nminimize 1e-9*(x - 5)^2', 'optimal', 0],
];

describe('status and value', () => {
  for (const [what, body, status, value] of cases)
    test(what, async () => {
      const solved = await solve(problem(body));
      if (!solved.ok) throw new Error(solved.text);
      const [result] = solved.results;
      expect(result.status).toBe(status);
      if (value !== undefined)
        expect(Math.abs((result.value ?? NaN) - value)).toBeLessThanOrEqual(1e-6);
    });
});
