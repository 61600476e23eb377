// Constraints in the certificate: multipliers may come from anyone, the bound is proved by the certificate alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Values } from '../../runtime/program.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import { defaultTolerances } from '../../runtime/certify/judge.ts';
import { proveNoWhole } from '../../compiler/prove-whole.ts';
import { openText, solve, solvesOf } from '../conformance/program.ts';
import { sessionOf, vector } from './support.ts';

const at = (x: readonly number[]): Values => ({ x: vector(x) });
const multipliers = (...each: readonly (readonly number[])[]): Values =>
  Object.fromEntries(each.map((y, k) => [`multiplier ${k + 1}`, vector(y)]));

/** By hand: the corner (3, 1) where both rows hold; value -9, multipliers 1 and 1. */
const linear = `problem p {
  var x : real[2] >= 0 <= 10
  minimize [-2, -3]' * x
  subject to { first: x[1] + x[2] <= 4; second: x[1] + 2*x[2] <= 5 }
}`;
const scalarMultipliers = (a: number, b: number): Values => ({
  'multiplier 1': dense([], Float64Array.of(a)),
  'multiplier 2': dense([], Float64Array.of(b)),
});

describe('a linear program', () => {
  const { program } = sessionOf(linear);
  const certify = (x: readonly number[], proposed?: Values) =>
    program.certify(at(x), defaultTolerances, {}, proposed);

  it('is optimal at the corner with the right multipliers, and with none but its own', () => {
    expect(certify([3, 1], scalarMultipliers(1, 1)).status).toBe('optimal');
    expect(certify([3, 1]).status).toBe('optimal');
    expect(certify([3, 1], scalarMultipliers(1, 1)).bound).toBeCloseTo(-9, 12);
  });

  it('is nowhere else optimal, whatever is proposed', () => {
    for (const x of [
      [0, 0],
      [4, 0],
      [0, 2.5],
      [2.9, 1],
    ])
      expect(certify(x, scalarMultipliers(1, 1)).status).toBe('not converged');
  });

  it('rejects a point outside, though its value be better', () => {
    const certificate = certify([4, 2], scalarMultipliers(1, 1));
    expect(certificate.status).toBe('not converged');
    expect(certificate.checks.find(({ name }) => name === 'feasibility')?.holds).toBe(false);
  });

  it('never takes a bound above the optimum from a lying proposal', () => {
    const entry = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(entry, entry, entry, entry, (a, b, u, v) => {
        const point = [Math.abs(u), Math.abs(v)];
        const bound = program.measures.evaluate('proposed bound', {
          ...at(point),
          ...scalarMultipliers(a, b),
        }).data[0];
        expect(bound).toBeLessThanOrEqual(-9 + 1e-9);
      }),
      { numRuns: 200 },
    );
  });

  it('takes no NaN for a proof', () => {
    expect(certify([2, 1], scalarMultipliers(NaN, 1)).status).toBe('not converged');
  });
});

