// Every form of sections 3 to 8 of docs/language.md, each in a minimal program: what it gives when run, or what it still waits for.
import type { Status } from '../../runtime/certify/certificate.ts';

export interface ProgramForm {
  /** As the reference writes it. */
  readonly form: string;
  readonly text: string;
  readonly gives: Status | Waits | Reached;
}

/** The words of the one error that says what is missing. */
export interface Waits {
  readonly waits: RegExp;
}

/** The answer is right and no proof of it is found yet, or only that of a stationary point: the value, to five digits. */
export interface Reached {
  readonly reaches: number;
  readonly status: Status;
}

const reaches = (reached: number, status: Status = 'not converged'): Reached => ({
  reaches: reached,
  status,
});

const waits = (words: RegExp): Waits => ({ waits: words });

const later = {
  games: waits(/games/),
  constraints: waits(/constraints outside/),
  robust: waits(/robust/),
  chance: waits(/chance/),
  reduction: waits(/cannot be run by this version yet/),
};

const problem = (
  form: string,
  members: string,
  gives: ProgramForm['gives'] = 'optimal',
): ProgramForm => ({
  form,
  text: `problem p {\n${members}\n}`,
  gives,
});

const v3 = 'var x : real[3]';
const bowl = `${v3}\n minimize sumsq(x - 1)`;

/** §3 */
const members: readonly ProgramForm[] = [
  problem('set I = 1..n', `set I = 1..4\n var x : real[I]\n minimize sum(i in I) (x[i] - i)^2`),
  problem(
    'set C = {"a", "b"}',
    `set C = {"a", "b"}\n var x : real[C]\n minimize (x["a"] - 1)^2 + x["b"]^2`,
  ),
  problem(
    'set E = {(i, j) for i in I, j in I where i < j}',
    `set I = 1..3\n set E = {(i, j) for i in I, j in I where i < j}\n var x : real[E]\n minimize sum((i, j) in E) (x[i, j] - i*j)^2`,
  ),
  problem(
    'set K from csv("f.csv", columns = "species")',
    `set K from csv("data/stocks.csv", columns = "symbol")\n var x : real[K]\n minimize sumsq(x - 1)`,
  ),
  problem('data A = expr', `data a : real[3] = [1, 2, 3]\n ${v3}\n minimize sumsq(x - a)`),
  problem(
    'data A ~ normal(0, 1)',
    `data a : real[3] ~ normal(0, 1)\n ${v3}\n minimize sumsq(x - a)`,
  ),
  problem(
    'data A from csv(…), columns, rows',
    `data A : real[m, n] from csv("data/stock_returns.csv", columns = 2..4, rows = 1..20)\n var x : real[n]\n minimize sumsq(A*x - 1)`,
  ),
  problem(
    'data A : real[m, n], required',
    `data a : real[n]\n var x : real[n]\n minimize sumsq(x - a)`,
    waits(/has no value in the file and none was given/),
  ),
  problem(
    'bounds of data',
    `data a : real[3] >= 0 <= 3 = [1, 2, 3]\n ${v3}\n minimize dot(a, x.^2) + sum(x)`,
  ),
  problem('sparse data', `sparse data A : real[3, 3] = eye(3)\n ${v3}\n minimize sumsq(A*x - 1)`),
  problem('param', `param mu : real >= 0 = 0.1\n ${v3}\n minimize sumsq(x - 1) + mu*sumsq(x)`),
  problem(
    'var with bounds and start',
    `var x : real[3] >= 0 <= 1 start zeros\n minimize sumsq(x - 2)`,
  ),
  problem('var a, b', `var a, b : real\n minimize (a - b)^2 + b^2`),
  problem('start ~ normal(0, 1)', `var x : real[3] start ~ normal(0, 1)\n minimize sumsq(x)`),
  problem('var of kind int', `var x : int >= 0 <= 5\n minimize -2*x\n subject to { 3*x <= 10 }`),
  problem(
    'var of kind bool',
    `var z : bool[3]\n maximize z[1] + 2*z[2] + 3*z[3]\n subject to { sum(z) <= 2 }`,
  ),
  problem(
    'var X in stiefel',
    `data A : real[3, 3] = [[2, 1, 0], [1, 3, 0], [0, 0, 1]]\n var X : real[3, 1] in stiefel\n maximize trace(X'*A*X)`,
    'stationary',
  ),
  problem('let', `${v3}\n let r = x - 1\n minimize sumsq(r)`),
  problem('minimize', bowl),
  problem('maximize', `${v3}\n maximize -sumsq(x - 1)`),
  problem('over', `${v3}\n minimize sumsq(x) over x`),
  problem('subject to, equality', `${v3}\n minimize sumsq(x)\n subject to { sum(x) == 1 }`),
  problem(
    'subject to, names and dual(…)',
    `${v3}\n minimize sumsq(x)\n subject to { cap: sum(x) >= 1 }\n metric price = dual(cap)`,
  ),
  problem(
    'subject to, forall',
    `set I = 1..3\n ${v3}\n minimize sumsq(x)\n subject to { forall(i in I) x[i] >= i; forall(i in I) { x[i] <= 9; x[i] >= 0 } }`,
  ),
  problem(
    'subject to, forall with where',
    `set I = 1..3\n ${v3}\n minimize sumsq(x)\n subject to { forall(i in I, j in I where i < j) x[i] + x[j] >= 1 }`,
  ),
  problem(
    'subject to, a chain',
    `${v3}\n minimize sum(x)\n subject to { 0 <= x <= 1; sum(x) >= 1 }`,
  ),
  problem(
    'subject to, in a domain',
    `${v3}\n minimize sum(x)\n subject to { x in ball(zeros(3), 1) }`,
    waits(/`e in D`/),
  ),
  problem(
    'subject to, vec(X) in ball',
    `var X : real[2, 2]\n minimize sum(X)\n subject to { vec(X) in ball(0, 1) }`,
    waits(/`e in D`/),
  ),
  problem(
    'subject to, implies',
    `var z : bool\n var x : real >= 0 <= 4\n maximize x - 3*z\n subject to { open: not z implies x <= 2 }`,
    waits(/`implies`|constraints/),
  ),
  problem(
    'subject to, nonlinear',
    `${v3}\n minimize sum(x)\n subject to { sumsq(x) == 1 }`,
    later.constraints,
  ),
  problem('metric', `${bowl}\n metric size = norm(x)`),
  problem('known', `${bowl}\n known { value = 0; x = [1, 1, 1] }\n known { value = 0 }`),
  problem('function', `function f(t) = (t - 1).^2\n ${v3}\n minimize sum(f(x))`),
];

