// The facts of expressions as a user writes them: one line a rule. Soundness is tested on random programs (soundness.test.ts); here, that
// what ought to be recognised is.
import { describe, expect, test } from 'vitest';
import { createFacts } from '../../compiler/problem/facts/facts.ts';
import { interval } from '../../compiler/problem/facts/interval.ts';
import { printNode } from '../../compiler/tensor/print.ts';
import { interpretScalar } from '../../compiler/tensor/interpret.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { randomFrom } from './random-expression.ts';
import { study } from './support.ts';

const declarations = `
  function huber1(r : real) = if abs(r) <= 1 then r^2/2 else abs(r) - 1/2
  function huberd(r : real, d : real) = if abs(r) <= d then r^2/2 else d*(abs(r) - d/2)
  function logloss(t : real) = log1p(exp(-abs(t))) + max(-t, 0)
  function pinball(r : real, tau : real) = max(tau * r, (tau - 1) * r)
  param n : int = 4
  data A : real[3, n]
  data b : real[3]
  data Q : real[n, n]
  param lambda : real >= 0 = 1
  param mu : real = 1
  param tau : real >= 0 <= 1 = 0.5
  param d : real > 0 = 1
  var x : real[n]
  var y : real[n]
  var s : real
  var t : real > 0
  var p : real[n] >= 0
  var M : real[n, n] in psd
  var U : real[3, n]
  var B : real[2] >= -1 <= 1`;

function factsOf(expression: string): {
  readonly curvature: string;
  readonly smooth: string;
  readonly lipschitz: boolean;
  readonly separable: string;
  readonly quadratic: string;
  readonly condition: string | undefined;
  readonly culprit: string | undefined;
} {
  const [{ facts }] = study(`problem p {${declarations}\n  minimize ${expression}\n}`);
  const [goal] = facts.level.goals;
  const { node } = goal;
  if (node === undefined) throw new Error('no goal');
  const fact = goal.facts.curvature(node);
  return {
    curvature: fact.curvature,
    smooth: goal.facts.isSmooth(node).kind,
    lipschitz: goal.facts.lipschitz(node).bound !== undefined,
    separable: goal.facts.isSeparable(node).kind,
    quadratic: goal.facts.isQuadratic(node).kind,
    condition: fact.condition === undefined ? undefined : printNode(fact.condition),
    culprit: fact.culprit === undefined ? undefined : printNode(fact.culprit),
  };
}

