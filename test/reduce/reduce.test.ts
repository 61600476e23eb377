// Each reduction: both sides solved, the way back taken, refusals in words.
import { describe, expect, test } from 'vitest';
import { nativePlan } from '../../compiler/match/native.ts';
import { matchPattern } from '../../compiler/match/match-pattern.ts';
import { reduceProblem, type ReductionRequest } from '../../compiler/reduce/reduce.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import { highsProgram, loadHighs } from '../../runtime/native/highs.ts';
import {
  inputsOf,
  libraryMethods,
  load,
  matchUse,
  reduced,
  runStep,
  type Loaded,
} from '../match/pipeline.ts';
import { nowhere, numbers, stream } from '../match/support.ts';

const data = `
  data A : real[7, 2] = [sin(i*j) + cos(i + 2*j) for i in 1..7, j in 1..2]
  data b : real[7] = [2*sin(5*i) for i in 1..7]
`;
const problem = (members: string): Loaded => load(`problem p {\n${data}\n${members}\n}`);

const solve = (loaded: Loaded, use: string, iterations: number): number => {
  const match = matchUse(loaded, use);
  if (match.kind !== 'step') throw new Error(JSON.stringify(match));
  return runStep(loaded, match.step, iterations).value;
};

const refusal = (
  loaded: Loaded,
  name: 'hadamard' | 'epigraph' | 'smooth' | 'scalarize' | 'relax' | 'kkt',
  more: Partial<ReductionRequest> = {},
): string => {
  const { lowering, problem: written } = loaded.lowered;
  const request = { name, args: [], span: nowhere, ...more };
  const found = reduceProblem(lowering.graph, written, [request]);
  return found.kind === 'failed'
    ? found.diagnostics.map(({ code, message }) => `${code} ${message}`).join()
    : 'accepted';
};

describe('hadamard', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['one variable', 'var x : real[2]\nminimize sumsq(A*x - b)/2 + 3*norm(x, 1)'],
    ['weights', 'var x : real[2]\nminimize sumsq(A*x - b)/2 + 2*abs(x[1]) + 0.1*abs(3*x[2])'],
    [
      'maximised, with a free variable',
      'var x : real[2]\nvar c : real\nmaximize -sumsq(A*x + c - b)/2 - 2*norm(x, 1)',
    ],
    ['a start', 'var x : real[2] start [5, -2]\nminimize sumsq(A*x - b)/2 + 3*norm(x, 1)'],
  ];
  test.each(cases)('%s: the same value as without it', (_, members) => {
    const written = problem(members);
    const { loaded, invert } = reduced(written, () => [
      { name: 'hadamard', args: [], span: nowhere },
    ]);
    const match = matchUse(loaded, 'lbfgs');
    if (match.kind !== 'step') throw new Error(JSON.stringify(match));
    const { value, answer } = runStep(loaded, match.step, 60, { invert, written });
    expect(value).toBeCloseTo(solve(written, 'fista', 150), 8);
    expect(Object.keys(answer)).toEqual(
      written.lowered.problem.level.variables.map(({ name }) => name),
    );
  });

  test('the start is the start of the problem', () => {
    const written = problem(
      'var x : real[2] start [5, -0.02]\nminimize sumsq(A*x - b) + norm(x, 1)',
    );
    const { loaded, invert } = reduced(written, () => [
      { name: 'hadamard', args: [], span: nowhere },
    ]);
    const match = matchUse(loaded, 'lbfgs');
    if (match.kind !== 'step') throw new Error('no step');
    const starts = new Map(
      match.step.startAnswer.map(({ variable, node }) => [variable.name, node]),
    );
    const x = invert(starts).get('x');
    if (x === undefined) throw new Error('no x');
    const { values } = interpret([x], { inputs: inputsOf(written) });
    expect([...values[0].data].map((entry) => Number(entry.toFixed(12)))).toEqual([5, -0.02]);
  });

  test('refuses what it cannot write', () => {
    expect(refusal(problem('var x : real[2]\nminimize sumsq(x)'), 'hadamard')).toContain(
      'no term is a 1-norm',
    );
    expect(
      refusal(problem('var x : real[2] >= 0\nminimize sumsq(A*x - b) + norm(x, 1)'), 'hadamard'),
    ).toContain('`x` has bounds');
  });
});

