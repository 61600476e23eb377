// Kinds and shapes of every form of expression, one line each.
import { describe, expect, it } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { parse } from '../../grammar/parse.ts';
import { makeSource } from '../../grammar/source.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { showFullType } from '../../compiler/model/type-of.ts';
import { builtinNames } from '../../compiler/model/builtins.ts';

const declarations = `
  set P = {"bread", "milk", "fruit"}
  set V = 281..569
  set I = 1..4
  set E = {(i, j) for i in I, j in I where i < j}
  set N = {2, 3, 5}
  data A : real[m, n] from csv("a.csv")
  data B : real[n, k] from csv("b.csv")
  data S : real[n, n]
  data a : real[m]
  data b : real[n]
  data c : real[P]
  data w : real[V]
  data y : real[E]
  data q : real[N]
  data T : real[2, 3, 4]
  data M : real[3, 3] = [[2, 0, 1], [0, 2, 0], [1, 0, 2]]
  data v : real[3] = [1, 2, 3]
  data t : int[m]
  data z : bool[m]
  data h : real[d] = [1, 2, 3, 4]
  data G : real[2*e, n+1]
  param s : real = 2
  param L : int = 5
  data g : real[L]
  function huber2(r : real, d : real = 1) = if abs(r) <= d then r^2/2 else d*(abs(r) - d/2)
  function quad(Q : real[p, p], x : real[p]) = x'*Q*x
  function spectrum(Q) = { let (e, U) = eigh(Q)
    (e, U) }
  function twice(f, x) = f(f(x))
`;

function typeOf(expression: string): string {
  const text = `problem p {${declarations}\n  var x : real[n]\n  let result = ${expression}\n  minimize sumsq(x)\n}`;
  const source = makeSource(0, 'p.opt', text);
  const parsed = parse(source);
  const { model, diagnostics } = buildModel({ id: 'p', ast: parsed.file });
  const errors = [...parsed.diagnostics, ...diagnostics].filter(isError);
  if (errors.length > 0) return errors.map((e) => `${e.code} ${e.message}`).join('; ');
  const found = model.problems[0]?.level.lets.find((l) => l.name === 'result');
  return found === undefined ? 'nothing' : showFullType(found.type);
}

