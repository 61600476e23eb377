// What is worked out before the first iteration: WebAssembly gives what JavaScript gives.
import { describe, expect, it } from 'vitest';
import { drawFrom, vectorOf } from '../../bench/draw.ts';
import { solve } from '../../compiler/index.ts';

const goals: readonly (readonly [string, string, number, number])[] = [
  // By Lanczos' method, in rows and columns too many for their products.
  ['sumsq(A*x - b)/(2*m) + 0.1*norm(x, 1)', 'fista', 700, 600],
  ['(sum(i in 1..m) softplus(-b[i]*(A[i, :]*x)))/m + 0.01*norm(x, 1)', 'fista', 700, 600],
  // By eigenvalues, in the certificate too.
  ['sumsq(A*x - b)/(2*m) + 0.1*norm(x, 1)', 'fista', 300, 60],
  // A factorisation.
  ['sumsq(x - 1)/2 + norm(A*x, 1)/m', 'admm', 300, 60],
];

async function ended(
  [goal, method, m, n]: (typeof goals)[number],
  target: 'ts' | 'wasm',
): Promise<number> {
  const draw = drawFrom(5);
  const A = vectorOf(m * n, draw.normal);
  const b = vectorOf(m, draw.normal);
  const solved = await solve(
    `problem p {
  data A : real[m, n]
  data b : real[m]
  var x : real[n]
  minimize ${goal} + 0*b[1]
}
solve p with ${method}
`,
    {
      data: {
        A: { storage: 'dense', shape: [m, n], data: A },
        b: { storage: 'dense', shape: [m], data: b },
      },
      iterations: 8,
      target,
    },
  );
  if (!solved.ok) throw new Error(solved.text);
  return solved.results[0].value ?? NaN;
}

describe('eight iterations from the start', () => {
  it.each(goals)('%s, %s, %i × %i', async (...goal) => {
    const [plain, native] = [await ended(goal, 'ts'), await ended(goal, 'wasm')];
    expect(Math.abs(native - plain)).toBeLessThanOrEqual(1e-12 * Math.abs(plain));
  });
});