/** §4 */
const levels: readonly ProgramForm[] = [
  problem(
    'a game',
    `var x, y : real\n minimize (x - y)^2 over x\n minimize (y - 1)^2 + x*y over y`,
    'optimal',
  ),
  problem(
    'a saddle point',
    `var x : real[2] in simplex\n var y : real[2] in simplex\n minimize x'*[[1, 2], [3, 0]]*y over x\n maximize x'*[[1, 2], [3, 0]]*y over y`,
    'optimal',
  ),
  problem(
    'players by index',
    `set I = 1..2\n var q : real[I] >= 0\n forall(i in I) maximize q[i]*(3 - sum(q)) over q[i]`,
    'optimal',
  ),
  problem(
    'a constraint with over',
    `var x, y : real >= 0\n minimize (x - 1)^2 over x\n minimize (y - 2)^2 over y\n subject to { x + y <= 2; y <= 1 over y }`,
    later.games,
  ),
  problem(
    'lower',
    `var x : real\n lower follower { var y : real\n minimize (y - x)^2 + y }\n minimize (x - 3)^2 + (y - 1)^2`,
    reaches(1.125, 'stationary'),
  ),
  problem(
    'lower optimistic',
    `var x : real\n lower optimistic { var y : real\n minimize (y - x)^2 }\n minimize (x - y)^2 + x^2`,
    reaches(0, 'stationary'),
  ),
  problem(
    'lower pessimistic',
    `var x : real\n lower pessimistic { var y : real\n minimize (y - x)^2 }\n minimize (x - y)^2 + x^2`,
    reaches(0, 'stationary'),
  ),
  problem(
    'two lowers, in order',
    `var x : real\n lower { var y : real\n minimize (y - x)^2 }\n lower { var z : real\n minimize (z - y)^2 }\n minimize x^2 + z^2`,
    reaches(0, 'stationary'),
  ),
  problem(
    'nested lowers',
    `var x : real\n lower { var y : real\n lower { var z : real\n minimize (z - y)^2 }\n minimize (y - x - z)^2 + y^2 }\n minimize x^2 + y^2 - x`,
    reaches(-0.25, 'stationary'),
  ),
  problem(
    'lower task(k in K)',
    `var x : real[2]\n lower task(k in 1..3) { var w : real[2]\n minimize sumsq(w - x - k) }\n minimize sumsq(x) + sumsq(w)`,
    reaches(10, 'stationary'),
  ),
  problem(
    'solves minimize',
    `var x : real\n var y : real solves minimize (y - x)^2 + y\n minimize (x - 3)^2 + y^2`,
    reaches(3.125, 'stationary'),
  ),
  problem('several objectives', `var x : real\n minimize [x^2, (x - 1)^2]`, 'optimal'),
  problem('find', `${v3}\n find x subject to { sum(x) == 1; x >= 0 }`, waits(/`find`/)),
  problem(
    'complements',
    `var z : real[2]\n find z subject to { 0 <= z + 1 complements z >= 0 }`,
    waits(/complements/),
  ),
  problem(
    'normal_cone',
    `var z : real[2] in simplex\n find z subject to { 0 in z - 1 + normal_cone }`,
    'optimal',
  ),
  problem(
    'a robust constraint',
    `var x : real[2] >= 0\n maximize sum(x)\n subject to { forall(u : real[2] in ball(0, 0.1)) (1 + u)'*x <= 1 }`,
    later.robust,
  ),
  problem(
    'a robust constraint without a type',
    `var x : real[2] >= 0\n maximize sum(x)\n subject to { forall(u in ball(zeros(2), 0.1)) (1 + u)'*x <= 1 }`,
    later.robust,
  ),
  problem(
    'a chance constraint',
    `var x : real >= 0\n minimize x\n subject to { P(z ~ normal(0, 1)) (z - x <= 0) >= 0.95 }`,
    later.chance,
  ),
];

