// Every form of an expression in docs/language.md §2, with the value that mathematics gives it. Numbers are worked out by hand or published.

export interface ExpressionForm {
  readonly text: string;
  /** Entries of the value, row by row. */
  readonly value: readonly number[];
}

/** What the expressions may use. */
export const surroundings = `
  set I = 1..3
  set V = 281..283
  set S = {"a", "b"}
  set E = {(i, j) for i in I, j in I where i < j}
  data A : real[2, 3] = [[1, 2, 3], [4, 5, 6]]
  data M : real[2, 2] = [[2, 1], [1, 2]]
  data x : real[3] = [1, -2, 3]
  data y : real[3] = [4, 5, 6]
  data p : int[2] = [3, 1]
  data v : real[V] = [10, 20, 30]
  data s : real[S] = [7, 8]
  data e : real[E] = [12, 13, 23]
  function twice(t : real) = 2*t
  function both(a, b = 3) = a + b
  function bodied(t) = { let u = t + 1; u^2 }
  function applied(f, t) = f(t)
`;

const form = (text: string, ...value: number[]): ExpressionForm => ({ text, value });

const { PI, E, SQRT2, LN2 } = Math;

export const expressionForms: Readonly<Record<string, readonly ExpressionForm[]>> = {
  'numbers and literals': [
    form('3', 3),
    form('2.5', 2.5),
    form('1e-3', 0.001),
    form('inf', Infinity),
    form('pi', PI),
    form('[1, 2, 3]', 1, 2, 3),
    form('[[1, 2], [3, 4]]', 1, 2, 3, 4),
    form('if true then 1 else 2', 1),
    form('if false then 1 else 2', 2),
  ],
  operators: [
    form('x + y', 5, 3, 9),
    form('x - 1', 0, -3, 2),
    form('2 * x', 2, -4, 6),
    form('A * x', 6, 12),
    form("A * A'", 14, 32, 32, 77),
    form('[1, 1] * A', 5, 7, 9),
    form("x' * y", 12),
    form('A[1, :] * x', 6),
    form("x * y'", 4, 5, 6, -8, -10, -12, 12, 15, 18),
    form('x / 2', 0.5, -1, 1.5),
    form('M \\ [3, 3]', 1, 1),
    form('[[1, 0], [0, 1], [0, 0]] \\ [5, 6, 7]', 5, 6),
    form('2^10', 1024),
    form('M^2', 5, 4, 4, 5),
    form('0^0', 1),
    form('2^-1', 0.5),
    form('2^3^2', 512),
    form('-2^2', -4),
    form('A .+ x', 2, 0, 6, 5, 3, 9),
    form('A .- x', 0, 4, 0, 3, 7, 3),
    form('A .* x', 1, -4, 9, 4, -10, 18),
    form('A ./ [1, 2, 3]', 1, 1, 1, 4, 2.5, 2),
    form('x .^ 2', 1, 4, 9),
    form("A'", 1, 4, 2, 5, 3, 6),
    form('x == [1, 2, 3]', 1, 0, 1),
    form('x != [1, 2, 3]', 0, 1, 0),
    form('x <= 1', 1, 1, 0),
    form('x >= 1', 1, 0, 1),
    form('x < 1', 0, 1, 0),
    form('x > 1', 0, 0, 1),
    form('x<-1', 0, 1, 0),
    form('0 <= x <= 2', 1, 0, 0),
    form('2 in I', 1),
    form('(3, 1) in E', 0),
    form('x > 0 and y > 5', 0, 0, 1),
    form('x > 2 or y < 5', 1, 0, 1),
    form('not (x > 0)', 0, 1, 0),
    form('1 + (if x[1] > 0 then 10 else 20)', 11),
  ],
  indexing: [
    form('x[2]', -2),
    form('A[2, :]', 4, 5, 6),
    form('A[:, 2..3]', 2, 3, 5, 6),
    form('x[end]', 3),
    form('x[p[end]]', 1),
    form('x[p]', 3, 1),
    form('v[281]', 10),
    form('s["b"]', 8),
    form('e[2, 3]', 23),
    form('sum(i in 3..2) i', 0),
    form('[i^2 for i in 1..3]', 1, 4, 9),
    form('[i + 10*j for i in 1..2, j in 1..2]', 11, 21, 12, 22),
    form('[i for i in I where i != 2]', 1, 3),
  ],
  binders: [
    form('sum(i in I) x[i]*y[i]', 12),
    form('sum(i in I) x[i] + 100', 102),
    form('sum(i in I, j in I where i < j) x[i]*x[j]', -2 + 3 - 6),
    form('prod(i in I) y[i]', 120),
    form('max(i in I) x[i]', 3),
    form('min(i in I) x[i]', -2),
    form('all(i in I) (x[i] > 0)', 0),
    form('any(i in I) (x[i] > 0)', 1),
    form('E(i in I) y[i]', 5),
    form('sum((i, j) in E) e[i, j]', 48),
    form('E(k in 1..2, u ~ uniform(0, 2) by quadrature(4)) (k*u^3)', 3),
  ],
  recurrences: [
    form('fold(a = 1 for t in 1..5) a*t', 120),
    form('scan(a = 0 for t in 1..4) a + t', 1, 3, 6, 10),
    form('minimizer(u = 0) (u - 3)^2', 3),
    form('minimizer(u = 1) u^4/4 - 2*u', Math.cbrt(2)),
    form('root(u = 1) u^2 - 2', SQRT2),
    form('fixpoint(u = 1) (u + 2/u)/2', SQRT2),
  ],
  derivatives: [
    form('grad(sumsq(x), x)', 2, -4, 6),
    form('grad(x[2]^3, x[2])', 12),
    form('jac(x.^2, x)', 2, 0, 0, 0, -4, 0, 0, 0, 6),
    form('hess(x[1]*x[2], x)', 0, 1, 0, 1, 0, 0, 0, 0, 0),
    form('hvp(sumsq(x), x, y)', 8, 10, 12),
    form('jvp(sumsq(x), x, y)', 24),
    form('laplacian(sumsq(x), x)', 6),
    form('stop(x)', 1, -2, 3),
    form('grad(sum(x .* stop(x)), x)', 1, -2, 3),
    form('grad(grad(x[1]^3, x[1]), x[1])', 6),
    form('grad(abs(x[1] - 1), x[1])', 0),
    form('grad(norm(x - [1, -2, 3]), x)', 0, 0, 0),
    form('grad(pos(x[1] - 1), x[1])', 0.5),
    form('grad(max(x .* x - [0, 3, 0]), x)', 0, 0, 6),
    form('grad(max([x[1], x[3] - 2, 0]), x)', 0.5, 0, 0.5),
    form('grad(round(x[1] + 0.2), x[1])', 0),
  ],
  functions: [
    form('twice(4)', 8),
    form('twice(x)', 2, -4, 6),
    form('both(1)', 4),
    form('both(1, b = 5)', 6),
    form('both(x, x)', 2, -4, 6),
    form('bodied(2)', 9),
    form('applied(twice, 5)', 10),
  ],
  elementwise: [
    form('abs(x)', 1, 2, 3),
    form('sign(x)', 1, -1, 1),
    form('sqrt(16)', 4),
    form('cbrt(-8)', -2),
    form('exp(1)', E),
    form('log(exp(2))', 2),
    form('log1p(1)', LN2),
    form('expm1(1)', E - 1),
    form('sin(pi/6)', 0.5),
    form('cos(pi/3)', 0.5),
    form('tan(pi/4)', 1),
    form('asin(1)', PI / 2),
    form('acos(0)', PI / 2),
    form('atan(1)', PI / 4),
    form('atan2(1, -1)', (3 * PI) / 4),
    form('sinh(1)', (E - 1 / E) / 2),
    form('cosh(1)', (E + 1 / E) / 2),
    form('tanh(log(2))', 0.6),
    form('sigmoid(0)', 0.5),
    form('softplus(0)', LN2),
    form('relu(x)', 1, 0, 3),
    form('erf(0.5)', 0.5204998778130465),
    form('lgamma(5)', Math.log(24)),
    form('digamma(1)', -0.5772156649015329),
    form('floor(-1.5)', -2),
    form('ceil(-1.5)', -1),
    form('round([0.5, 1.5, -0.5, -2.5, 1.4])', 1, 2, -1, -3, 1),
    form('mod(-1, 3)', 2),
    form('mod(1, -3)', -2),
    form('kl_div(0, 2)', 2),
    form('clip(x, -1, 2)', 1, -1, 2),
    form('pos(x)', 1, 0, 3),
    form('neg(x)', 0, 2, 0),
    form('xlogx([0, 2])', 0, 2 * LN2),
    form('xlogy(0, 0)', 0),
    form('kl_div(2, 1)', 2 * LN2 - 1),
    form('huber([0.5, 2])', 0.125, 1.5),
    form('huber(3, 2)', 4),
  ],
  reductions: [
    form('sum(A)', 21),
    form('sum(A, axis = 1)', 5, 7, 9),
    form('prod(y)', 120),
    form('mean(A, axis = 2)', 2, 5),
    form('var(y)', 2 / 3),
    form('std([1, 3])', 1),
    form('min(x)', -2),
    form('max(A, axis = 2)', 3, 6),
    form('max(x, 0)', 1, 0, 3),
    form('min(x, y, 2)', 1, -2, 2),
    form('argmin(x)', 2),
    form('argmax(v)', 283),
    form('sum(zeros(0))', 0),
    form('prod(zeros(0))', 1),
    form('argmax([1, 5, 5])', 2),
    form('all(x > 0)', 0),
    form('any(x > 0)', 1),
    form('count(x > 0)', 2),
    form('logsumexp([0, 0])', LN2),
  ],
  'to a scalar': [
    form('norm([3, 4])', 5),
    form('norm(x, 1)', 6),
    form('norm(x, inf)', 3),
    form('norm([1, 1], 4)', 2 ** 0.25),
    form('norm(A, "fro")', Math.sqrt(91)),
    form('norm(M, "op")', 3),
    form('norm(M, "nuc")', 4),
    form('sumsq(x)', 14),
    form('dot(x, y)', 12),
    form('trace(M)', 4),
    form('det(M)', 3),
    form('logdet(M)', Math.log(3)),
    form('lambda_max(M)', 3),
    form('lambda_min(M)', 1),
    form('entropy([0.5, 0.5])', LN2),
    form('quad_over_lin(x, 2)', 7),
    form('perspective(sumsq, x, 2)', 7),
    form('geo_mean([2, 8])', 4),
    form('sum_largest(y, 2)', 11),
  ],
  'linear algebra': [
    form('inv(M)', 2 / 3, -1 / 3, -1 / 3, 2 / 3),
    form('pinv([[2, 0], [0, 0]])', 0.5, 0, 0, 0),
    form('chol([[4, 2], [2, 10]])', 2, 0, 1, 3),
    form('expm([[0, 1], [0, 0]])', 1, 1, 0, 1),
    form('kron([1, 2], [3, 4])', 3, 4, 6, 8),
    form('outer([1, 2], [3, 4])', 3, 4, 6, 8),
    form('cross([1, 0, 0], [0, 1, 0])', 0, 0, 1),
    form('diag([1, 2])', 1, 0, 0, 2),
    form('diag(M)', 2, 2),
    form('tril(M)', 2, 0, 1, 2),
    form('triu(M)', 2, 1, 0, 2),
    form('rank([[1, 2], [2, 4]])', 1),
  ],
  making: [
    form('zeros(2)', 0, 0),
    form('ones(1, 2)', 1, 1),
    form('eye(2)', 1, 0, 0, 1),
    form('linspace(0, 1, 3)', 0, 0.5, 1),
    form('full(7, 2)', 7, 7),
    form('zeros(x)', 0, 0, 0),
  ],
  arranging: [
    form('reshape(A, 3, 2)', 1, 2, 3, 4, 5, 6),
    form('vec([[1, 2], [3, 4]])', 1, 2, 3, 4),
    form('hcat([[1], [2]], M)', 1, 2, 1, 2, 1, 2),
    form('vcat(M, [[9, 9]])', 2, 1, 1, 2, 9, 9),
    form('stack([1, 2], [3, 4])', 1, 2, 3, 4),
    form('repeat([1, 2], 2)', 1, 2, 1, 2),
    form('flip(x)', 3, -2, 1),
    form('roll(x, 1)', 3, 1, -2),
    form('sort(x)', -2, 1, 3),
    form('argsort(x)', 2, 1, 3),
    form('top(x, 2)', 3, 1),
    form('cumsum(x)', 1, -1, 2),
    form('cumprod(y)', 4, 20, 120),
    form('size(A)', 2, 3),
    form('size(A, 2)', 3),
    form('dim(x)', 3),
    form('ndim(A)', 2),
    form('conv([1, 1], [1, -1])', 1, 0, -1),
    form('softmax([0, 0])', 0.5, 0.5),
  ],
};