/** Least absolute deviations and quantiles over all lines through two data points: one of them is a solution. */
function bestOfVertices(
  A: readonly number[],
  b: readonly number[],
  loss: (r: number) => number,
): number {
  let best = Infinity;
  const row = (i: number): readonly [number, number] => [A[2 * i], A[2 * i + 1]];
  for (let i = 0; i < 7; i++)
    for (let j = 0; j < i; j++) {
      const [[p, q], [r, s]] = [row(i), row(j)];
      const det = p * s - q * r;
      const x = [(b[i] * s - q * b[j]) / det, (p * b[j] - r * b[i]) / det];
      const total = b.reduce((sum, y, k) => sum + loss(y - row(k)[0] * x[0] - row(k)[1] * x[1]), 0);
      best = Math.min(best, total);
    }
  return best;
}

describe('epigraph', () => {
  const throughHighs = async (members: string): Promise<number> => {
    const written = problem(members);
    const { loaded, invert } = reduced(written, () => [
      { name: 'epigraph', args: [], span: nowhere },
    ]);
    const method = libraryMethods().find(({ name }) => name === 'highs');
    const { graph } = loaded.lowered.lowering;
    const match = method && matchPattern(graph, method, loaded.lowered.problem);
    if (method === undefined || match?.kind !== 'roles') throw new Error('highs does not match');
    const made = nativePlan(method, 'highs', match.roles, loaded.lowered.problem);
    if (made.kind !== 'plan') throw new Error('no plan');
    const given = inputsOf(loaded);
    const names = Object.keys(made.plan.inputs);
    const { values } = interpret(Object.values(made.plan.inputs), { inputs: given });
    const array = (name: string): Float64Array => values[names.indexOf(name)].data;
    const answer: { x: Float64Array } = { x: new Float64Array(0) };
    const program = highsProgram(
      await loadHighs(),
      {
        offset: array('offset')[0],
        c: array('c'),
        A: array('A'),
        rowLower: array('rowLower'),
        rowUpper: array('rowUpper'),
        lower: array('lower'),
        upper: array('upper'),
        integer: array('integer'),
        Q: names.includes('Q') ? array('Q') : undefined,
      },
      (x) => {
        answer.x = x;
        return {};
      },
      () => undefined,
    );
    program.init();
    program.step(1);
    program.answer();
    let offset = 0;
    const point: Record<string, ReturnType<typeof numbers>> = {};
    for (const { name, shape } of made.plan.variables) {
      const sizes = shape.map(({ key }) => Number(key));
      const size = sizes.reduce((a, c) => a * c, 1);
      point[`variable:${name}`] = numbers([...answer.x.slice(offset, offset + size)], sizes);
      offset += size;
    }
    const back = invert(new Map(made.plan.variables.map(({ name, input }) => [name, input])));
    const node = written.lowered.problem.level.goals[0].node;
    expect([...back.keys()]).toEqual(
      written.lowered.problem.level.variables.map(({ name }) => name),
    );
    return node === undefined
      ? Number.NaN
      : interpret([node], { inputs: { ...given, ...point } }).values[0].data[0];
  };
  const arrays = (): readonly [readonly number[], readonly number[]] => {
    const given = inputsOf(problem('var x : real[2]\nminimize sumsq(x)'));
    const of = (name: string): readonly number[] => {
      const value = given[name];
      return typeof value === 'number' ? [value] : [...value.data];
    };
    return [of('A'), of('b')];
  };

  test('least absolute deviations', async () => {
    const [A, b] = arrays();
    const value = await throughHighs('var x : real[2]\nminimize norm(A*x - b, 1)');
    expect(value).toBeCloseTo(bestOfVertices(A, b, Math.abs), 9);
  });

  test('quantiles', async () => {
    const [A, b] = arrays();
    const value = await throughHighs(
      'var x : real[2]\nminimize mean(max(0.8*(b - A*x), -0.2*(b - A*x)))',
    );
    const loss = (r: number): number => Math.max(0.8 * r, -0.2 * r) / 7;
    expect(value).toBeCloseTo(bestOfVertices(A, b, loss), 9);
  });

  test('a largest entry, maximised as its negative', async () => {
    const down = await throughHighs('var x : real[2] >= -1 <= 1\nminimize norm(A*x - b, inf)');
    const up = await throughHighs('var x : real[2] >= -1 <= 1\nmaximize -max(abs(A*x - b))');
    expect(up).toBeCloseTo(-down, 9);
    // No point of a fine grid is better.
    const [A, b] = arrays();
    for (let p = -1; p <= 1; p += 0.05)
      for (let q = -1; q <= 1; q += 0.05) {
        const worst = Math.max(...b.map((y, i) => Math.abs(A[2 * i] * p + A[2 * i + 1] * q - y)));
        expect(worst).toBeGreaterThan(down - 1e-9);
      }
  });

  test('a smooth part stays, as a quadratic program', async () => {
    const value = await throughHighs('var x : real[2]\nminimize sumsq(A*x - b)/2 + 3*norm(x, 1)');
    const written = problem('var x : real[2]\nminimize sumsq(A*x - b)/2 + 3*norm(x, 1)');
    expect(value).toBeCloseTo(solve(written, 'fista', 150), 6);
  });

  test('refuses what is smooth or not piecewise linear', () => {
    expect(refusal(problem('var x : real[2]\nminimize sumsq(x)'), 'epigraph')).toContain(
      'the goal is smooth',
    );
    expect(refusal(problem('var x : real[2]\nminimize norm(A*x - b)'), 'epigraph')).toContain(
      'no sum of absolute values',
    );
    expect(
      refusal(problem('var x : real[2] >= 0 <= 1\nminimize -norm(x, 1)'), 'epigraph'),
    ).not.toBe('accepted');
  });
});

