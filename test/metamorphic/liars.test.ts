// Methods that do not do what they say are exposed by the certificate, which does not know them.
import { expect, test } from 'vitest';
import { codeOf } from '../../compiler/cli/exit.ts';
import { errorsOf, openText, solve, solvesOf } from '../conformance/program.ts';

const problem = `
  problem p {
    data A : real[6, 3] = [sin(i*j) for i in 1..6, j in 1..3]
    data b : real[6] = [cos(i) for i in 1..6]
    var x : real[3] start ones
    minimize sumsq(A*x - b)/2 + 0.05*sumsq(x)
  }`;

const methods: Readonly<Record<string, string>> = {
  'returns its start': `
    method idle for { minimize f(x) over x } where f is smooth {
      repeat { stop when iteration >= 3 }
    }`,
  diverges: `
    method wild for { minimize f(x) over x } where f is smooth {
      repeat { x <- x + grad(f(x), x) }
    }`,
  'lies about its gradient': `
    method liar for { minimize f(x) over x } where f is smooth {
      repeat {
        let g = grad(f(x), x) + 1
        stop when norm(g) <= 1e-9
        x <- x - 0.1*g
      }
    }`,
  'answers another point than it found': `
    method other for { minimize f(x) over x } where f is smooth {
      repeat {
        x <- x - 0.1*grad(f(x), x)
        return x + 0.01
      }
    }`,
};

test.each(Object.entries(methods))('a method that %s', async (_, method) => {
  const name = /method (\w+)/.exec(method)?.[1] ?? '';
  const program = openText(`${problem}\n${method}\nsolve p with ${name}`);
  expect(errorsOf(program)).toBe('');
  const [each] = solvesOf(program);
  const solved = await solve(program, each, { limits: { iterations: 3000, seconds: 60 } });
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.status).toBe('not converged');
  expect([5, 6]).toContain(codeOf(solved.result));
  expect(solved.result.certificate.checks.some(({ holds }) => !holds)).toBe(true);
});

test('an honest method on the same problem is certified', async () => {
  const program = openText(problem);
  const solved = await solve(program, solvesOf(program)[0]);
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.status).toBe('optimal');
  expect(codeOf(solved.result)).toBe(0);
});

const weighted = (method: string): string => `
  method idle for { minimize f(x) over x } where f is smooth {
    repeat { stop when iteration >= 3 }
  }
  problem p {
    var x : real[2] start ones
    minimize [sumsq(x - [1, 0]), sumsq(x + [1, 0])]
  }
  solve p with ${method} via scalarize([0.25, 0.75])`;

test.each([
  ['idle', 'not converged'],
  ['lbfgs', 'optimal'],
])('several objectives as a weighted sum, by %s', async (method, status) => {
  const program = openText(weighted(method));
  const solved = await solve(program, solvesOf(program)[0], { limits: { iterations: 3000 } });
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.status).toBe(status);
});

const constrained = (method: string): string => `
  ${method}
  problem p {
    var x : real[2] >= 0 <= 10 start [3, 0.5]
    minimize [-2, -3]' * x
    subject to { first: x[1] + x[2] <= 4; second: x[1] + 2*x[2] <= 5 }
  }
  solve p with bad`;

test.each([
  ['stays at a feasible start', 'repeat { stop when iteration >= 3 }'],
  [
    'leaves the constraints for a better value',
    'repeat { x <- x + 0.5; stop when iteration >= 3 }',
  ],
])('a method for linear constraints that %s', async (_, body) => {
  const head = 'method bad for { minimize f(x) over x in X subject to { g(x) <= 0 } }';
  const program = openText(constrained(`${head} { ${body} }`));
  expect(errorsOf(program)).toBe('');
  const solved = await solve(program, solvesOf(program)[0], { limits: { iterations: 100 } });
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.status).toBe('not converged');
});