describe('curvature', () => {
  test.each([
    ['sum(x)', 'affine'],
    ["b'*A*x + 3*s", 'affine'],
    ['sumsq(A*x - b)', 'convex'],
    ['norm(A*x - b)', 'convex'],
    ['norm(x, 1)', 'convex'],
    ['norm(x, 3)', 'convex'],
    ['norm(x, inf)', 'convex'],
    ['norm(U, "fro")', 'convex'],
    ['norm(U, "op")', 'convex'],
    ['norm(U, "nuc")', 'convex'],
    ['sqrt(1 + sumsq(x))', 'convex'],
    ['max(abs(x)) + max(s, 2*s - 1)', 'convex'],
    ['min(x)', 'concave'],
    ['logsumexp(A*x)', 'convex'],
    ['mean(softplus(A*x - b))', 'convex'],
    ['sum(log1p(exp(A*x - b)))', 'convex'],
    ['mean(logloss(A*x - b))', 'convex'],
    ['sum(huber1(A*x - b))', 'convex'],
    ['sum(huberd(A*x - b, d))', 'convex'],
    ['sum(huber(A*x - b))', 'convex'],
    ['sum(pinball(A*x - b, tau))', 'convex'],
    ['sum(pos(1 - A*x))', 'convex'],
    ['sum(max(abs(A*x - b) - 0.1, 0))', 'convex'],
    ['exp(sumsq(x))', 'convex'],
    ['log(t)', 'concave'],
    ['-log(t) + t^2', 'convex'],
    ['1/t', 'convex'],
    ['sqrt(t)', 'concave'],
    ['t^1.5', 'convex'],
    ['s^4', 'convex'],
    ['entropy(p)', 'concave'],
    ['sum(xlogx(p))', 'convex'],
    ['sum(kl_div(p, x))', 'convex'],
    ['quad_over_lin(x, t)', 'convex'],
    ['t * sumsq(x/t)', 'convex'],

    ['geo_mean(p)', 'concave'],
    ['sqrt(p[1]*p[2])', 'concave'],
    ['1/(t*p[1])', 'convex'],
    ['sum_largest(x, 2)', 'convex'],
    ['lambda_max(M)', 'convex'],
    ['lambda_min(M)', 'concave'],
    ['logdet(M)', 'concave'],
    ['trace(inv(M))', 'convex'],
    ["x'*inv(M)*x", 'convex'],
    ["logdet(A*diag(p)*A')", 'concave'],
    ["x'*(A'*A)*x", 'convex'],
    ['(s + t)^2 - 0.5*s*t', 'convex'],
    ['perspective(exp, s, t)', 'convex'],
    ['fold(z = s for k in 1..5) max(z, 0.5*z + x[1])', 'convex'],
    ['sumsq(scan(z = s for k in 1..n) 0.9*z + x[k])', 'convex'],
    ['s*t', 'unknown'],
    ['sin(s)', 'unknown'],
    ['sum(min(abs(x), 1))', 'unknown'],
    ['x[1]*x[2]', 'unknown'],
    ['norm(x) * s', 'unknown'],
  ])('%s is %s', (expression, curvature) => {
    const fact = factsOf(expression);
    expect(`${fact.curvature} ${fact.condition ?? ''}`.trim()).toBe(curvature);
  });

  test.each([
    ['mu * sumsq(x)', /0 <= mu/],
    ["x'*Q*x", /eigenvalues/],
    ['sum(Q[1, :] .* x.^2)', /all\(0 <= /],
  ])('%s is convex under a condition', (expression, condition) => {
    const fact = factsOf(expression);
    expect(fact.curvature).toBe('convex');
    expect(fact.condition).toMatch(condition);
  });

  test('the smallest part that breaks the rules is named', () => {
    expect(factsOf('sumsq(x) + exp(x[1]*x[2]) + norm(y)').culprit).toBe('x[1]*x[2]');
    expect(factsOf('sumsq(A*x) + sum(sin(x))').culprit).toBe('sin(x)');
    expect(factsOf('s^2 - exp(s)').culprit).toBe('exp(s)');
  });
});

describe('smoothness', () => {
  test.each([
    ['sumsq(A*x - b)', 'yes', true],
    ['mean(logloss(A*x - b))', 'yes', true],
    ['sum(huber1(A*x - b))', 'yes', true],
    ['mean(softplus(A*x - b)) + lambda/2*sumsq(x)', 'yes', true],
    ['logsumexp(A*x)', 'yes', true],
    ['sum(sqrt(x.^2 + 0.01))', 'yes', true],
    ['sum(log1p(x.^2))', 'yes', true],
    ['norm(x)^2', 'yes', true],
    ['sum(pos(x).^2)', 'yes', true],
    ['sumsq(scan(z = s for k in 1..4) 0.9*z + x[1])', 'yes', true],
    ['B[1]^4*B[2] - B[2]^3', 'yes', true],
    ['100*(x[2] - x[1]^2)^2 + (1 - x[1])^2', 'yes', false],
    ['exp(s)', 'yes', false],
    ['norm(x, 1)', 'unknown', false],
    ['norm(x)', 'unknown', false],
    ['sum(pos(x))', 'unknown', false],
    ['lambda_max(M)', 'unknown', false],
    ['sum(floor(x))', 'unknown', false],
  ])('%s: smooth %s, Lipschitz constant known %s', (expression, smooth, lipschitz) => {
    const fact = factsOf(expression);
    expect([fact.smooth, fact.lipschitz]).toEqual([smooth, lipschitz]);
  });
});

describe('forms', () => {
  test.each([
    ['norm(x, 1) + sumsq(x) + 3*s', 'yes'],
    ['sum(exp(x))', 'yes'],
    ['sumsq(A*x)', 'unknown'],
    ['norm(x)', 'unknown'],
  ])('%s: separable %s', (expression, separable) => {
    expect(factsOf(expression).separable).toBe(separable);
  });

  test.each([
    ["x'*Q*y + sum(x)", 'yes'],
    ['s*x[1] + 2', 'yes'],
    ['s^3', 'unknown'],
    ['abs(s)', 'unknown'],
  ])('%s: quadratic %s', (expression, quadratic) => {
    expect(factsOf(expression).quadratic).toBe(quadratic);
  });

  test('bilinear in two groups, linear in a block', () => {
    const [{ facts }] = study(`problem p {${declarations}\n  minimize x'*Q*y + sum(y)*s\n}`);
    const [goal] = facts.level.goals;
    const input = (name: string) => {
      const found = goal.variables.find((v) => v.name === name);
      if (found === undefined) throw new Error(name);
      return found.input;
    };
    const { node } = goal;
    if (node === undefined) throw new Error('no goal');
    expect(goal.facts.isBilinear(node).kind).toBe('yes');
    expect(goal.facts.isBilinear(node, [[input('x'), input('s')], [input('y')]]).kind).toBe('yes');
    expect(goal.facts.isBilinear(node, [[input('x'), input('y')], [input('s')]]).kind).toBe(
      'unknown',
    );
    expect(goal.facts.isAffine(node, [input('x')]).kind).toBe('yes');
    expect(goal.facts.isAffine(node).kind).toBe('unknown');
  });

  test('monotone operators', () => {
    const graph = createGraph();
    const z = graph.input('z', 'variable', realType([2]));
    const facts = createFacts(graph, [z], { ranges: new Map(), semidefinite: new Set() });
    const times = (...entries: number[]) => graph.matvec(graph.literal(entries, [2, 2]), z);
    expect(facts.isMonotone(times(0, 1, -1, 0)).kind).toBe('yes');
    expect(facts.isMonotone(times(1, 3, 0, 1)).kind).toBe('unknown');
    expect(facts.isMonotone(graph.add(times(0, 1, -1, 0), graph.exp(z))).kind).toBe('yes');
    expect(facts.isMonotone(graph.neg(graph.exp(z))).kind).toBe('unknown');
  });
});

/** Functions of semidefinite matrices against random pairs: what random programs of vectors do not reach. */
describe('atoms of matrices hold between random matrices', () => {
  const size = 3;
  const graph = createGraph();
  const M = graph.input('M', 'variable', realType([size, size]));
  const x = graph.input('x', 'variable', realType([size]));
  const p = graph.input('p', 'variable', realType([size]));
  const facts = createFacts(graph, [M, x, p], {
    ranges: new Map([[p, interval(0, Infinity)]]),
    semidefinite: new Set([M]),
  });
  const V = graph.literal([1, 2, -1, 0.5, 0, 3, -2, 1, 1], [3, 3]);
  const inverse = graph.solve(M, graph.eye(size));
  const [values] = graph.eigh(M);
  const cases = {
    'log det by Cholesky': graph.sum(graph.log(graph.diagonal(graph.cholesky(M)))),
    'log det': graph.logabsdet(M)[0],
    'log det of a congruence': graph.logabsdet(
      graph.matmul(graph.matmul(graph.transpose(V), graph.diagonalMatrix(p)), V),
    )[0],
    'trace of the inverse': graph.trace(inverse),
    "x' inv(M) x": graph.dot(x, graph.matvec(inverse, x)),
    'largest eigenvalue': graph.at(values, 0, size - 1),
    'smallest eigenvalue': graph.at(values, 0, 0),
    'two largest eigenvalues': graph.sum(graph.sliceAxis(values, 0, 1, 2)),
    'exponentials of eigenvalues': graph.sum(graph.exp(values)),
    'nuclear norm': graph.sum(graph.svd(graph.sub(M, V))[1]),
    'operator norm': graph.at(graph.svd(graph.sub(M, V))[1], 0, 0),
    'two largest entries': graph.sum(graph.sliceAxis(graph.sort(x, 0, true), 0, 0, 2)),
  };
  const random = randomFrom(7);
  const numbers = (count: number): number[] =>
    Array.from({ length: count }, () => 4 * random() - 2);
  const semidefinite = (): number[] => {
    const L = numbers(9);
    return Array.from({ length: 9 }, (_, k) => {
      const [i, j] = [Math.floor(k / 3), k % 3];
      return [0, 1, 2].reduce((sum, l) => sum + L[3 * i + l] * L[3 * j + l], i === j ? 0.2 : 0);
    });
  };
  const point = (): readonly number[] => [
    ...semidefinite(),
    ...numbers(3),
    ...numbers(3).map((v) => Math.abs(v) + 0.1),
  ];
  const at = (node: Parameters<typeof interpretScalar>[0], point: readonly number[]): number => {
    const part = (from: number, shape: readonly number[]) => ({
      storage: 'dense' as const,
      shape,
      data: Float64Array.from(point.slice(from, from + shape.reduce((a, b) => a * b, 1))),
    });
    return interpretScalar(node, {
      inputs: { M: part(0, [3, 3]), x: part(9, [3]), p: part(12, [3]) },
    });
  };

  test.each(Object.entries(cases))('%s', (_, node) => {
    const { curvature } = facts.curvature(node);
    expect(['convex', 'concave']).toContain(curvature);
    const sign = curvature === 'convex' ? 1 : -1;
    for (let k = 0; k < 60; k++) {
      const [a, b] = [point(), point()];
      const middle = a.map((value, j) => (value + b[j]) / 2);
      const gap = (at(node, a) + at(node, b)) / 2 - at(node, middle);
      expect(sign * gap).toBeGreaterThan(-1e-9);
    }
  });
});