const inDomain = (
  domain: string,
  shape: string,
  goal: string,
  gives: ProgramForm['gives'],
): ProgramForm => problem(domain, `var x : real${shape} in ${domain}\n minimize ${goal}`, gives);

/** §5 */
const domains: readonly ProgramForm[] = [
  inDomain('box(0, 1)', '[3]', 'sumsq(x - 2)', 'optimal'),
  inDomain('nonneg', '[3]', 'sumsq(x + 1)', 'optimal'),
  inDomain('simplex', '[3]', 'sumsq(x - [1, 0.5, -1])', 'optimal'),
  inDomain('ball(zeros(3), 1)', '[3]', 'sumsq(x - 2)', 'optimal'),
  inDomain('ball(0, 1, norm = 1)', '[3]', 'sumsq(x - 2)', 'optimal'),
  inDomain('sphere', '[3]', "x'*diag([1, 2, 3])*x", 'stationary'),
  inDomain('halfspace([1, 1, 1], 1)', '[3]', 'sumsq(x - 2)', 'optimal'),
  inDomain('affine([[1, 1, 1]], [1])', '[3]', 'sumsq(x - [1, 2, 3])', 'optimal'),
  inDomain('soc', '[3]', 'sumsq(x - [0, 3, 4])', 'optimal'),
  inDomain('psd', '[2, 2]', 'sumsq(x - [[1, 2], [2, 1]])', 'optimal'),
  inDomain('spd', '[2, 2]', 'sum(x .* [[2, 0], [0, 3]]) - logdet(x)', 'optimal'),
  inDomain('spectrahedron(1)', '[2, 2]', 'sumsq(x - [[1, 0], [0, 0.5]])', 'optimal'),
  inDomain('correlation', '[2, 2]', 'sumsq(x - [[1, 2], [2, 1]])', reaches(2)),
  inDomain('stiefel', '[3, 2]', 'sumsq(x - [[2, 0], [0, 1], [0, 0]])', 'stationary'),
  inDomain('grassmann', '[3, 1]', "trace(x'*diag([1, 2, 3])*x)", 'stationary'),
  inDomain('fixed_rank(1)', '[2, 2]', 'sumsq(x - [[2, 0], [0, 1]])', 'stationary'),
  inDomain('orthogonal', '[2, 2]', 'sumsq(x - [[2, 0], [0, 1]])', 'stationary'),
  inDomain('doubly_stochastic', '[2, 2]', 'sumsq(x - [[1, 0], [0, 0.5]])', reaches(0.1875)),
  inDomain('sparse_ball(1)', '[3]', 'sumsq(x - [1, 2, 3])', 'stationary'),
  inDomain('monotone', '[3]', 'sumsq(x - [3, 1, 2])', 'optimal'),
  inDomain('product(simplex, nonneg)', '[2, 2]', 'sumsq(x - 0.3)', reaches(0.08)),
  inDomain('simplex', '[2, 3]', 'sumsq(x - 0.5)', 'optimal'),
];