describe('smooth', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['absolute values', 'norm(A*x - b, 1)', 7 / 2],
    ['positive parts', 'sum(pos(A*x - b))', 7 * Math.log(2)],
    ['a largest entry', 'max(A*x - b)', Math.log(7)],
    ['a largest absolute value', 'norm(A*x - b, inf)', Math.log(14)],
    ['a norm', 'norm(A*x - b)', 1],
  ];
  const smoothed = (
    goal: string,
    mu: number,
  ): { readonly written: Loaded; readonly loaded: Loaded } => {
    const written = problem(`var x : real[2]\nminimize ${goal} + sumsq(x)/10`);
    const { loaded } = reduced(written, ({ lowering }) => [
      { name: 'smooth', args: [lowering.graph.constant(mu)], span: nowhere },
    ]);
    return { written, loaded };
  };

  test.each(cases)('%s: within the bound everywhere', (_, goal, factor) => {
    const mu = 0.05;
    const { written, loaded } = smoothed(goal, mu);
    const [before, after] = [written, loaded].map(
      ({ lowered }) => lowered.problem.level.goals[0].node,
    );
    if (before === undefined || after === undefined) throw new Error('no goal');
    const given = inputsOf(written);
    const next = stream(2);
    for (let k = 0; k < 20; k++) {
      const x = numbers([3 * next(), 3 * next()]);
      const { values } = interpret([before, after], { inputs: { ...given, 'variable:x': x } });
      const difference = Math.abs(values[0].data[0] - values[1].data[0]);
      expect(difference).toBeLessThanOrEqual(factor * mu + 1e-12);
    }
  });

  test.each(cases)('%s: a smooth method solves it to within the bound', (_, goal, factor) => {
    const mu = 1e-3;
    const { written, loaded } = smoothed(goal, mu);
    const match = matchUse(loaded, 'lbfgs');
    if (match.kind !== 'step') throw new Error(JSON.stringify(match));
    const { value } = runStep(loaded, match.step, 60, { written });
    const exact = solve(written, 'nonsmooth_lbfgs', 80);
    expect(value - exact).toBeLessThan(2 * factor * mu);
    expect(value - exact).toBeGreaterThan(-1e-6);
  });
});

