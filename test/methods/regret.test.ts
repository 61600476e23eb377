// How fast no-regret play comes to an equilibrium: the duality gap of the average strategies after k rounds, worked out here from the payoffs, against the bounds of the
// theorems with their own constants.
import { describe, expect, test } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import { errorsOf, openText, solvesOf } from '../conformance/program.ts';

type Matrix = readonly (readonly number[])[];

/** Numbers in [-1, 1) from a linear congruence (Park & Miller 1988). */
function drawn(rows: number, columns: number, seed: number): Matrix {
  let state = 1000 + 7919 * seed;
  const next = (): number => {
    state = (48271 * state) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
  return Array.from({ length: rows }, () => Array.from({ length: columns }, next));
}

const games: readonly (readonly [name: string, payoff: Matrix])[] = [
  [
    'rock, paper, scissors',
    [
      [0, -1, 1],
      [1, 0, -1],
      [-1, 1, 0],
    ],
  ],
  ...[1, 2, 3, 4].map((seed): readonly [string, Matrix] => [
    `drawn ${seed}`,
    drawn(3 + seed, 7 - seed, seed),
  ]),
];

const entries = (A: Matrix): readonly number[] => A.flat();
const range = (A: Matrix): number => Math.max(...entries(A)) - Math.min(...entries(A));
const largest = (A: Matrix): number => Math.max(...entries(A).map(Math.abs));

/** What both players could gain together against these strategies; x minimises x'Ay. */
function gapOf(A: Matrix, x: readonly number[], y: readonly number[]): number {
  const rows = A.map((row) => row.reduce((sum, a, j) => sum + a * y[j], 0));
  const columns = y.map((_, j) => A.reduce((sum, row, i) => sum + row[j] * x[i], 0));
  return Math.max(...columns) - Math.min(...rows);
}

type Round = readonly [x: readonly number[], y: readonly number[]];

/** The method's answers: before the first round, and after each. */
async function played(A: Matrix, use: string, rounds: number): Promise<readonly Round[]> {
  const program = openText(`problem game {
    data A : real[${A.length}, ${A[0].length}] = [${A.map((row) => `[${row.join(', ')}]`).join(', ')}]
    var x : real[${A.length}] in simplex
    var y : real[${A[0].length}] in simplex
    minimize x'*A*y over x
    maximize x'*A*y over y
  }
  solve game with ${use}`);
  expect(errorsOf(program)).toBe('');
  const [asked] = solvesOf(program);
  const opened = openSession(program.front, asked.problem, program.host, noSettings);
  if (!opened.ok) throw new Error('it does not open');
  const made = await specialise(opened.session, taskOf(asked));
  if (!made.ok) throw new Error(made.diagnostics.map(({ message }) => message).join('\n'));
  const run = made.specialised.create(1);
  run.init();
  const answer = (): Round => {
    const { x, y } = run.answer();
    return [[...x.data], [...y.data]];
  };
  const found = [answer()];
  for (let k = 1; k <= rounds; k++) {
    run.step(k);
    found.push(answer());
  }
  return found;
}

const rounds = 10_000;
const checkpoints = [1, 2, 5, 10, 30, 100, 300, 1000, 3000, rounds];

/** The gap after each number of rounds of the checkpoints. */
const gapsOf = (A: Matrix, answers: readonly Round[]): readonly number[] =>
  checkpoints.map((k) => gapOf(A, ...answers[k]));

/** The slope of log gap against log rounds from 100 on, by least squares. */
function order(gaps: readonly number[]): number {
  const points = checkpoints.flatMap((k, i) =>
    k >= 100 ? [[Math.log(k), Math.log(gaps[i])]] : [],
  );
  const mean = (of: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [a, b] = [mean(0), mean(1)];
  const over = points.reduce((sum, [s, t]) => sum + (s - a) * (t - b), 0);
  return over / points.reduce((sum, [s]) => sum + (s - a) ** 2, 0);
}

describe.each(games)('%s', (_, A) => {
  const roots = Math.sqrt(A.length) + Math.sqrt(A[0].length);

  // Regrets of k rounds are at most D sqrt(n k) for n actions whose payoffs differ by at most D (Blackwell's approachability; Zinkevich et al. 2007, theorem 2),
  // and the gap of the averages is the sum of both players' mean regrets.
  test('regret matching: D (sqrt m + sqrt n)/sqrt k', async () => {
    const gaps = gapsOf(A, await played(A, 'regret_matching', rounds));
    gaps.forEach((gap, i) => {
      expect(gap).toBeGreaterThan(-1e-12);
      expect(gap).toBeLessThanOrEqual((range(A) * roots) / Math.sqrt(checkpoints[i]));
    });
  });

  // Twice that for averages with linear weights (Tammelin et al. 2015, theorem 2); in practice nearer to 1/k.
  test('regret matching+: 2 D (sqrt m + sqrt n)/sqrt k, and faster', async () => {
    const gaps = gapsOf(A, await played(A, 'regret_matching_plus', rounds));
    gaps.forEach((gap, i) =>
      expect(gap).toBeLessThanOrEqual((2 * range(A) * roots) / Math.sqrt(checkpoints[i])),
    );
    // The start of rock, paper, scissors is its equilibrium.
    if (gaps[0] > 1e-12) expect(order(gaps)).toBeLessThan(-0.65);
  });

  // With steps of at most 1/(2 L) the regrets of both players add up to (log m + log n)/step (Syrgkanis, Agarwal, Luo & Schapire 2015, theorem 4 and proposition 7),
  // and to 2 D more as the first round's gradients are taken for those of a round before it.
  test('optimistic multiplicative weights: ((log m + log n)/step + 2 D)/k', async () => {
    const step = 1 / (2 * largest(A));
    const answers = await played(A, `optimistic_multiplicative_weights(step = ${step})`, rounds);
    const sums = answers[0].map((v) => v.map(() => 0));
    const gaps: number[] = [];
    // The play of a round is the answer before it.
    for (let k = 1; k <= rounds; k++) {
      answers[k - 1].forEach((v, player) => v.forEach((p, i) => (sums[player][i] += p)));
      const [x, y] = sums.map((sum) => sum.map((s) => s / k));
      if (checkpoints.includes(k)) gaps.push(gapOf(A, x, y));
    }
    const constant = (Math.log(A.length) + Math.log(A[0].length)) / step + 2 * range(A);
    gaps.forEach((gap, i) => expect(gap).toBeLessThanOrEqual(constant / checkpoints[i]));
    if (gaps[0] > 1e-12) expect(order(gaps)).toBeLessThan(-0.95);
  });

  // 2^(m + n) max |a| / k^(1/(m + n - 2)) is proved (Shapiro 1958); 1/sqrt k is what Karlin (1959) expected.
  test('fictitious play: the proved bound, and about 1/sqrt k', async () => {
    const gaps = gapsOf(A, await played(A, 'fictitious_play', rounds));
    const size = A.length + A[0].length;
    gaps.forEach((gap, i) =>
      expect(gap).toBeLessThanOrEqual(
        (2 ** size * largest(A)) / checkpoints[i] ** (1 / (size - 2)),
      ),
    );
    expect(order(gaps)).toBeLessThan(-0.4);
  });
});