/** Names of the tables that give several results at once, by what holds of them. */
export const tupleForms: readonly ExpressionForm[] = [
  form('d', 1, 3),
  form('first', 5),
  form('second', 3),
  form("norm(W*diag(d)*W' - M) < 1e-12", 1),
  form('norm(Q*R - M) < 1e-12', 1),
  form("norm(U*diag(g)*T' - A) < 1e-12", 1),
];

export const tupleMembers = `
  let (d, W) = eigh(M)
  let (Q, R) = qr(M)
  let (U, g, T) = svd(A)
  let (first, second) = fold((a, b) = (1, 0) for t in 1..4) (a + b, a)
`;

/** What is read and checked but cannot be evaluated yet, and the words of the message that says so. */
export const waitingForms: readonly { readonly text: string; readonly words: RegExp }[] = [
  { text: 'real(fft([1, 2]))', words: /complex/ },
  { text: 'imag(fft([1, 2]))', words: /complex/ },
  { text: 'real(conj(fft([1, 2])))', words: /complex/ },
  { text: 'arg(fft([1, 2]))', words: /complex/ },
  { text: 'real(ifft(fft([1, 2, 3])))', words: /complex/ },
  {
    text: 'minimizer(u = zeros(2) in box(0, 1)) sumsq(u - [3, 0.5])',
    words: /minimizer over a set/,
  },
];
