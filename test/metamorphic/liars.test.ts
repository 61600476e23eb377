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
