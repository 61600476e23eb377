// `stop when` of a solve may ask for the certificate's measures, as the language says (§7).
import { describe, expect, it } from 'vitest';
import { solve } from '../../compiler/index.ts';

const lasso = `problem lasso {
  data A : real[20, 8] = [sin(i*j) for i in 1..20, j in 1..8]
  data b : real[20] = [cos(i) for i in 1..20]
  var x : real[8]
  minimize sumsq(A*x - b)/2 + 0.5*norm(x, 1)
}`;
const rosenbrock = (known: string): string => `problem r {
  var x : real[2] start zeros
  minimize (1 - x[1])^2 + 100*(x[2] - x[1]^2)^2
  ${known}
}`;

async function only(text: string) {
  const solved = await solve(text);
  if (!solved.ok) throw new Error(solved.text);
  return { result: solved.results[0], codes: solved.diagnostics.map(({ code }) => code) };
}

describe('stop when', () => {
  it('measures the gap against a proven bound', async () => {
    const { result } = await only(`${lasso} solve lasso with ista stop when gap <= 1e-4`);
    expect(result.reason.kind).toBe('rule');
    const gap = result.certificate.checks.find(({ name }) => name === 'duality gap');
    expect(gap?.value).toBeLessThanOrEqual(1e-4);
    const loose = await only(`${lasso} solve lasso with ista stop when gap <= 0.5`);
    expect(loose.result.iterations).toBeLessThanOrEqual(result.iterations);
  });

  it('measures the gap against the known value', async () => {
    const { result, codes } = await only(
      `${rosenbrock('known { value = 0 }')} solve r with lbfgs stop when gap <= 1e-3`,
    );
    expect(result.reason.kind).toBe('rule');
    const values = result.trace.map(({ values: { value } }) => value);
    expect(values.at(-1)).toBeLessThanOrEqual(1e-3);
    // The first such iteration, not a later one.
    expect(values.slice(0, -1).every((value) => value > 1e-3)).toBe(true);
    expect(codes).toEqual([]);
  });

  it('says where there is nothing to measure a gap against', async () => {
    const { result, codes } = await only(
      `${rosenbrock('')} solve r with lbfgs stop when gap <= 1e-3 or iterations >= 7`,
    );
    expect(result.iterations).toBe(7);
    expect(codes).toEqual(['X004']);
  });

  it('knows stationarity and the residual', async () => {
    const loose = await only(`${rosenbrock('')} solve r with lbfgs stop when stationarity <= 1`);
    const tight = await only(`${rosenbrock('')} solve r with lbfgs stop when residual <= 1e-8`);
    expect(loose.result.reason.kind).toBe('rule');
    expect(loose.result.iterations).toBeLessThan(tight.result.iterations);
    expect(tight.result.status).toBe('stationary');
  });

  it('takes no slope outside of the constraints for an answer', async () => {
    // Multipliers of the equations make any slope vanish; the start does not keep them.
    const { result } = await only(`problem p {
      var X : real[2, 2]
      minimize sumsq(X - 1)
      subject to { [[1, 2], [2, 1]] * X == [[1, 2], [2, 1]] }
    }
    solve p stop when stationarity <= 1e-6`);
    expect(result.status).toBe('optimal');
    expect(result.iterations).toBe(1);
  });
});
