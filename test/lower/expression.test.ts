// Expressions of the language, lowered, against the plain walk over the typed tree; and what the walk does not know against published values.
import { describe, expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { postorder } from '../../compiler/tensor/visit.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';
import { plainEvaluator, type Plain } from './plain-evaluator.ts';
import { lowerText, tensor, type Given } from './support.ts';

const prelude = `
problem p {
  param n : int = 5
  param m : int = 4
  set I = 1..m
  set V = 3..7
  set S = {"a", "b", "c"}
  set E = {(i, j) for i in I, j in I where i < j}
  set T = {(i, 3 - i) for i in 0..3}
  set Odd = {i for i in 1..9 where mod(i, 2) == 1}
  set P = {2, 3, 5}
  data A : real[m, n] = [sin(i*j) + 0.1*i for i in 1..m, j in 1..n]
  data B : real[3, 3] = [[4, 1, 0.5], [1, 3, -0.2], [0.5, -0.2, 2]]
  data v : real[V] = [0.3*i - 1 for i in V]
  data s : real[S] = [1, 2.5, -1]
  data e : real[E] = [i + 10*j for (i, j) in E]
  data t : real[T] = [i + 2*j for (i, j) in T]
  data o : real[Odd] = [i^2 for i in Odd]
  data q : real[P] = [1/i for i in P]
  data x : real[n] = [0.2*i + 0.05*i^2 for i in 1..n]
  data y : real[n] = [cos(i) for i in 1..n]
  data k : int[n] = [mod(3*i, 5) + 1 for i in 1..n]
  data C : real[2, 3, 4] = [i + 10*j + 100*l for i in 1..2, j in 1..3, l in 1..4]
  var z : real[n] start ones
  minimize sumsq(z)
`;

const lower = (members: string): Given => lowerText(`${prelude}\n${members}\n}`)[0];

const point = { z: tensor([5], [0.3, -1, 0.7, 2, 0.1]) };

/** The lets of a problem, lowered. */
const letsOf = (given: Given): readonly { readonly name: string; readonly node: Node }[] =>
  given.model.level.lets.map(({ name, value }) => ({
    name,
    node: given.lowered.lowering.lower(value, given.lowered.frame.scope),
  }));

/** Every let by both routes. */
function compareLets(
  given: Given,
  at: Readonly<Record<string, DenseTensor>>,
  texts: readonly string[],
): void {
  const inputs = new Map<string, Plain>(
    Object.entries(at).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
  const plain = plainEvaluator({ problem: given.model, given: inputs });
  const lowered = letsOf(given);
  expect(given.lowered.diagnostics).toEqual([]);
  given.model.level.lets.forEach((declared, k) => {
    const actual = given.value(lowered[k].node, at);
    const expected = plain.value(declared.value);
    const text = texts[k] ?? declared.name;
    expect([...actual.shape], text).toEqual([...expected.shape]);
    expected.data.forEach((value, entry) => {
      expect(actual.data[entry], `${text} [${entry}]`).toBeCloseTo(value, 9);
    });
  });
}

/** Expressions by both routes. */
function compare(expressions: readonly string[]): void {
  const given = lower(expressions.map((text, k) => `let m${k} = ${text}`).join('\n'));
  compareLets(given, point, expressions);
}

const numbers = (expression: string): readonly number[] => {
  const given = lower(`let m0 = ${expression}`);
  const [{ node }] = letsOf(given);
  expect(given.lowered.diagnostics).toEqual([]);
  return [...given.value(node, point).data];
};

describe('expressions', () => {
  test('operators and elementwise functions', () => {
    compare([
      'x + y',
      '2*x - y/3',
      "A' * A",
      'A * x',
      "x' * y",
      "x' * x",
      "x * y'",
      'A * x - [1, 2, 3, 4]',
      'A .+ x',
      'A .* x ./ (1 + x)',
      '[[1], [2], [3], [4]] .* A',
      'x.^2 + x.^3 + 2.^x',
      'B^3',
      'B^-1',
      'B \\ [1, 2, 3]',
      "A' \\ x",
      'abs(y) + sign(y) + sqrt(x) + cbrt(x) + exp(y) + log(x) + log1p(x) + expm1(y)',
      'sin(x) + cos(x) + tan(x) + asin(y/2) + acos(y/2) + atan(x) + atan2(y, x)',
      'sinh(x) + cosh(x) + tanh(x) + sigmoid(y) + softplus(y) + relu(y) + pos(y) + neg(y)',
      'floor(y) + ceil(y) + mod(x, 0.3) + clip(y, -0.5, 0.5)',
      'xlogx(x) + xlogy(x, x) + kl_div(x, x + 1) + huber(y) + huber(3*y, 0.5)',
      'max(x, y) + min(x, y, 0.1)',
      '(x > 0.5) .* y',
      'sum((x > 0.3 and y < 0) or not (x == y))',
      'if sum(x) > 1 then x else y',
      '0^0 + (-2)^2',
    ]);
  });

  test('indexing', () => {
    compare([
      'x[2] + x[end] + A[2, end]',
      'A[2, :]',
      'A[:, 3]',
      'A[2..3, 2..end]',
      'x[k]',
      'A[:, k]',
      'A[[3, 1], :]',
      'x[[5, 1, 1]]',
      'v[3] + v[7] + v[5]',
      's["b"] - s["c"]',
      'e[1, 3] + e[2, 4]',
      't[0, 3] + t[2, 1]',
      'o[5] + o[9]',
      'q[3] + q[5]',
      'C[2, :, 3]',
      'C[:, 2, 2..4]',
      'C[1, [3, 1], :]',
    ]);
  });

  test('binders, comprehensions and filters', () => {
    compare([
      'sum(i in 1..n) x[i]*y[i]',
      'sum(i in 1..n) (x[i] - y[i])^2',
      'sum(i in 1..n-1) (x[i+1] - x[i])^2',
      'sum(i in 1..n) x[n + 1 - i]*y[i]',
      'sum(i in I, j in 1..n) A[i, j]*x[j]',
      'sum(i in I) sum(j in 1..n where j != i) A[i, j]/(i - j)',
      'sum(i in I, j in 1..n where j > i) A[i, j]*z[j]',
      'prod(i in 1..n) x[i] + max(i in 1..n) y[i] - min(i in 1..n) y[i]*x[i]',
      'max(i in I) sum(j in 1..n) A[i, j]*x[j]',
      'sum((i, j) in E) e[i, j]*x[i]*y[j]',
      'sum((i, j) in E where j > 2) e[i, j]*z[i]',
      'sum((i, j) in T) t[i, j]*(i - j)',
      'sum(i in Odd) o[i]*i',
      'sum(p in P) q[p]*p^2',
      'sum(g in S) s[g]^2',
      'sum(i in V) v[i]*i',
      'E(i in 1..n) x[i]^2 + E(i in I, j in 1..n) A[i, j]',
      'E(i in 1..n where x[i] > 0.5) y[i]',
      '(all(i in 1..n) (x[i] > 0)) == (any(i in 1..n) (x[i] > 1))',
      '[x[i]*j for i in 1..n, j in 1..3]',
      '[A[i, :]*x for i in I]',
      '[sum(j in 1..i) x[j] for i in 1..n]',
      'sum(i in 1..n) sum(j in i..n) x[i]*y[j]',
      'sum(i in 1..n, j in i + 1..n) x[i]*z[j]',
      'max(i in 1..n) min(j in 1..i) (y[j] - z[i])',
      'E(i in 2..n) E(j in 1..i - 1) x[j]/(i - j)',
      'sum(i in 1..n) prod(j in 1..k[i]) (1 + x[j])',
      'sum(i in 1..n) E(j in 1..k[i] where j != 2) x[j]',
      '[x[i] for i in 1..n where x[i] > 0.5]',
      '[if i == j then 0 else 1/(i - j) for i in 1..n, j in 1..n]',
      '[if i > 1 then x[i - 1] else 0 for i in 1..n]',
      'sum(i in I, j in I) (if (i, j) in E then e[i, j] else 0)',
      '[A[i, k[i]] for i in I]',
      '[x[k[i]] for i in 1..n]',
      '[A[i, i] for i in I]',
      'sum(i in I, j in 1..n) (if A[i, j] > 0 then sqrt(A[i, j]) else 0)',
      'sum(i in 1..n) (if z[i] > 0 then log(z[i]) else z[i])',
    ]);
  });

  test('reductions, norms and linear algebra', () => {
    compare([
      'sum(A) + mean(A) + var(A) + std(A) + prod(x)',
      'sum(A, axis = 1) + mean(A, axis = 1) + max(A, axis = 1)',
      'var(A, axis = 2) + std(A, axis = 2) + min(A, axis = 2) + prod(A, axis = 2)',
      'argmax(A, axis = 2) + argmin(A, axis = 2)',
      'argmax(x) + argmin(y) + argmax(v)',
      'count(x > 0.5) + sum(x > 0.5)',
      'logsumexp(A, axis = 2)',
      'logsumexp(1000*x)',
      'norm(x) + norm(x, 1) + norm(x, inf) + norm(y, 3) + norm(A, "fro") + norm(A, "op") + norm(A, "nuc")',
      'sumsq(A) + dot(x, y) + trace(B) + det(B) + logdet(B)',
      'lambda_max(B) + lambda_min(B)',
      'entropy(softmax(y)) + quad_over_lin(x, 2) + geo_mean(x) + sum_largest(y, 2)',
      'inv(B)',
      'chol(B)',
      'kron([[1, 2], [3, 4]], B)',
      'cross([1, 2, 3], [0.5, -1, 4])',
      'diag(x) * y',
      'diag(B)',
      'tril(B) - triu(B)',
      'rank(B) + rank([[1, 2], [2, 4]])',
      'softmax(A)',
      'zeros(3) + ones(3) + full(2, 3)',
      'eye(3) * B',
      'linspace(0, 1, 5)',
      'reshape(C, 4, 6)',
      'vec(A)',
      "vcat(A, x')",
      'hcat(B, B)',
      'stack(x, y)',
      'repeat(x, 2)',
      'flip(x) + roll(x, 2) + sort(y) + argsort(y) + cumsum(x) + cumprod(x)',
      'roll(A, 1, axis = 2)',
      'sort(A, axis = 2)',
      'top(y, 3)',
      'conv(x, [1, -1, 2])',
      'size(A, 1) + dim(x) + ndim(A)',
    ]);
  });

  test('eigenvectors, recurrences and inlined functions', () => {
    compare([
      'fold(a = 1 for i in 1..n) a*x[i] + 1',
      'scan(a = [1, 0] for i in 1..n) [a[2] + x[i], a[1]]',
      'fold(a = 0 for i in 1..n where i > 2) a + y[i]',
      '[fold(a = i for j in 1..3) a*x[j] + A[i, j] for i in I]',
      '[scan(a = x[i] for j in 1..3) a + j*i for i in 1..n]',
    ]);
    const given = lowerText(`
      function f(t : real, c : real = 2) = if t > 0 then sqrt(t)*c else -t
      function g(w) = { let (d, U) = eigh(w); U*diag(d)*U' }
      function h(a, b) = { let c = a + b; c*c' }
      problem p {
        data B : real[3, 3] = [[4, 1, 0.5], [1, 3, -0.2], [0.5, -0.2, 2]]
        data x : real[3] = [1, -2, 0.5]
        let r = f(x) + f(B, c = 3)[1, :]
        let (a, b) = fold((u, w) = (1, 0) for i in 1..4) (u + w, u)
        let m0 = f(x)
        let m1 = f(B, 0.5)
        let m2 = r
        let m3 = g(B)
        let m4 = h(x, r)
        let m5 = a*10 + b
        var z : real
        minimize z^2
      }`)[0];
    compareLets(given, {}, []);
  });

  test('special functions and the rest have their published values', () => {
    expect(numbers('erf(0.5) + lgamma(4.5) + digamma(1)')[0]).toBeCloseTo(
      0.5204998778130465 + 2.4537365708424423 - 0.5772156649015329,
      10,
    );
    expect(numbers('expm([[0, 1], [-1, 0]])')[0]).toBeCloseTo(Math.cos(1), 12);
    expect(numbers('pinv([[1, 2], [3, 4], [5, 6]])').map((v) => v.toFixed(6))).toEqual([
      '-1.333333',
      '-0.333333',
      '0.666667',
      '1.083333',
      '0.333333',
      '-0.416667',
    ]);
    expect(numbers('root(u = 1) u^2 - 2')[0]).toBeCloseTo(Math.SQRT2, 10);
    expect(numbers('fixpoint(u = 1) cos(u)')[0]).toBeCloseTo(0.7390851332151607, 8);
    expect(numbers('root(u = zeros(3)) B*u - [1, 2, 3]')[0]).toBeCloseTo(
      numbers('(B \\\\ [1, 2, 3])'.replace('\\\\', '\\'))[0],
      12,
    );
    expect(numbers('minimizer(u = [1, 1]) sumsq(u - [3, 4]) + u[1]')).toEqual([2.5, 4]);
  });

  test('derivatives are expressions', () => {
    const [g] = [numbers('grad(sumsq(A*z), z)')];
    const [expected] = [numbers("2*A'*(A*z)")];
    g.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k], 10);
    });
    expect(numbers('grad(z[2]^3 + z[1], z[2])')).toEqual([3]);
    expect(numbers('hess(z[1]^2*z[2], z)').slice(0, 6)).toEqual([-2, 0.6, 0, 0, 0, 0.6]);
    expect(numbers('jac(z.^2, z)')[0]).toBeCloseTo(0.6, 12);
    expect(numbers('laplacian(sumsq(z)/2, z)')).toEqual([5]);
    expect(numbers('jvp(z.^2, z, ones(n))')[3]).toBeCloseTo(4, 12);
    expect(numbers('hvp(sumsq(A*z)/2, z, x)')[0]).toBeCloseTo(numbers("A'*(A*x)")[0], 10);
    expect(numbers('grad(sum(z .* stop(z)), z)')[1]).toBeCloseTo(-1, 12);
    const nested = lowerText(`
      function slope(u : real) = grad(u^3, u)
      function both(u, w) = grad(sum(u .* w), u)
      problem p {
        var z : real[3]
        let r = 2*z
        let m0 = [slope(z[i]) for i in 1..3]
        let m1 = both(z, z)
        let m2 = grad(sumsq(r), z)
        let m3 = grad(sumsq(r), r)
        minimize sumsq(z)
      }`)[0];
    const at = { z: tensor([3], [1, 2, -1]) };
    const values = letsOf(nested)
      .slice(1)
      .map(({ node }) => [...nested.value(node, at).data]);
    expect(values).toEqual([
      [3, 12, 3],
      [1, 2, -1],
      [8, 16, -8],
      [4, 8, -4],
    ]);
  });

  test('masked branches have finite gradients', () => {
    const given = lowerText(`
      problem p {
        var z : real[4]
        minimize sum(i in 1..4, j in 1..4) (if i == j then 0 else 1/(z[i] - z[j]))
               + sum(i in 1..4) sum(j in 1..4 where j != i) sqrt(z[i] - z[j] + 10)
               + sum(i in 1..4) (if z[i] > 0 then log(z[i]) else z[i]^2)
      }`)[0];
    const [goal] = given.problem.level.goals;
    if (goal.node === undefined) throw new Error('no goal');
    const [variable] = given.problem.level.variables;
    const gradient = grad(given.graph, goal.node, variable.input);
    const at = { z: tensor([4], [1, 2, -1, 0]) };
    const slope = given.value(gradient, at).data;
    expect(slope.every(Number.isFinite)).toBe(true);
    const value = (z: DenseTensor): number =>
      goal.node === undefined ? NaN : given.value(goal.node, { z }).data[0];
    slope.slice(0, 3).forEach((d, k) => {
      const moved = (h: number): DenseTensor =>
        tensor(
          [4],
          at.z.data.map((v, i) => (i === k ? v + h : v)),
        );
      expect(d).toBeCloseTo((value(moved(1e-6)) - value(moved(-1e-6))) / 2e-6, 4);
    });
  });

  test('structure that facts read', () => {
    const given = lowerText(`
      problem p {
        data A : real[m, n]
        data b : real[m]
        var x : real[n]
        minimize sum(i in 1..m) (A[i, :]*x - b[i])^2
        let m0 = sumsq(A*x - b)
        let m1 = sum(j in 1..n) abs(x[j])
        let m2 = norm(x, 1)
        let m3 = sum(i in 1..m) log1p(exp(A[i, :]*x))
      }`)[0];
    const [goal] = given.problem.level.goals;
    const [m0, m1, m2, m3] = letsOf(given).map(({ node }) => node);
    expect(goal.node).toBe(m0);
    expect(m1).toBe(m2);
    expect(postorder([m3]).filter(({ op }) => op === 'contract')).toHaveLength(1);
    expect(postorder([m3]).filter(({ op }) => op === 'gather')).toHaveLength(0);
  });
});
