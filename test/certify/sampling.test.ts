// Expectations without a closed form: the value is known to a standard error, and the certificate says so.
import { describe, expect, it } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { sessionOf, vector } from './support.ts';

const draws = 100_000;
const certify = (goal: string, x: readonly number[]) =>
  sessionOf(`problem p { var x : real[2]; minimize ${goal} }`).program.certify({ x: vector(x) });

describe('the standard error of a sampled goal', () => {
  // At 0 the draw's value is a chi-square of 2 degrees: variance 4. The sample's own variance is within a few per cent.
  it.each([
    ['an expectation', 'E(z ~ normal(0, 1)[2]) sumsq(x + z)', 2 / Math.sqrt(draws)],
    ['a factor', '3*E(z ~ normal(0, 1)[2]) sumsq(x + z) + 100', 6 / Math.sqrt(draws)],
    [
      'a function of one: 1/2 of it, at the mean 2',
      'log(E(z ~ normal(0, 1)[2]) sumsq(x + z))',
      1 / Math.sqrt(draws),
    ],
    [
      'a sum of independent ones',
      'E(z ~ normal(0, 1)[2]) sumsq(x + z) + E(v ~ normal(0, 1)[2]) sumsq(x + v)',
      Math.sqrt(8 / draws),
    ],
  ])('%s', (_, goal, expected) => {
    const { standardError } = certify(goal, [0, 0]);
    expect((standardError ?? NaN) / expected).toBeGreaterThan(0.95);
    expect((standardError ?? NaN) / expected).toBeLessThan(1.05);
  });

  it('counts a mean once that is used twice', () => {
    const { program } = sessionOf(`problem p {
      var x : real[2]
      let m = E(z ~ normal(0, 1)[2]) sumsq(x + z)
      minimize m + sumsq(x)
      metric half = m/2
    }`);
    const { standardError } = program.certify({ x: vector([0, 0]) });
    expect((standardError ?? NaN) / (2 / Math.sqrt(draws))).toBeCloseTo(1, 1);
  });

  it('is told in words', () => {
    const { notes } = certify('E(z ~ normal(0, 1)[2]) sumsq(x + z)', [0, 0]);
    expect(notes.join()).toContain('a standard error of 0.0063');
  });

  it('is none where the expectation is exact', () => {
    const { standardError, notes } = certify(
      'sum(E(z ~ normal(0, 1)) (z + x[1])^2) + x[2]^2',
      [0, 0],
    );
    expect(standardError).toBeUndefined();
    expect(notes).toEqual([]);
  });
});

describe('quadrature', () => {
  it('of several numbers falls back to a sample, and says so', () => {
    const { notes } = certify('E(z ~ normal(0, 1)[2] by quadrature(8)) sumsq(x + z)', [0, 0]);
    expect(notes.join()).toContain('Quadrature is for single');
  });
  it('of one number says nothing', () => {
    const { notes } = certify(
      'E(z ~ normal(0, 1) by quadrature(8)) exp(x[1]*z) + sumsq(x)',
      [0, 0],
    );
    expect(notes.join()).not.toContain('uadrature');
  });
});

describe('samples survive a reduction', () => {
  const text = (via: string): string => `problem p {
    data A : real[12, 2] = [sin(3*i*j) for i in 1..12, j in 1..2]
    var x : real[2] start ones
    minimize E(i in 1..12) (A[i, :]*x - 1)^2/2 + 0.1*norm(x, 1)
  }
  solve p with sgd(step = 0.05, batch = 3) ${via} stop when iterations >= 20`;
  it.each(['via hadamard', 'via smooth(0.1)'])('%s', async (via) => {
    const solved = await solve(text(via));
    if (!solved.ok) throw new Error(solved.text);
    expect(solved.results[0].counts.samples).toBe(60);
  });
});