const method = (
  form: string,
  pattern: string,
  body: string,
  goal = bowl,
  gives: ProgramForm['gives'] = 'optimal',
  top = '',
): ProgramForm => ({
  form,
  text: `${top}problem p {\n${goal}\n}\nmethod own(step : real = 0.1, rounds : int = 3) for { ${pattern} {\n${body}\n}\nsolve p with own`,
  gives,
});

const smooth = 'minimize f(x) over x } where f is smooth';
const composite = 'minimize f(x) + h(x) over x } where f is smooth and h has prox';
const constrained = 'minimize f(x) over x in X } where f is smooth and X has project';
const sampled = 'minimize E(i in D) f(x, i) over x } where f is smooth';
const mean = `${v3}\n minimize E(i in 1..4) sumsq(x - i)`;
const agents = `set C = 1..3\n ${v3}\n minimize sum(c in C) sumsq(x - c)`;
const lasso = `${v3}\n minimize sumsq(x - 2) + norm(x, 1)`;
const box = `var x : real[3] >= 0 <= 1\n minimize sumsq(x - 2)`;
const descend = 'repeat { x <- x - step*grad(f(x), x) }';

/** Messages, and what becomes of a run that averages them. */
const exchanges: readonly (readonly [string, ProgramForm['gives']])[] = [
  ['topk(u - x, 2)', 'not converged'],
  ['randk(u - x, 2)', 'not converged'],
  ['quantize(u - x, 8)', 'optimal'],
  ['sign(u - x)', 'optimal'],
];

