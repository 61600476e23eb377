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

describe('best responses', () => {
  const solved = async (text: string, use: string): ReturnType<typeof solve> =>
    solve(`problem game {${text}}\nsolve game with ${use}`);

  test('a duopoly', async () => {
    const found = await solved(
      `var p : real >= 0
       var q : real >= 0
       maximize p*(10 - p - q) - p over p
       maximize q*(10 - p - q) - 2*q over q`,
      'best_response',
    );
    if (!found.ok) throw new Error(found.text);
    const [{ status, solution }] = found.results;
    expect(status).toBe('optimal');
    // (a - 2 c_i + c_j)/3.
    [10 / 3, 7 / 3].forEach((x, k) => expect(Math.abs(solution[k].data[0] - x)).toBeLessThan(1e-5));
  });

  test('contracts by the square of the coupling, at two solves an iteration', async () => {
    const found = await solve(
      `problem game {
        var x : real
        var y : real start 1
        minimize x^2/2 - 0.8*x*y over x
        minimize y^2/2 - 0.8*x*y over y
      }
      solve game with best_response`,
      { iterations: 5, tolerance: 0 },
    );
    if (!found.ok) throw new Error(found.text);
    const [{ solution, counts }] = found.results;
    expect(counts).toMatchObject({ solves: 10, grads: 0 });
    expect(Math.abs(solution[1].data[0] - 0.8 ** 10)).toBeLessThan(1e-12);
  });

  test('circles where players pull against each other more than they bend', async () => {
    const found = await solve(
      `problem game {
        var x : real start 1
        var y : real start 1
        minimize x^2/2 + 2*x*y over x
        maximize 2*x*y - y^2/2 over y
      }
      solve game with best_response`,
      { iterations: 6 },
    );
    if (!found.ok) throw new Error(found.text);
    const [{ status, solution }] = found.results;
    // x = -2 y, y = 2 x: minus four times as far each round.
    expect(status).toBe('not converged');
    expect(Math.abs(solution[1].data[0] - 4096)).toBeLessThan(1e-6);
  });
});
