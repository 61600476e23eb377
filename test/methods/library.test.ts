// Every method of the library on problems of its kind, in the reference interpreter, against answers known without it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  libraryFiles,
  libraryMethods,
  load,
  matchUse,
  methodsOf,
  readLibrary,
  runStep,
} from '../match/pipeline.ts';

const data = `
  data A : real[6, 3] = [sin(i*j) + cos(i + 2*j) for i in 1..6, j in 1..3]
  data b : real[6] = [sin(7*i) for i in 1..6]
`;

interface Kind {
  readonly members: string;
  /** The least value, from a formula or the gallery. */
  readonly known: number;
}

/** min |x - p|^2/2 + |x|: soft thresholds of p. */
const shrunk = [1.5, -0.4, 3].map((p) => Math.sign(p) * Math.max(Math.abs(p) - 1, 0));
const softValue = [1.5, -0.4, 3].reduce(
  (sum, p, i) => sum + (shrunk[i] - p) ** 2 / 2 + Math.abs(shrunk[i]),
  0,
);

const kinds = {
  /** sum i (x_i - i)^2: zero. */
  bowl: { members: 'var x : real[4]\nminimize sum(i in 1..4) i*(x[i] - i)^2', known: 0 },
  rosenbrock: {
    members: 'var x : real[2] start [-1.2, 1]\nminimize 100*(x[2] - x[1]^2)^2 + (1 - x[1])^2',
    known: 0,
  },
  /** The first coordinate is held at 2: (2 - 3)^2. */
  boxed: {
    members: 'var x : real[2] >= [0, 0] <= 2\nminimize (x[1] - 3)^2 + (x[2] - 1)^4',
    known: 1,
  },
  soft: {
    members:
      'data p : real[3] = [1.5, -0.4, 3]\nvar x : real[3]\nminimize sumsq(x - p)/2 + norm(x, 1)',
    known: softValue,
  },
  /** The same with a compressed matrix. */
  compressed: {
    members:
      'data p : real[3] = [1.5, -0.4, 3]\nsparse data P : real[3, 3] = eye(3)\nvar x : real[3]\nminimize sumsq(P*x - p)/2 + norm(x, 1)',
    known: softValue,
  },
  /** The same within bounds: [0.5, 0, 2]. */
  nonnegative: {
    members:
      'data p : real[3] = [1.5, -0.4, 3]\nvar x : real[3] >= 0\nminimize sumsq(x - p)/2 + sum(x)',
    known: 3.58,
  },
  /** Two points of the line: the mean of two neighbours moves by the penalty. */
  fused: {
    members:
      'data y : real[2] = [0, 3]\nvar x : real[2]\nminimize sumsq(x - y)/2 + abs(x[2] - x[1])',
    known: 1 / 2 + 1 / 2 + 1,
  },
  /** The nearest point of the simplex to (1, 0.5, -1) is (0.75, 0.25, 0). */
  simplex: {
    members: 'data p : real[3] = [1, 0.5, -1]\nvar x : real[3] in simplex\nminimize sumsq(x - p)/2',
    known: (0.25 ** 2 + 0.25 ** 2 + 1) / 2,
  },
  /** The smallest eigenvalue of diag(1, 2, 5) is 1. */
  sphere: {
    members: 'var x : real[3] in sphere start [1, 1, 1]\nminimize x[1]^2 + 2*x[2]^2 + 5*x[3]^2',
    known: 1,
  },
  mean: {
    members:
      'data y : real[8] = [i/4 for i in 1..8]\nvar x : real\nminimize E(i in 1..8) (x - y[i])^2',
    // The variance of 1/4 … 2.
    known: 63 / 12 / 16,
  },
  decay: {
    members:
      'data t : real[8] = [0.3*i for i in 1..8]\nvar k : real[2] >= 0 <= 4 start [1, 1]\nminimize sumsq(k[1]*exp(-k[2]*t) - 3*exp(-0.7*t))',
    known: 0,
  },
  /** Least of two bowls, from the side of the lower one. */
  kinked: {
    members: 'var x : real start 3\nminimize min((x - 2)^2, (x + 2)^2 + 1)',
    known: 0,
  },
} satisfies Readonly<Record<string, Kind>>;