/** §6 */
const methods: readonly ProgramForm[] = [
  method('state, repeat, <-', smooth, `state s = step\n repeat { x <- x - s*grad(f(x), x) }`),
  method('let', smooth, `repeat { let g = grad(f(x), x)\n x <- x - step*g }`),
  method(
    'x, y <- e1, e2',
    smooth,
    `state y = x\n repeat { x, y <- y - step*grad(f(y), y), x - step*grad(f(x), x) }`,
  ),
  method(
    'S[k, :] <- e',
    smooth,
    `state S = zeros(2, dim(x))\n repeat { S[1, :] <- grad(f(x), x)\n x <- x - step*S[1, :] }`,
  ),
  method('iteration', smooth, `repeat { x <- x - 0.4/(1 + iteration/50)*grad(f(x), x) }`),
  method(
    'for k in 1..rounds',
    smooth,
    `repeat { for k in 1..rounds { x <- x - step*grad(f(x), x) } }`,
  ),
  method(
    'while',
    smooth,
    `repeat { state t = 1\n while f(x - t*grad(f(x), x)) > f(x) - 0.5*t*sumsq(grad(f(x), x)) { t <- t/2 }\n x <- x - t*grad(f(x), x) }`,
  ),
  method(
    'if … else',
    smooth,
    `repeat { if mod(iteration, 2) == 0 { x <- x - step*grad(f(x), x) } else { x <- x - 2*step*grad(f(x), x) } }`,
  ),
  method(
    'u ~ normal(0, 1)[dim(x)]',
    smooth,
    `repeat { u ~ normal(0, 1)[dim(x)]\n let v = u/norm(u)\n x <- x - step*dim(x)*dot(grad(f(x), x), v)*v }`,
  ),
  method(
    'report, stop when',
    smooth,
    `repeat { x <- x - step*grad(f(x), x)\n report slope = norm(grad(f(x), x))\n stop when norm(grad(f(x), x)) <= 1e-12 }`,
  ),
  method(
    'return',
    smooth,
    `state a = x\n repeat { x <- x - step*grad(f(x), x)\n a <- 0.5*a + 0.5*x\n return a }`,
  ),
  method(
    'hvp, hess',
    smooth,
    `repeat { x <- x - hess(f(x), x) \\ grad(f(x), x)\n report bend = norm(hvp(f(x), x, x)) }`,
  ),
  method('root', smooth, `repeat { x <- root(v = x) grad(f(v) + sumsq(v - x)/2, v) }`),
  method(
    'each w in x',
    smooth,
    `each w in x { state M = zeros(w) }\n repeat { each w in x { M <- grad(f(x), w) }\n each w in x { w <- w - step*M } }`,
    `var x : real[2]\n var y : real[2, 2]\n minimize sumsq(x - 1) + sumsq(y - 2)`,
  ),
  method(
    'each w in x where ndim(w) == 2',
    smooth,
    `repeat { each w in x where ndim(w) == 2 { w <- w - step*grad(f(x), w) }\n each w in x where ndim(w) < 2 { w <- w - 2*step*grad(f(x), w) } }`,
    `var x : real[2]\n var y : real[2, 2]\n minimize sumsq(x - 1) + sumsq(y - 2)`,
  ),
  method('lipschitz(f)', smooth, `repeat { x <- x - 1/lipschitz(f)*grad(f(x), x) }`),
  method(
    'strong_convexity(f)',
    smooth,
    `repeat { x <- x - 1/(strong_convexity(f) + lipschitz(f))*grad(f(x), x) }`,
  ),
  method(
    'f(x) + h(x), prox',
    composite,
    `repeat { x <- prox(h, step, x - step*grad(f(x), x)) }`,
    lasso,
  ),
  method(
    'f(x) + h(K*x), prox_conj',
    'minimize f(x) + h(K*x) over x } where f has prox and h has prox',
    `state y = zeros(K*x)\n repeat { let u = prox(f, 0.4, x - 0.4*(K\'*y))\n y <- prox_conj(h, 0.4, y + 0.4*(K*(2*u - x)))\n x <- u }`,
    `data D : real[2, 3] = [[-1, 1, 0], [0, -1, 1]]\n ${v3}\n minimize sumsq(x - [1, 5, 2])/2 + norm(D*x, 1)`,
  ),
  method(
    'conj',
    composite,
    `repeat { x <- prox(h, step, x - step*grad(f(x), x))\n report bound = -conj(h, 0.5*x/max(1, norm(x, inf))) }`,
    lasso,
  ),
  method(
    'project(X, v), x in X',
    constrained,
    `repeat { x <- project(X, x - step*grad(f(x), x)) }`,
    box,
  ),
  method(
    'lmo(X, g)',
    'minimize f(x) over x in X } where f is smooth and X has lmo',
    `repeat { x <- x + 2/(iteration + 2)*(lmo(X, grad(f(x), x)) - x) }`,
    `var x : real[3] in simplex\n minimize sumsq(x - [2, 0, 0])`,
  ),
  method(
    'distance(X, v)',
    constrained,
    `repeat { x <- project(X, x - step*grad(f(x), x))\n report off = distance(X, x - step*grad(f(x), x)) }`,
    box,
  ),
  method(
    'mirror, mirror_dual',
    'minimize f(x) over x in X } where f is smooth',
    `repeat { x <- mirror(X, mirror_dual(X, x) - step*grad(f(x), x)) }`,
    `var x : real[3] in simplex\n minimize sumsq(x - [0.5, 0.3, 0.2])`,
  ),
  method(
    'retract, tangent, transport',
    'minimize f(x) over x in X } where f is smooth and X has retract',
    `state m = zeros(x)\n repeat { let d = tangent(X, x, grad(f(x), x))\n let u = retract(X, x, -step*(d + 0.1*m))\n m <- transport(X, x, u, d)\n x <- u }`,
    `var x : real[3] in sphere\n minimize x'*diag([1, 2, 3])*x - 0.1*sum(x)`,
    'stationary',
  ),
  method(
    'x in simplex in a pattern',
    'minimize f(x) over x in simplex } where f is smooth',
    `repeat { let w = x .* exp(-step*grad(f(x), x))\n x <- w/sum(w) }`,
    `var x : real[3] in simplex\n minimize sumsq(x - [0.5, 0.3, 0.2])`,
  ),
  method(
    'sumsq(r(x))',
    'minimize sumsq(r(x)) over x } where r is smooth',
    `repeat { x <- x - jac(r(x), x) \\ r(x) }`,
  ),
  method(
    'E(i in D), batch',
    sampled,
    `repeat { let B = batch(D, 2)\n x <- x - 1/(iteration + 2)*grad(E(i in B) f(x, i), x) }`,
    mean,
    'optimal',
  ),
  method('the exact mean', sampled, `repeat { x <- x - step*grad(E(i in D) f(x, i), x) }`, mean),
  method(
    'for i in batch(D, 1), count(D)',
    sampled,
    `repeat { for i in batch(D, 1) { x <- x - step/(count(D)*iteration)*grad(f(x, i), x) } }`,
    mean,
    'not converged',
  ),
  method(
    '[… for i in D]',
    sampled,
    `state G = [grad(f(x, i), x) for i in D]\n repeat { G <- [grad(f(x, i), x) for i in D]\n x <- x - step*mean(G, axis = 1) }`,
    mean,
  ),
  method(
    'sum(c in C) f(c, x), each c in C',
    'minimize sum(c in C) f(c, x) over x } where f is smooth',
    `each c in C { state u = x }\n repeat { each c in C { u <- u - step*grad(f(c, u), u) }\n return mean(u, axis = 1) }`,
    agents,
  ),
  method(
    'exchange, told[d, :]',
    'minimize sum(c in C) f(c, x) over x } where f is smooth',
    `each c in C { state u = x }\n repeat { each c in C { let told = exchange(u) }\n each c in C { u <- mean([told[d, k] for d in C, k in 1..dim(x)], axis = 1) - step*grad(f(c, u), u) }\n return mean(u, axis = 1) }`,
    agents,
    'optimal',
  ),
  ...exchanges.map(([message, gives]) =>
    method(
      `exchange(${message})`,
      'minimize sum(c in C) f(c, x) over x } where f is smooth',
      `each c in C { state u = x }\n repeat { each c in C { u <- x - step*grad(f(c, x), x)\n let told = exchange(${message}) }\n x <- x + 0.2*mean(told, axis = 1) }`,
      agents,
      gives,
    ),
  ),
  method(
    'subject to { g(x) <= 0; h(x) == 0 }',
    'minimize f(x) over x\n subject to { g(x) <= 0; h(x) == 0 } } where f is smooth and g is smooth and h is smooth',
    `state u = zeros(g(x))\n state v = zeros(h(x))\n repeat { for k in 1..60 { let L = f(x) + dot(v, h(x)) + sumsq(h(x)) + sumsq(pos(u + 2*g(x)))/4\n x <- x - 0.05*grad(L, x) }\n u, v <- pos(u + 2*g(x)), v + 2*h(x) }`,
    `${v3}\n minimize sumsq(x - 1)\n subject to { sum(x) == 1; x[1] <= 0.2 }`,
  ),
  method(
    'a lower level in a pattern',
    'lower { minimize g(x, y) over y }\n minimize f(x, y) over x } where f is smooth and g is smooth',
    `repeat { y <- y - step*grad(g(x, y), y)\n x <- x - step*grad(f(x, y), x) }`,
    `var x : real\n lower { var y : real\n minimize (y - x)^2 }\n minimize (x - 1)^2 + y^2`,
    'not converged',
  ),
  method(
    'two players in a pattern',
    'minimize f(x, y) over x in X\n maximize f(x, y) over y in Y } where X has project and Y has project',
    `repeat { x, y <- project(X, x - step*grad(f(x, y), x)), project(Y, y + step*grad(f(x, y), y)) }`,
    `var x : real[2] in simplex\n var y : real[2] in simplex\n minimize x'*[[1, 2], [3, 0]]*y over x\n maximize x'*[[1, 2], [3, 0]]*y over y`,
    'not converged',
  ),
  method(
    'F(x) where F is vector',
    'minimize F(x) over x } where F is vector',
    `repeat { x <- x - step*grad(sum(F(x)), x) }`,
    `var x : real\n minimize [x^2, (x - 1)^2]`,
    'optimal',
  ),
  {
    form: 'native',
    text: `problem p { var x : real[2] >= 0\n minimize sum(x)\n subject to { x[1] + 2*x[2] >= 1 } }\nmethod own for { minimize f(x) over x in X\n subject to { g(x) <= 0; h(x) == 0 } } where f is linear and g is linear and h is linear native "highs"\nsolve p with own`,
    gives: 'optimal',
  },
  ...['is convex', 'is strongly_convex', 'is quadratic', 'is separable'].map((qualifier) =>
    method(
      `f ${qualifier}`,
      `minimize f(x) over x } where f is smooth and f ${qualifier}`,
      descend,
    ),
  ),
  method('arguments in the problem’s scope', smooth, descend, `param rate : real = 0.2\n ${bowl}`),
];

