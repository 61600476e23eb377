// Every method of the library on problems of many shapes: what matches runs, and what is called optimal is optimal.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

const library = join(import.meta.dirname, '../../runtime/methods');
const methods = readdirSync(library).map((file) => file.replace(/\.opt$/, ''));

/** Problems with the value that they share over all methods. */
const problems: Readonly<Record<string, string>> = {
  'least squares': `data A : real[30, 4] ~ normal
    data b : real[30] ~ normal
    var x : real[4]
    minimize sumsq(A*x - b)`,
  'nonnegative least squares': `data A : real[30, 6] ~ normal
    data b : real[30] ~ normal
    var x : real[6] >= 0
    minimize sumsq(A*x - b)`,
  'group lasso': `data A : real[30, 6] ~ normal
    data b : real[30] ~ normal
    var x : real[6]
    minimize 0.5*sumsq(A*x - b) + 2*(norm(x[1..3]) + norm(x[4..6]))`,
  'log determinant': `data B : real[20, 3] ~ normal
    let S = B'*B/20
    var X : real[3, 3] in psd start eye(3)
    minimize trace(S*X) - logdet(X)`,
  'entropy on the simplex': `data c : real[5] = [1, 2, 3, 4, 5]
    var p : real[5] in simplex
    minimize sum(p .* log(p)) + dot(c, p)`,
  'a sum of samples': `data A : real[40, 3] ~ normal
    data y : real[40] = sign(A[:, 1])
    var w : real[3]
    minimize sum(i in 1..40) log(1 + exp(-y[i]*(A[i, :]*w))) / 40 + 0.1*sumsq(w)`,
  'a linear goal in a box': `var x : real[3] >= 0 <= 1
    maximize 2*x[1] - x[2] + x[3]`,
  'kinks of a linear map': `data y : real[12] ~ normal
    var x : real[12]
    minimize 0.5*sumsq(x - y) + sum(i in 1..11) abs(x[i + 1] - x[i])`,
  'a saddle': `var x : real[2] start 1
    minimize x[1]^2 + x[2]^4 - x[2]^2`,
  'a quadratic saddle in a box': `var x : real[2] >= -1 <= 1 start 0.5
    minimize x[1]^2 - x[2]^2`,
  'a sphere': `data B : real[4, 4] ~ normal
    var x : real[4] in sphere
    minimize dot(x, (B + B')*x)`,
};

describe.each(Object.keys(problems))('%s', (name) => {
  test('methods that match run and agree', async () => {
    const optimal: [method: string, value: number][] = [];
    let matched = 0;
    for (const method of methods) {
      const text = `problem p {\n${problems[name]}\n}\nsolve p with ${method}\n`;
      const solved = await solve(text, { iterations: 400 });
      if (!solved.ok) continue;
      matched++;
      const [{ status, value = NaN }] = solved.results;
      expect(['optimal', 'stationary', 'not converged']).toContain(status);
      if (status === 'optimal') optimal.push([method, value]);
    }
    expect(matched).toBeGreaterThan(2);
    const [[, first] = ['', NaN]] = optimal;
    for (const [method, value] of optimal)
      expect({ method, off: Math.abs(value - first) / Math.max(1, Math.abs(first)) }).toEqual({
        method,
        off: expect.toSatisfy((off: number) => off <= 2e-6),
      });
  });
});