const runs: readonly (readonly [string, keyof typeof kinds, number, number])[] = [
  ['gradient_descent', 'bowl', 120, 1e-8],
  ['gradient_line_search', 'bowl', 60, 1e-10],
  ['gradient_line_search', 'rosenbrock', 300, 1e-8],
  ['nesterov', 'bowl', 120, 1e-8],
  ['conjugate_gradient', 'bowl', 5, 1e-12],
  ['lbfgs', 'bowl', 30, 1e-14],
  ['lbfgs', 'rosenbrock', 60, 1e-12],
  ['lbfgs', 'boxed', 60, 1e-8],
  ['lbfgs', 'simplex', 40, 1e-10],
  ['newton', 'bowl', 9, 1e-14],
  ['newton', 'rosenbrock', 40, 1e-14],
  ['newton', 'boxed', 60, 1e-8],
  ['newton', 'simplex', 60, 1e-9],
  ['ista', 'soft', 40, 1e-10],
  ['fista', 'soft', 60, 1e-10],
  ['proximal_gradient', 'soft', 30, 1e-10],
  ['coordinate_descent', 'soft', 30, 1e-12],
  ['working_set', 'soft', 10, 1e-12],
  ['working_set(share = 1)', 'soft', 10, 1e-12],
  ['working_set', 'nonnegative', 10, 1e-12],
  ['working_set', 'compressed', 10, 1e-12],
  ['projected_gradient', 'boxed', 80, 1e-8],
  ['projected_gradient', 'simplex', 30, 1e-10],
  ['frank_wolfe', 'simplex', 300, 1e-3],
  ['mirror_descent', 'simplex', 200, 1e-7],
  ['admm', 'fused', 120, 1e-8],
  ['admm', 'soft', 120, 1e-8],
  ['chambolle_pock', 'fused', 200, 1e-6],
  ['sgd(step = 0.5, decay = 0.05)', 'mean', 80, 1e-8],
  ['sgd(step = 0.2, decay = 0.2, batch = 2)', 'mean', 400, 3e-2],
  ['adam(step = 0.05)', 'mean', 200, 1e-3],
  ['levenberg_marquardt', 'decay', 25, 1e-10],
  ['riemannian_gradient', 'sphere', 60, 1e-9],
  ['nonsmooth_lbfgs', 'kinked', 30, 1e-10],
];

describe('methods reach the known value', () => {
  test.each(runs)('%s on %s', (use, kind, iterations, tolerance) => {
    const { members, known } = kinds[kind];
    const loaded = load(`problem p {\n${data}\n${members}\n}`);
    expect(loaded.diagnostics).toEqual([]);
    const match = matchUse(loaded, use);
    if (match.kind !== 'step') throw new Error(JSON.stringify(match));
    const { value, iterations: done } = runStep(loaded, match.step, iterations);
    expect(done).toBeGreaterThan(0);
    expect(Math.abs(value - known)).toBeLessThan(tolerance);
  });

  test('every method of the library is tried here or beside, or solved by the runtime', () => {
    const beside = readdirSync(import.meta.dirname).map((file) =>
      readFileSync(path.join(import.meta.dirname, file), 'utf8'),
    );
    const isTried = (name: string): boolean =>
      beside.some((text) => new RegExp(`\\b${name}\\b`).test(text));
    const rest = libraryMethods().filter(
      ({ name, native }) => !isTried(name) && native === undefined,
    );
    expect(rest.map(({ name }) => name)).toEqual([]);
  });
});

describe('the texts', () => {
  test.each(libraryFiles)(
    '%s reads without a message, and says its source and when to use it',
    (file) => {
      const { methods, diagnostics } = methodsOf(readLibrary(file));
      expect(diagnostics).toEqual([]);
      expect(methods.map(({ name }) => `${name}.opt`)).toEqual([file]);
      const [{ doc }] = methods;
      expect(doc).toMatch(/\(.*(18|19|20)\d\d/);
      expect(doc).toContain('Use it');
    },
  );
});

describe('counts', () => {
  const counted = (use: string, members: string, iterations: number): Record<string, number> => {
    const loaded = load(`problem p {\n${data}\n${members}\n}`);
    const match = matchUse(loaded, use);
    if (match.kind !== 'step') throw new Error(JSON.stringify(match));
    const { counts } = runStep(loaded, match.step, iterations);
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  };
  const lasso = 'var x : real[3]\nminimize sumsq(A*x - b)/2 + norm(x, 1)';

  test('one gradient and one prox an iteration', () => {
    expect(counted('ista', lasso, 7)).toEqual({ grads: 7, proxes: 7 });
    expect(counted('fista', lasso, 7)).toEqual({ grads: 7, proxes: 7 });
  });

  test('one product with the Hessian an iteration', () => {
    expect(counted('conjugate_gradient', 'var x : real[3]\nminimize sumsq(A*x - b)', 2)).toEqual({
      grads: 1,
      hvps: 2,
    });
  });

  test('a gradient of a batch counts once, and its samples', () => {
    const mean = 'var x : real[3]\nminimize E(i in 1..6) (A[i, :]*x - b[i])^2';
    expect(counted('sgd(batch = 2)', mean, 5)).toEqual({ grads: 5, samples: 10 });
  });

  test('nothing is counted for the projection onto the whole space', () => {
    const { projections } = counted(
      'projected_gradient',
      'var x : real[3]\nminimize sumsq(A*x - b)',
      3,
    );
    expect(projections).toBe(undefined);
  });
});