describe('equations, and a quadratic goal', () => {
  // The projection of (1, 2, 3) to sum(x) == 1, x >= 0: (0, 0, 1), multiplier of the equation 2 (slope x - c = -2 at the third entry).
  const text = `problem p {
    var x : real[3] >= 0
    minimize sumsq(x - [1, 2, 3])/2
    subject to { total: sum(x) == 1 }
  }`;
  const { program } = sessionOf(text);

  it('finds the multiplier itself', () => {
    expect(program.certify(at([0, 0, 1])).status).toBe('optimal');
    expect(program.certify(at([0, 0.1, 0.9])).status).toBe('not converged');
    expect(program.certify(at([0, 0, 1.1])).status).toBe('not converged');
  });

  it('keeps below the optimum, 9/2', () => {
    const entry = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(entry, fc.tuple(entry, entry, entry), (y, x) => {
        const bound = program.measures.evaluate('proposed bound', {
          ...at(x),
          'multiplier 1': dense([], Float64Array.of(y)),
        }).data[0];
        expect(bound).toBeLessThanOrEqual(4.5 + 1e-9);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a convex constraint that is not linear', () => {
  // The nearest point of the unit disc to (3, 4): (0.6, 0.8), at distance 4.
  const { program } = sessionOf(`problem p {
    var x : real[2]
    minimize sumsq(x - [3, 4])
    subject to { disc: sumsq(x) <= 1 }
  }`);
  it('is certified with a multiplier of its own', () => {
    expect(program.certify(at([0.6, 0.8])).status).toBe('optimal');
    expect(program.certify(at([0.6, 0.8])).bound).toBeCloseTo(16, 6);
    expect(program.certify(at([0.8, 0.6])).status).toBe('not converged');
    expect(program.certify(at([3, 4])).status).toBe('not converged');
  });
});

describe('a problem that is not convex', () => {
  // min x1 x2 on the circle of radius 1: slope (x2, x1) = -2 y (x1, x2), so x2 = ±x1 and y = ∓1/2.
  const { program } = sessionOf(`problem p {
    var x : real[2]
    minimize x[1]*x[2]
    subject to { circle: sumsq(x) == 1 }
  }`);
  const s = Math.SQRT1_2;
  it('is stationary where some multiplier makes the slope vanish', () => {
    expect(program.certify(at([s, -s])).status).toBe('stationary');
    expect(program.certify(at([1, 0])).status).toBe('not converged');
    expect(program.certify(at([0, 0])).status).toBe('not converged');
  });
});

describe('kinks and constraints together', () => {
  const text = `problem p {
    var x : real[2] >= 0
    minimize abs(x[1] - 1) + max(x[2], 0.5)
    subject to { total: x[1] + x[2] == 3 }
  }`;

  it('are certified with the multipliers of the epigraph', async () => {
    const program = openText(`${text} solve p via epigraph`);
    const solved = await solve(program, solvesOf(program)[0]);
    if (!solved.ok) throw new Error(solved.text);
    expect(solved.result.value).toBeCloseTo(2, 9);
    expect(solved.result.status).toBe('optimal');
  });

  it('are certified at the optimum alone', () => {
    const { program } = sessionOf(text);
    expect(program.certify(at([2.5, 0.5])).status).toBe('optimal');
    expect(program.certify(at([3, 0])).status).toBe('not converged');
    expect(program.certify(at([1, 0.5])).status).toBe('not converged');
  });
});

describe('whole variables', () => {
  const knapsack = (least: string): string => `problem p {
    data v : real[6] = [10, 13, 18, 31, 7, 15]
    data w : real[6] = [2, 3, 4, 5, 1, 4]
    var x : int[6] >= 0 <= 2 ${least}
    maximize v' * x
    subject to { room: w' * x <= 17 }
  }`;
  /** Every whole point, one by one. */
  function best(): number {
    const [v, w] = [
      [10, 13, 18, 31, 7, 15],
      [2, 3, 4, 5, 1, 4],
    ];
    let most = -Infinity;
    for (let code = 0; code < 3 ** 6; code++) {
      const x = v.map((_, k) => Math.floor(code / 3 ** k) % 3);
      const dot = (a: readonly number[]): number => a.reduce((sum, ak, k) => sum + ak * x[k], 0);
      if (dot(w) <= 17) most = Math.max(most, dot(v));
    }
    return most;
  }

  it('are proved by branch and bound', async () => {
    const program = openText(knapsack(''));
    const solved = await solve(program, solvesOf(program)[0]);
    if (!solved.ok) throw new Error(solved.text);
    const { value, status, certificate } = solved.result;
    expect(value).toBeCloseTo(best(), 9);
    expect(status).toBe('optimal');
    expect(certificate.bound).toBeCloseTo(best(), 4);
  });

  it('are proved to have no point, where there is none', async () => {
    const program = openText(`problem p {
      var x : int[3] >= 0 <= 5
      minimize sum(x)
      subject to { odd: 2*x[1] + 4*x[2] + 6*x[3] == 5 }
    }`);
    const solved = await solve(program, solvesOf(program)[0]);
    if (!solved.ok) throw new Error(solved.text);
    expect(solved.result.status).toBe('infeasible');
    expect(solved.result.certificate.notes.join()).toContain('No whole point');
  });

  it('are never proved to have none by a liar, where there are some', async () => {
    const session = sessionOf(knapsack(''));
    const shape = (length: number, value: number): Float64Array =>
      new Float64Array(length).fill(value);
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.double({ min: -20, max: 20, noNaN: true })),
        async (stream) => {
          const next = (): number => Number(stream.next().value);
          const found = await proveNoWhole(
            session,
            {
              solver: {
                solve: ({ c, rowLower }) => ({
                  status: 'Optimal',
                  x: c.map(next),
                  multipliers: rowLower.map(next),
                }),
              },
              program: {
                offset: 0,
                c: shape(6, 0),
                A: shape(6, 1),
                rowLower: shape(1, -Infinity),
                rowUpper: shape(1, 17),
                lower: shape(6, 0),
                upper: shape(6, 2),
                integer: shape(6, 1),
                Q: undefined,
              },
              columns: new Map([['x', 0]]),
              point: (x) => ({ x: vector([...x]) }),
              multipliers: ([y]) => ({ 'multiplier 1': dense([], Float64Array.of(y)) }),
            },
            { boxes: 60, milliseconds: 5000 },
          );
          expect(found?.closed).toBe(false);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are no more than feasible where nothing proves more, and not converged where they are broken', () => {
    const { program } = sessionOf(knapsack(''));
    const judged = (x: readonly number[]) => program.certify(at(x)).status;
    expect(judged([0, 0, 0, 1, 1, 0])).toBe('feasible');
    expect(judged([0, 0, 0, 1.5, 1, 0])).toBe('not converged');
    expect(judged([2, 2, 2, 2, 2, 2])).toBe('not converged');
  });
});

it('a row named by several multipliers takes them in order', () => {
  const { program } = sessionOf(`problem p {
    data A : real[3, 2] = [[1, 0], [0, 1], [1, 1]]
    var x : real[2] >= 0 <= 100
    maximize sum(x)
    subject to { rows: A*x <= [2, 3, 4] }
  }`);
  expect(program.certify(at([1, 3]), defaultTolerances, {}, multipliers([0, 0, 1])).status).toBe(
    'optimal',
  );
  expect(
    program.measures.evaluate('proposed bound', { ...at([1, 3]), ...multipliers([1, 1, 0]) })
      .data[0],
  ).toBeCloseTo(5, 12);
});