const via = (
  form: string,
  reduction: string,
  goal: string,
  gives: ProgramForm['gives'] = 'optimal',
  how = '',
): ProgramForm => ({
  form,
  text: `problem p {\n${goal}\n}\nsolve p ${how} via ${reduction}`,
  gives,
});

const reductions: readonly ProgramForm[] = [
  via('via epigraph', 'epigraph', `${v3}\n minimize max(abs(x - [1, 2, 3])) + sum(abs(x))`),
  via(
    'via smooth(mu)',
    'smooth(1e-6)',
    `${v3}\n minimize sumsq(x - 2) + norm(x, 1)`,
    'optimal',
    'with lbfgs',
  ),
  via('via hadamard', 'hadamard', lasso, 'optimal', 'with lbfgs'),
  via('via scalarize(w)', 'scalarize([1, 1])', `var x : real\n minimize [x^2, (x - 1)^2]`),
  via(
    'via relax',
    'relax',
    `var z : bool[3]\n maximize z[1] + 2*z[2] + 3*z[3]\n subject to { sum(z) <= 2 }`,
  ),
  via(
    'via implicit',
    'implicit',
    `var x : real\n lower { var y : real\n minimize (y - x)^2 }\n minimize (x - 1)^2 + y^2`,
    reaches(0.5, 'stationary'),
  ),
  via(
    'via value_function',
    'value_function',
    `var x : real\n lower { var y : real\n minimize (y - x)^2 }\n minimize (x - 1)^2 + y^2`,
    reaches(0.5, 'stationary'),
  ),
  ...['kkt', 'strong_duality'].map((name) =>
    via(
      `via ${name}`,
      name,
      `var x : real\n lower { var y : real\n minimize (y - x)^2 }\n minimize (x - 1)^2 + y^2`,
      later.reduction,
    ),
  ),
  via(
    'via unroll(T, method)',
    'unroll(10, gradient_descent)',
    `var x : real\n lower { var y : real\n minimize (y - x)^2 }\n minimize (x - 1)^2 + y^2`,
    reaches(0.5, 'stationary'),
  ),
  via(
    'via penalty(rho)',
    'penalty(10)',
    `${v3}\n minimize sumsq(x)\n subject to { sum(x) == 1 }`,
    waits(/penalty of constraints/),
  ),
  via(
    'via dual',
    'dual',
    `var x : real\n lower { var y : real >= -1 <= 1\n maximize (x - 2)^2 + x*y }\n minimize (x - 2)^2 + x*y`,
    reaches(1.75, 'stationary'),
  ),
  via(
    'via robust',
    'robust',
    `var x : real[2] >= 0\n maximize sum(x)\n subject to { forall(u : real[2] in ball(0, 0.1)) (1 + u)'*x <= 1 }`,
    later.reduction,
  ),
  via(
    'via sample(N)',
    'sample(100)',
    `var x : real\n minimize E(z ~ normal(0, 1)) exp(x*z) - x`,
    later.reduction,
  ),
];

