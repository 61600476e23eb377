// Copies of the data by columns whose rows are filled where they are first read: WebAssembly against plain JavaScript, which fills them at the start.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

const problem = (method: string): string => `problem lasso {
  data A : real[m, n]
  data b : real[m]
  var x : real[n]
  minimize sumsq(A*x - b) / (2*m) + 0.05*norm(x, 1)
}
${method}
solve lasso with descent
`;

/** Coordinate descent on the coordinates that `chosen` says; `also` comes after the loop. */
const descent = (chosen: string, also = ''): string => `method descent for {
  minimize sumsq(r(x)) + h(x) over x
} where r is linear and h has prox and h is separable {
  state columns = jac(r(x), x)'
  state curvature = max(1e-300, 2*(sum(i in 1..dim(r(x))) jac(r(x), x)[i, :].^2))
  state residual = r(x)
  repeat {
    for j in 1..dim(x) {
      if ${chosen} {
        let v = x[j]
        let u = prox(h, 1/curvature[j], (v - 2*dot(columns[j, :], residual)/curvature[j])*ones(x))[j]
        residual <- residual + (u - v)*columns[j, :]
        x[j] <- u
      }
    }
    ${also}
  }
}`;

const wave = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(1.7 * i * i + 0.3));

async function answerOf(text: string, target: 'ts' | 'wasm', m: number, n: number) {
  const solved = await solve(text, {
    data: {
      A: { storage: 'dense', shape: [m, n], data: wave(m * n) },
      b: { storage: 'dense', shape: [m], data: wave(m) },
    },
    target,
    iterations: 7,
  });
  if (!solved.ok) throw new Error(solved.text);
  const [{ solution }] = solved.results;
  return solution.flatMap((entry) => [...entry.data]);
}

const methods = {
  'some rows': descent('mod(j, 3) == 1'),
  'other rows later': descent('mod(j + iteration, 4) == 1'),
  'all rows, once more as a whole': descent(
    'mod(j, 3) == 1',
    "residual <- residual + 1e-3*(columns'*x)",
  ),
  'no row': descent('j > 10000'),
};

describe('rows filled where they are read', () => {
  test.each(Object.entries(methods))('%s', async (_, method) => {
    for (const [m, n] of [
      [1, 1],
      [3, 2],
      [7, 19],
      [16, 8],
    ]) {
      const [one, other] = await Promise.all(
        (['ts', 'wasm'] as const).map((target) => answerOf(problem(method), target, m, n)),
      );
      expect(one.length).toBe(n);
      one.forEach((x, j) => expect(other[j]).toBeCloseTo(x, 12));
    }
  });
});