test('scalarize adds objectives, and their weights must fit', () => {
  const written = problem('var x : real\nminimize [x^2, (x - 2)^2]');
  const { loaded } = reduced(written, ({ lowering }) => [
    { name: 'scalarize', args: [lowering.graph.literal([0.25, 0.75])], span: nowhere },
  ]);
  // x^2/4 + 3 (x - 2)^2/4 is least at 1.5, where it is 3/4.
  expect(solve(loaded, 'newton', 5)).toBeCloseTo(0.75, 12);
  expect(refusal(written, 'scalarize')).toContain('it takes a list of weights');
  expect(refusal(problem('var x : real\nminimize x^2'), 'scalarize')).toContain(
    'one number already',
  );
});

test('scalarize by the largest distance, and by limits', () => {
  const written = problem('var x : real\nminimize [x^2, (x - 2)^2]');
  const { loaded: worst } = reduced(written, ({ lowering }) => [
    {
      name: 'scalarize',
      args: [lowering.graph.literal([1, 4]), lowering.graph.literal([0, 0])],
      rule: 'tchebycheff',
      span: nowhere,
    },
  ]);
  // x = 2 (2 - x) at 4/3.
  expect(solve(worst, 'nonsmooth_lbfgs', 60)).toBeCloseTo(16 / 9, 6);
  const rho = 50;
  const { loaded: limited } = reduced(written, ({ lowering }) => [
    {
      name: 'scalarize',
      args: [lowering.graph.literal([Infinity, 1]), lowering.graph.constant(rho)],
      rule: 'epsilon',
      span: nowhere,
    },
  ]);
  const penalised = (x: number): number => x ** 2 + (rho / 2) * Math.max((x - 2) ** 2 - 1, 0) ** 2;
  const grid = Array.from({ length: 200_001 }, (_, k) => penalised(k / 100_000));
  expect(solve(limited, 'nonsmooth_lbfgs', 60)).toBeCloseTo(
    Math.min(...grid.slice(50_000, 150_000)),
    6,
  );
  expect(
    refusal(written, 'scalarize', {
      args: [written.lowered.lowering.graph.literal([Infinity, 1])],
      rule: 'epsilon',
    }),
  ).toContain('weight of the penalty');
});

test('relax makes whole numbers real', () => {
  const written = problem('var x : int >= 0 <= 3\nminimize (x - 1.4)^2');
  const { loaded } = reduced(written, () => [{ name: 'relax', args: [], span: nowhere }]);
  expect(solve(loaded, 'lbfgs', 20)).toBeCloseTo(0, 12);
  expect(refusal(problem('var x : real\nminimize x^2'), 'relax')).toContain('real already');
});

test('reductions compose, and what is not built says so', () => {
  const written = problem('var x : real[2]\nminimize [sumsq(A*x - b), norm(x, 1)]');
  const { loaded, invert } = reduced(written, ({ lowering }) => [
    { name: 'scalarize', args: [lowering.graph.literal([0.5, 3])], span: nowhere },
    { name: 'hadamard', args: [], span: nowhere },
  ]);
  const match = matchUse(loaded, 'lbfgs');
  if (match.kind !== 'step') throw new Error(JSON.stringify(match));
  const plain = problem('var x : real[2]\nminimize sumsq(A*x - b)/2 + 3*norm(x, 1)');
  const { value } = runStep(loaded, match.step, 60, { invert, written: plain });
  expect(value).toBeCloseTo(solve(plain, 'fista', 150), 8);
  expect(refusal(plain, 'kkt')).toContain('R002 `via kkt` cannot be run by this version yet');
});