/** §7 */
const solving: readonly ProgramForm[] = [
  { form: 'solve P', text: `problem p { ${bowl} }\nsolve p`, gives: 'optimal' },
  {
    form: 'solve P with m(args)',
    text: `problem p { ${bowl} }\nsolve p with gradient_descent(step = 0.2)`,
    gives: 'optimal',
  },
  {
    form: 'solve P … stop when c',
    text: `problem p { ${bowl} }\nsolve p with gradient_descent(step = 0.2) stop when stationarity <= 1e-9 or time >= 5 s`,
    gives: 'optimal',
  },
  {
    form: 'several problems',
    text: `problem p { ${bowl} }\nproblem q { var y : real\n minimize y^2 }`,
    gives: 'optimal',
  },
];

export const programForms: Readonly<Record<string, readonly ProgramForm[]>> = {
  '§3 members': members,
  '§4 levels': levels,
  '§5 domains': domains,
  '§6 methods': methods,
  '§6 reductions': reductions,
  '§7 solving': solving,
};

/** §7: comparisons; every claim holds. */
export const comparisonForms: readonly { readonly form: string; readonly members: string }[] = [
  {
    form: 'with, as, via, a label',
    members: 'with gradient_descent(step = 0.1)\n with lbfgs as "L"',
  },
  { form: 'on', members: 'on { mu = 0.3 }\n with lbfgs' },
  { form: 'sweep of a param', members: 'with lbfgs\n sweep mu in {0.1, 1}' },
  {
    form: 'sweep of a new name',
    members:
      'with gradient_descent(step = s) as "GD"\n sweep s in {0.1, 0.2}\n claim "every step": iterations("GD") >= 1\n claim "one step": iterations("GD", s = 0.1) >= 1',
  },
  { form: 'seeds', members: 'with lbfgs\n seeds 1..3' },
  {
    form: 'stop when',
    members: 'with lbfgs\n stop when gap <= 1e-9 or time >= 5 s or iterations >= 100',
  },
  {
    form: 'value, gap, iterations, time',
    members:
      'with lbfgs as "L"\n claim "c": value("L") <= 10 and gap("L") <= 1e-6 and iterations("L") <= 100 and time("L") <= 60',
  },
  {
    form: 'a metric, an oracle',
    members: 'with lbfgs as "L"\n claim "c": size("L") >= 0 and hvps("L") == 0',
  },
  {
    form: 'at',
    members:
      'with gradient_descent(step = 0.1) as "GD"\n stop when iterations >= 50\n claim "c": at("GD", value, iterations = 10) <= at("GD", value, iterations = 1)',
  },
  {
    form: 'first',
    members:
      'with gradient_descent(step = 0.1) as "GD"\n stop when iterations >= 50\n claim "c": first("GD", iterations, gap <= 1e-3) <= 40 and first("GD", iterations, value < -5) == inf',
  },
  {
    form: 'rate, order',
    members:
      'with gradient_descent(step = 0.1) as "GD"\n stop when iterations >= 40\n claim "c": rate("GD", gap) < 0 and order("GD", gap) < 0',
  },
  {
    form: 'slope',
    members:
      'with gradient_descent(step = s) as "GD"\n sweep s in {0.01, 0.02, 0.04}\n stop when iterations >= 20\n claim "c": slope("GD", s, gap) < 0',
  },
  {
    form: 'success',
    members: 'with lbfgs as "L"\n seeds 1..3\n claim "c": success("L", gap <= 1e-2) == 1',
  },
  {
    form: 'trace',
    members:
      'with gradient_descent(step = 0.1) as "GD"\n stop when iterations >= 20\n claim "c": max(trace("GD", gap)) >= trace("GD", gap)[end]',
  },
];

export const comparedProblem = `problem p {
  param mu : real >= 0 = 0.1
  var x : real[3] start [3, 2, 1]
  minimize sumsq(x - 1) + mu*sumsq(x)
  metric size = norm(x)
}`;
