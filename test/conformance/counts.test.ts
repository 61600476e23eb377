// Oracle counts of five methods: generated programs, the counters of the reference interpreter, and counts by hand agree exactly.
import { describe, expect, test } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { OracleCounts } from '../../runtime/program.ts';
import { noCounts, oracleNames } from '../../runtime/trace.ts';
import { errorsOf, openText, solvesOf } from './program.ts';
import { referenceRun } from './reference-run.ts';

const iterations = 12;

type Counts = Partial<OracleCounts>;
type Reports = readonly Readonly<Record<string, number>>[];

interface Case {
  readonly method: string;
  readonly problem: string;
  /** What the method asks for, counted by reading it; reports tell how often it searched. */
  readonly byHand: (reports: Reports) => Counts;
}

const bowl = `
  data A : real[6, 3] = [sin(i*j) + cos(i + 2*j) for i in 1..6, j in 1..3]
  data b : real[6] = [sin(7*i) for i in 1..6]
  var x : real[3] start ones
`;

/** The steps that a search by doubling and halving from 1 tries until it ends at `last`. */
function tries(last: number): number {
  let [step, low, high, count] = [1, 0, Infinity, 1];
  while (step !== last && count < 60) {
    if (last > step) low = step;
    else high = step;
    step = high < Infinity ? (low + high) / 2 : 2 * step;
    count++;
  }
  return count;
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** Frank-Wolfe on |x - p|^2 over the simplex by hand: how often the curvature is doubled. */
function doublings(p: readonly number[]): number {
  const f = (x: readonly number[]): number => sum(x.map((xi, i) => (xi - p[i]) ** 2));
  let x = p.map(() => 1 / p.length);
  let [L, value, count] = [1, f(x), 0];
  for (let k = 0; k < iterations; k++) {
    const g = x.map((xi, i) => 2 * (xi - p[i]));
    const best = g.indexOf(Math.min(...g));
    const d = x.map((xi, i) => (i === best ? 1 : 0) - xi);
    const width = -sum(g.map((gi, i) => gi * d[i]));
    const length = sum(d.map((di) => di * di));
    const along = (step: number): number[] => x.map((xi, i) => xi + step * d[i]);
    L /= 2;
    let step = Math.min(1, width / (L * length));
    while (
      !(f(along(step)) <= value - step * width + (L * step ** 2 * length) / 2 + 1e-15 * value)
    ) {
      L *= 2;
      step = Math.min(1, width / (L * length));
      count++;
    }
    x = along(step);
    value = f(x);
  }
  return count;
}

const corner = [0.4, 0.35, 0.3, -0.2];

const cases: readonly Case[] = [
  {
    method: 'gradient_descent',
    problem: `${bowl} minimize sumsq(A*x - b)`,
    byHand: () => ({ grads: iterations }),
  },
  {
    method: 'fista',
    problem: `${bowl} minimize sumsq(A*x - b) + 0.1*norm(x, 1)`,
    byHand: () => ({ grads: iterations, proxes: iterations }),
  },
  {
    method: 'frank_wolfe',
    problem: `data p : real[4] = [${corner.join(', ')}]
      var x : real[4] in simplex
      minimize sumsq(x - p)`,
    // The value at the start; in each iteration one at the new point, and one each time that the curvature is tried.
    byHand: () => ({
      grads: iterations,
      lmos: iterations,
      values: 1 + 2 * iterations + doublings(corner),
    }),
  },
  {
    method: 'lbfgs',
    problem: 'var x : real[2] start [-1.2, 1]\n minimize 100*(x[2] - x[1]^2)^2 + (1 - x[1])^2',
    byHand: (reports) => {
      const tried = 1 + sum(reports.map(({ step_size }) => tries(step_size)));
      return { values: tried, grads: tried };
    },
  },
  {
    method: 'sgd(step = 0.01, batch = 3)',
    problem: `${bowl} minimize E(i in 1..6) (A[i, :]*x - b[i])^2`,
    byHand: () => ({ grads: iterations, samples: 3 * iterations }),
  },
];

describe('oracle counts', () => {
  test.each(cases)('$method', async ({ method, problem, byHand }) => {
    const program = openText(`problem p { ${problem} }\nsolve p with ${method}`);
    expect(errorsOf(program)).toBe('');
    const [solve] = solvesOf(program);
    const opened = openSession(program.front, solve.problem, program.host, noSettings);
    if (!opened.ok) throw new Error('it does not open');
    const made = await specialise(opened.session, taskOf(solve));
    if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('\n'));
    const { create, step } = made.specialised;
    if (step === undefined) throw new Error('no step');
    const emitted = create(1);
    emitted.init();
    const reports: Record<string, number>[] = [];
    for (let k = 1; k <= iterations; k++) {
      expect(emitted.step(k)).toBe(false);
      reports.push({ ...emitted.reports() });
    }
    const interpreted = referenceRun(opened.session, step, iterations);
    for (const name of oracleNames)
      expect(`${name} ${emitted.counts[name]}`).toBe(`${name} ${interpreted.counts[name]}`);
    expect(emitted.counts).toEqual({ ...noCounts(), ...byHand(reports) });
  });
});