const cases: readonly (readonly [string, string])[] = [
  // Literals and arithmetic
  ['1 + 2', 'int'],
  ['1.0', 'real'],
  ['1/2', 'real'],
  ['2^3', 'int'],
  ['2^-1', 'real'],
  ['10^s', 'real'],
  ['true', 'bool'],
  ['[1, 2, 3]', 'int[3]'],
  ['[[1, 2], [3, 4.5]]', 'real[2, 2]'],
  ['A*x - a', 'real[m]'],
  ["A'*a", 'real[n]'],
  ['A*B', 'real[m, k]'],
  ["a'*A", 'real[n]'],
  ["a'*A*x", 'real'],
  ["a*x'", 'real[m, n]'],
  ["x'*x", 'real'],
  ['A[1, :]*x', 'real'],
  ["s*x*x'", 'real[n, n]'],
  ['S \\ b', 'real[n]'],
  ['A \\ a', 'real[n]'],
  ['S \\ B', 'real[n, k]'],
  ['S^2', 'real[n, n]'],
  ['S^-1', 'real[n, n]'],
  ['x.^2', 'real[n]'],
  ['A .- mean(A, axis = 1)', 'real[m, n]'],
  ['A ./ std(A, axis = 1)', 'real[m, n]'],
  ["A'", 'real[n, m]'],
  ['-x', 'real[n]'],
  ['z and not z', 'bool[m]'],
  ['0 <= x <= 1', 'bool[n]'],
  ['x == b', 'bool[n]'],
  ['if s > 0 then x else b', 'real[n]'],
  ['1..L', 'int[L]'],
  ['2..L-1', 'int[L - 2]'],
  // Indexing
  ['A[1, :]', 'real[n]'],
  ['A[:, 2..3]', 'real[m, 2]'],
  ['A[2, 1]', 'real'],
  ['a[end]', 'real'],
  ['a[2..end]', 'real[m - 1]'],
  ['A[[1, 2, 1], :]', 'real[3, n]'],
  ['a[t]', 'real[m]'],
  ['c["milk"]', 'real'],
  ['w[281]', 'real'],
  ['w[end]', 'real'],
  ['w[300..310]', 'real[11]'],
  ['y[1, 2]', 'real'],
  ['sum((i, j) in E) y[i, j]', 'real'],
  ['sum(e2 in E) y[e2]', 'real'],
  ['q[3]', 'real'],
  ['sum(i in N) q[i]', 'real'],
  ['T[1, :, 2..3]', 'real[3, 2]'],
  ['[sum(g[i..i+2]) for i in 1..L-2]', 'real[L - 2]'],
  // Binders, comprehensions, recurrences
  ['sum(i in 1..3) v[i]', 'real'],
  ['sum(i in 1..m) A[i, :]', 'real[n]'],
  ['sum(i in I) i', 'int'],
  ['max(i in 1..m) a[i]', 'real'],
  ['all(i in 1..m) z[i]', 'bool'],
  ['E(i in 1..m) a[i]', 'real'],
  ["E(u ~ normal(0, 1)[n]) u'*x", 'real'],
  ['E(i in I, u ~ uniform(0, 1)) i*u', 'real'],
  ['P(u ~ normal(0, 1)) (u <= s)', 'real'],
  ['E(u ~ categorical(v)) v[u]', 'real'],
  ['E(u ~ normal(v, M)) sum(u)', 'real'],
  ['E(u ~ dirichlet(v)) sum(u)', 'real'],
  ['E(u ~ permutation(L)) g[u[1]]', 'real'],
  ['E(u ~ bernoulli(0.3)[4]) sum(u)', 'real'],
  ['[i*j for i in I, j in 1..3]', 'int[I, 3]'],
  ['[c[p] for p in P]', 'real[P]'],
  ['[A[i, :] for i in 1..m]', 'real[m, n]'],
  ['[y[i, j] for (i, j) in E]', 'real[E]'],
  ['fold(r = 0 for i in 1..m) r + a[i]', 'real'],
  ['fold(r = 1 for i in 1..3) 2*r', 'int'],
  ['scan(r = [1, 0] for i in 1..L) r/2', 'real[L, 2]'],
  ['scan(r = x for i in I) r + b', 'real[I, n]'],
  [
    'root(r = x) r^1*(if s > 0 then 1 else 2) - x',
    'M107 `^` raises a scalar, or a square matrix to a whole number; found real[n] ^ a scalar',
  ],
  ['root(r = x) r .* r - x', 'real[n]'],
  ['fixpoint(r = 1) cos(r)', 'real'],
  ['minimizer(r = x in simplex) sumsq(r - b)', 'real[n]'],
  // Derivatives
  ['grad(sumsq(x), x)', 'real[n]'],
  ['grad(sumsq(x), x[1])', 'real'],
  ['jac(A*x, x)', 'real[m, n]'],
  ['hess(sumsq(x), x)', 'real[n, n]'],
  ['hvp(sumsq(x), x, b)', 'real[n]'],
  ['jvp(A*x, x, b)', 'real[m]'],
  ['laplacian(sumsq(x), x)', 'real'],
  ['grad(grad(x[1]^3, x[1]), x[1])', 'real'],
  ['stop(x)', 'real[n]'],
  // Functions
  ['huber2(s)', 'real'],
  ['huber2(A*x - a)', 'real[m]'],
  ['huber2(A, 2)', 'real[m, n]'],
  ['huber2(r = x, d = b)', 'real[n]'],
  ['quad(S, x)', 'real'],
  ['twice(sqrt, x)', 'real[n]'],
  ['twice(huber2, s)', 'real'],
  // Elementwise built-ins
  ...[
    'sqrt',
    'cbrt',
    'exp',
    'log',
    'log1p',
    'expm1',
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'sigmoid',
    'softplus',
    'relu',
    'erf',
    'lgamma',
    'digamma',
    'pos',
    'neg',
    'xlogx',
    'abs',
    'real',
    'imag',
    'conj',
    'arg',
    'huber',
  ].map((f) => [`${f}(x)`, 'real[n]'] as const),
  ['sign(x)', 'int[n]'],
  ['floor(x)', 'int[n]'],
  ['ceil(s)', 'int'],
  ['round(A)', 'int[m, n]'],
  ['abs(-3)', 'int'],
  ['atan2(x, b)', 'real[n]'],
  ['mod(t, 2)', 'int[m]'],
  ['clip(x, 0, 1)', 'real[n]'],
  ['xlogy(x, b)', 'real[n]'],
  ['kl_div(x, b)', 'real[n]'],
  ['huber(x, 2)', 'real[n]'],
  ['max(x, 0)', 'real[n]'],
  ['min(x, b, 1)', 'real[n]'],
  // Reductions
  ...['sum', 'prod', 'mean', 'var', 'std', 'min', 'max', 'logsumexp'].flatMap(
    (f) =>
      [
        [`${f}(A)`, 'real'],
        [`${f}(A, axis = 1)`, 'real[n]'],
        [`${f}(T, axis = 2)`, 'real[2, 4]'],
      ] as const,
  ),
  ['sum(t)', 'int'],
  ['sum(z)', 'int'],
  ['argmax(x)', 'int'],
  ['argmin(A, axis = 2)', 'int[m]'],
  ['argmax(c)', 'P'],
  ['c[argmax(c)]', 'real'],
  ['w[argmax(w)]', 'real'],
  ['all(z)', 'bool'],
  ['any(A > 0, axis = 1)', 'bool[n]'],
  ['count(z)', 'int'],
  ['count(P)', 'int'],
  ['count(E)', 'int'],
  // To a scalar
  ['norm(x)', 'real'],
  ['norm(x, 1)', 'real'],
  ['norm(x, inf)', 'real'],
  ['norm(A, "fro")', 'real'],
  ['norm(A, "op")', 'real'],
  ['norm(A, "nuc")', 'real'],
  ['sumsq(A)', 'real'],
  ['dot(x, b)', 'real'],
  ['dot(A, A)', 'real'],
  ['trace(S)', 'real'],
  ['det(S)', 'real'],
  ['logdet(S)', 'real'],
  ['lambda_max(S)', 'real'],
  ['lambda_min(S)', 'real'],
  ['entropy(x)', 'real'],
  ['quad_over_lin(x, s)', 'real'],
  ['perspective(sumsq, x, s)', 'real'],
  ['geo_mean(x)', 'real'],
  ['sum_largest(x, 2)', 'real'],
  // Linear algebra
  ['inv(S)', 'real[n, n]'],
  ['pinv(A)', 'real[n, m]'],
  ['chol(S)', 'real[n, n]'],
  ['expm(S)', 'real[n, n]'],
  ['kron(x, b)', 'real[n*n]'],
  ['kron(A, M)', 'real[3*m, 3*n]'],
  ['outer(a, x)', 'real[m, n]'],
  ['cross(v, v)', 'real[3]'],
  ['diag(x)', 'real[n, n]'],
  ['diag(S)', 'real[n]'],
  ['tril(A)', 'real[m, n]'],
  ['triu(S)', 'real[n, n]'],
  ['rank(A)', 'int'],
  // Making
  ['zeros(3)', 'real[3]'],
  ['zeros(m, 2)', 'real[m, 2]'],
  ['zeros(A)', 'real[m, n]'],
  ['ones(P)', 'real[P]'],
  ['eye(n)', 'real[n, n]'],
  ['eye(2, 3)', 'real[2, 3]'],
  ['linspace(0, 1, L)', 'real[L]'],
  ['full(1/2, n)', 'real[n]'],
  ['full(2, L, 3)', 'int[L, 3]'],
  // Arranging
  ['reshape(M, 9)', 'real[9]'],
  ['reshape(M, 1, 9)', 'real[1, 9]'],
  ['vec(A)', 'real[m*n]'],
  ['hcat(a, a)', 'real[m, 2]'],
  ['hcat(A, a)', 'real[m, n + 1]'],
  ['vcat(a, x)', 'real[m + n]'],
  ['vcat([0], x[1..n-1])', 'real[n]'],
  ["vcat(x', A)", 'real[m + 1, n]'],
  ["vcat(x', b')", 'real[2, n]'],
  ['vcat(A, A)', 'real[2*m, n]'],
  ['stack(x, b)', 'real[2, n]'],
  ['repeat(x, 3)', 'real[3*n]'],
  ['flip(x)', 'real[n]'],
  ['roll(x, 1)', 'real[n]'],
  ['sort(x)', 'real[n]'],
  ['argsort(x)', 'int[n]'],
  ['x[argsort(x)]', 'real[n]'],
  ['c[argsort(c)]', 'real[3]'],
  ['top(x, 2)', 'real[2]'],
  ['cumsum(t)', 'int[m]'],
  ['cumprod(A, axis = 2)', 'real[m, n]'],
  ['size(A, 1)', 'int'],
  ['size(A)', 'int[2]'],
  ['dim(A)', 'int'],
  ['ndim(A)', 'int'],
  ['zeros(dim(x))', 'real[n]'],
  ['conv(x, v)', 'real[n + 2]'],
  ['fft(x)', 'complex[n]'],
  ['ifft(fft(x))', 'complex[n]'],
  ['abs(fft(x))', 'real[n]'],
  ["fft(x)'*fft(x)", 'complex'],
  ['softmax(x)', 'real[n]'],
  ['project(simplex, x)', 'real[n]'],
  ['distance(ball(0, 1), x)', 'real'],
  // Dimensions
  ['h', 'real[4]'],
  ['zeros(d)', 'real[4]'],
  ['zeros(e)', 'real[e]'],
  ['G[:, 1..n]', 'real[2*e, n]'],
  ['zeros(2*L + 1, L)', 'real[2*L + 1, L]'],
  ['zeros(floor(L/2))', 'real[floor(L/2)]'],
];

describe('types of expressions', () => {
  it.each(cases)('%s : %s', (expression, type) => expect(typeOf(expression)).toBe(type));
  it('covers every built-in', () => {
    const text = cases.map(([e]) => e).join(' ');
    const only = [
      'qr',
      'svd',
      'eigh',
      'dual',
      'batch',
      'exchange',
      'topk',
      'randk',
      'quantize',
      'lipschitz',
      'strong_convexity',
      'prox',
      'prox_conj',
      'lmo',
      'mirror',
      'mirror_dual',
      'retract',
      'tangent',
      'transport',
    ];
    const missing = builtinNames.filter(
      (n) => !new RegExp(`\\b${n}\\(`).test(text) && !only.includes(n),
    );
    expect(missing).toEqual([]);
  });
});
