// Methods for games against closed forms. With w = x + iy, the game f = mu/2 x² + xy - mu/2 y² has the operator F(w) = lambda w, lambda = mu - i, so each
// method of fixed step is a recurrence in one complex number.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

type Complex = readonly [re: number, im: number];
const plus = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];
const times = (a: Complex, b: Complex): Complex => [
  a[0] * b[0] - a[1] * b[1],
  a[0] * b[1] + a[1] * b[0],
];
const scaled = (k: number, a: Complex): Complex => [k * a[0], k * a[1]];
const inverse = ([re, im]: Complex): Complex => [
  re / (re * re + im * im),
  -im / (re * re + im * im),
];
const one: Complex = [1, 0];
const size = ([re, im]: Complex): number => Math.hypot(re, im);

const game = (mu: number): string => `problem game {
  var x : real start 1
  var y : real start 0.5
  let f = ${mu}*x^2/2 + x*y - ${mu}*y^2/2
  minimize f over x
  maximize f over y
}`;

const start: Complex = [1, 0.5];
const step = 0.1;

async function normAfter(mu: number, use: string, k: number): Promise<number> {
  const solved = await solve(`${game(mu)}\nsolve game with ${use}`, {
    iterations: k,
    tolerance: 0,
  });
  if (!solved.ok) throw new Error(solved.text);
  const [{ solution, iterations }] = solved.results;
  expect(iterations).toBe(k);
  return Math.hypot(...solution.map(({ data }) => data[0]));
}

/** k steps of a recurrence w ← factor w. */
const powers = (factor: Complex, k: number): number => size(start) * size(factor) ** k;

/** w_{k+1} = w_k - s lambda (2 w_k - w_{k-1}), begun with w_{-1} = w_0. */
function optimistic(lambda: Complex, k: number): number {
  let [before, w] = [start, start];
  for (let n = 0; n < k; n++) {
    const pull = times(lambda, plus(scaled(2, w), scaled(-1, before)));
    [before, w] = [w, plus(w, scaled(-step, pull))];
  }
  return size(w);
}

describe.each([
  ['bilinear', 0],
  ['strongly monotone', 0.5],
])('%s', (_, mu) => {
  const lambda: Complex = [mu, -1];
  const ahead = plus(one, scaled(-step, lambda));

  test.each([1, 10, 57])('norms after %i steps', async (k) => {
    const close = (found: number, exact: number): void =>
      expect(Math.abs(found - exact)).toBeLessThan(1e-12 * Math.max(1, exact));
    close(await normAfter(mu, `gda(step = ${step})`, k), powers(ahead, k));
    const twice = plus(one, scaled(-step, times(lambda, ahead)));
    close(await normAfter(mu, `extragradient(step = ${step})`, k), powers(twice, k));
    close(await normAfter(mu, `optimistic_gradient(step = ${step})`, k), optimistic(lambda, k));
    const implicit = inverse(plus(one, scaled(step, lambda)));
    close(await normAfter(mu, `proximal_point(step = ${step})`, k), powers(implicit, k));
    // ‖F‖²/2 = |lambda|²|w|²/2.
    const shrink: Complex = [1 - step * (mu * mu + 1), 0];
    close(await normAfter(mu, `hamiltonian_gradient(step = ${step})`, k), powers(shrink, k));
    const both = plus(ahead, [-step * (mu * mu + 1), 0]);
    close(await normAfter(mu, `consensus(step = ${step})`, k), powers(both, k));
  });
});

const matrixGame = `problem game {
  data A : real[4, 3] = [[3, -1, 2], [1, 2, -2], [-1, 3, 1], [0, 1, 1.5]]
  var x : real[4] in simplex
  var y : real[3] in simplex
  maximize x'*A*y over x
  minimize x'*A*y over y
}`;
/** By linear programming. */
const value = 33 / 31;

describe('a matrix game', () => {
  test.each([
    ['extragradient', 2000, 1e-6],
    ['extragradient_search', 2000, 1e-6],
    ['past_extragradient', 3000, 1e-6],
    ['optimistic_gradient', 3000, 1e-6],
    ['forward_backward_forward', 2000, 1e-6],
    ['golden_ratio', 5000, 1e-6],
    ['mirror_prox', 3000, 3e-3],
    ['optimistic_multiplicative_weights', 3000, 1e-2],
    ['regret_matching', 3000, 0.05],
    ['regret_matching_plus', 3000, 1e-4],
    ['fictitious_play', 3000, 0.1],
    ['anchored_extragradient', 5000, 1e-2],
  ])('%s', async (method, iterations, within) => {
    const solved = await solve(`${matrixGame}\nsolve game with ${method}`, { iterations });
    expect(solved.ok).toBe(true);
    if (!solved.ok) return;
    const [{ value: found = NaN }] = solved.results;
    expect(Math.abs(found - value)).toBeLessThan(within);
  });
});
