// What many batches say in the mean is the gradient of the goal itself, worked out here by hand. How near it must be is derived: where an element's gradient keeps within
// a range R, Hoeffding's bound R sqrt(log(2/d)/(2N)) for N independent draws, which fails with a chance of d = 1e-9; where its moments are known, six standard errors.
import { expect, test } from 'vitest';
import { openText, solve, solvesOf } from '../conformance/program.ts';

const iterations = 2000;

const probes = `
function entry(v : real[n], k) = v[min(k, size(v, 1))]
method mean_gradient(batch : int > 0) for {
  minimize E(i in D) f(x, i) over x
} where f is smooth {
  state total = zeros(x)
  repeat {
    let B = batch(D, batch)
    total <- total + grad(E(i in B) f(x, i), x)
    report m1 = entry(total, 1)/iteration
    report m2 = entry(total, 2)/iteration
    report m3 = entry(total, 3)/iteration
    report m4 = entry(total, 4)/iteration
  }
}
method mean_gradient_beside(batch : int > 0) for {
  minimize E(i in D) f(x, i) over x
} where f is smooth {
  state total = zeros(x)
  repeat {
    let B = batch(D, batch)
    let u = x + 1
    total <- total + grad(E(i in B) f(u, i), u)
    report m1 = entry(total, 1)/iteration
    report m2 = entry(total, 2)/iteration
    report m3 = entry(total, 3)/iteration
    report m4 = entry(total, 4)/iteration
  }
}
method mean_operator(batch : int > 0) for {
  find z in Z subject to { 0 in E(i in D) F(z, i) + normal_cone }
} where Z has project {
  state total = zeros(z)
  repeat {
    let B = batch(D, batch)
    total <- total + (E(i in B) F(z, i))
    report m1 = entry(total, 1)/iteration
    report m2 = entry(total, 2)/iteration
    report m3 = entry(total, 3)/iteration
    report m4 = entry(total, 4)/iteration
  }
}
`;

/** The mean over all batches, entry by entry (four at most). */
async function meanOf(problem: string, method: string): Promise<readonly number[]> {
  const program = openText(
    `${probes}problem p { ${problem} }\nsolve p with ${method} stop when iterations >= ${iterations}`,
  );
  const [task] = solvesOf(program);
  const solved = await solve(program, task);
  if (!solved.ok) throw new Error(solved.text);
  const { trace, solution } = solved.result;
  const last = trace.at(-1);
  expect(last?.iteration).toBe(iterations);
  const entries = solution.reduce((sum, { data }) => sum + data.length, 0);
  return Array.from({ length: entries }, (_, k) => last?.values[`m${k + 1}`] ?? NaN);
}

const hoeffding = (range: number, draws: number): number =>
  range * Math.sqrt(Math.log(2 / 1e-9) / (2 * draws));

const sixErrors = (variance: number, draws: number): number => 6 * Math.sqrt(variance / draws);

function expectNear(
  found: readonly number[],
  exact: readonly number[],
  bounds: readonly number[],
): void {
  expect(found).toHaveLength(exact.length);
  exact.forEach((value, k) => {
    expect(Math.abs(found[k] - value), `entry ${k + 1}`).toBeLessThanOrEqual(bounds[k]);
    // A bound that would let zero pass for the gradient shows nothing.
    if (value !== 0) expect(bounds[k]).toBeLessThan(Math.abs(value));
  });
}

/** At x = 1: E_i i x has slope 3.5 within 1..6, E_j -j^2 x/2 has slope -3.75 within -8..-0.5, beside 5x. */
const twoSets = `var x : real start 1
  minimize E(i in 1..6) i*x - E(j in 1..4) j^2*x/2 + 5*x`;

test.each([2, 5, 9])('two sets, %i at a time', async (batch) => {
  const found = await meanOf(twoSets, `mean_gradient(batch = ${batch})`);
  // Batches are independent of each other; within one nothing is taken for granted.
  expectNear(found, [3.5 - 3.75 + 5], [hoeffding(5 + 7.5, iterations)]);
});

test('without a size the mean over several sets is exact', async () => {
  const program = openText(
    `problem p { ${twoSets} + x^2 }\nsolve p with sgd(step = 0.5) stop when iterations >= 1`,
  );
  const solved = await solve(program, solvesOf(program)[0]);
  if (!solved.ok) throw new Error(solved.text);
  expect(solved.result.solution[0].data[0]).toBeCloseTo(1 - 0.5 * (4.75 + 2), 12);
});

test('a set and a law together', async () => {
  // (k + e) x: slope 2.5 + mean of e = 3; of batches of 8 each k is drawn twice, so that e alone varies, with variance 4.
  const found = await meanOf(
    'var x : real start 1; minimize E(k in 1..4, e ~ normal(0.5, 2)) (k + e)*x',
    'mean_gradient(batch = 8)',
  );
  expectNear(found, [3], [sixErrors(4, 8 * iterations)]);
});

test('a law of its own for each element of a set', async () => {
  // z is m + k in the mean: slope 2.5 + 1; the variance of a pair (k, z) with k^2 times a unit normal is E k^4, and no k is left to chance.
  const found = await meanOf(
    'var x : real start 1; minimize E(k in 1..4, z ~ normal(k + 1, k)) z*x',
    'mean_gradient(batch = 4)',
  );
  expectNear(found, [3.5], [sixErrors((1 + 4 + 9 + 16) / 4, 4 * iterations)]);
});

test('a law that hangs on another draw', async () => {
  // w = a + n: a*w*x has slope E a^2 = 1 and variance E a^4 + 2*0 + E a^2 n^2 - 1 = 3 + 1 - 1.
  const found = await meanOf(
    'var x : real start 1; minimize E(a ~ normal(0, 1), w ~ normal(a, 1)) a*w*x',
    'mean_gradient(batch = 4)',
  );
  expectNear(found, [1], [sixErrors(3, 4 * iterations)]);
});

const square = (estimator: string): string =>
  `var x : real start 1.5; minimize E(z ~ normal(x, 1)${estimator}) z^2`;

// E z^2 = x^2 + 1, slope 2x. Along the path the slope of a draw is 2z, with variance 4; by the score z^2 (z - x), with second moment x^4 + 18 x^2 + 15.
const scoreVariance = (x: number): number => x ** 4 + 18 * x ** 2 + 15 - 4 * x ** 2;

test('laws that move with the variables: along the path, and by the score', async () => {
  for (const estimator of ['', ' by reparam']) {
    const path = await meanOf(square(estimator), 'mean_gradient(batch = 16)');
    expectNear(path, [3], [sixErrors(4, 16 * iterations)]);
  }
  const score = await meanOf(square(' by score'), 'mean_gradient(batch = 16)');
  expectNear(score, [3], [sixErrors(scoreVariance(1.5), 16 * iterations)]);
});

test('at another point the law is that of the point', async () => {
  const path = await meanOf(square(''), 'mean_gradient_beside(batch = 16)');
  expectNear(path, [5], [sixErrors(4, 16 * iterations)]);
  const score = await meanOf(square(' by score'), 'mean_gradient_beside(batch = 16)');
  expectNear(score, [5], [sixErrors(scoreVariance(2.5), 16 * iterations)]);
});

test('the score of a finite law', async () => {
  // At theta = 0 each action has chance 1/4; the slope of a draw is reward (1 at a - 1/4), within [-0.9/4, 0.9].
  const reward = [0.2, 0.5, 0.9, 0.4];
  const mean = reward.reduce((a, b) => a + b) / 4;
  const found = await meanOf(
    `data reward : real[4] = [${reward.join(', ')}]
    var theta : real[4]
    minimize E(a ~ categorical(softmax(theta)) by score) reward[a]`,
    'mean_gradient(batch = 32)',
  );
  const bound = hoeffding((0.9 * 5) / 4, 32 * iterations);
  expectNear(
    found,
    reward.map((r) => (r - mean) / 4),
    reward.map(() => bound),
  );
});

test('three players: each draws from what its own goal has', async () => {
  // a: 2a - 2.5 + 0.3b, the set in full in each batch of 4, z with variance 0.25. b: 4b - 2a. c: d + E(w1 w2) = c with variance 1.
  const found = await meanOf(
    `var a : real start 1; var b : real start 2; var c : real start 3
    minimize E(k in 1..4, z ~ normal(0, 0.5)) (a^2 - k*a + 0.3*a*b + z*a) over a
    minimize E(k in 1..4) (0.8*k*b^2 - 0.8*k*a*b) over b
    minimize c^2/2 + E(w ~ normal(0, 1)[2]) w[1]*w[2]*c over c`,
    'mean_operator(batch = 4)',
  );
  expectNear(
    found,
    [2 - 2.5 + 0.6, 8 - 2, 3],
    [sixErrors(0.25, 4 * iterations), 1e-9, sixErrors(1, 4 * iterations)],
  );
});

test('a player whose law is its own choice', async () => {
  // (z - b)^2 with z ~ normal(a, 1): slope 2(a - b), variance 4.
  const found = await meanOf(
    `var a : real start 2; var b : real start 1
    minimize E(z ~ normal(a, 1)) (z - b)^2 over a
    minimize (b - a)^2 over b`,
    'mean_operator(batch = 4)',
  );
  expectNear(found, [2, -2], [sixErrors(4, 4 * iterations), 1e-9]);
});

test('a family of players', async () => {
  // Of player i: 2 q_i - 2 i - 2 mean of s = 2 q_i - 2 i - 3; all players see one draw, the set in full.
  const found = await meanOf(
    `var q : real[3] start [1, 2, 4]
    forall(i in 1..3) minimize E(s in 1..2) (q[i] - i - s)^2 over q[i]`,
    'mean_operator(batch = 2)',
  );
  expectNear(found, [-3, -3, -1], [1e-9, 1e-9, 1e-9]);
});

test('an operator that is written', async () => {
  // A z + b + E(k) k z + E(w) w .* z: at z = (1, 2) with A = [[0, 1], [-1, 0]], b = (1, 1).
  const found = await meanOf(
    `data A : real[2, 2] = [[0, 1], [-1, 0]]
    var z : real[2] start [1, 2]
    find z subject to { 0 in (A*z + 1) + 2*(E(k in 1..3) k*z) + (E(w ~ normal(1, 1)[2]) w .* z) + normal_cone }`,
    'mean_operator(batch = 3)',
  );
  expectNear(
    found,
    [3 + 4 + 1, 0 + 8 + 2],
    [sixErrors(1, 3 * iterations), sixErrors(4, 3 * iterations)],
  );
});

const contraction = `
  var a : real start 3; var b : real start -2; var c : real start 1
  minimize E(k in 1..4) (a^2/2 - 0.1*k*a + 0.4*a*b) over a
  minimize E(k in 1..4) (b^2/2 - 0.2*k*b - 0.4*a*b + 0.1*b*c) over b
  minimize E(s in 1..3) (c^2/2 - 0.1*s*c) over c`;

/** a + 0.4 b = 0.25, b - 0.4 a + 0.1 c = 0.5, c = 0.2. */
const equilibrium = ((): readonly number[] => {
  const b = (0.5 - 0.02 + 0.4 * 0.25) / (1 + 0.16);
  return [0.25 - 0.4 * b, b, 0.2];
})();

test.each([
  'extragradient',
  'past_extragradient',
  'optimistic_gradient',
  'forward_backward_forward',
])(
  '%s with batches ends in a cloud about the equilibrium that shrinks with the step',
  async (name) => {
    const distances: number[] = [];
    const steps = [0.2, 0.02];
    for (const step of steps) {
      const program = openText(
        `problem p {${contraction}}\nsolve p with ${name}(step = ${step}, batch = 2) stop when iterations >= 1000`,
      );
      const solved = await solve(program, solvesOf(program)[0]);
      if (!solved.ok) throw new Error(solved.text);
      const at = solved.result.solution.flatMap(({ data }) => [...data]);
      distances.push(Math.max(...at.map((x, k) => Math.abs(x - equilibrium[k]))));
    }
    // The operator's slope contracts with modulus 1 and its noise has variance 0.2^2 * 1.25/2 at most in an entry: to first order in the step that of the cloud is
    // step * 0.025/2.
    steps.forEach((step, k) => {
      expect(distances[k]).toBeLessThan(6 * Math.sqrt((step * 0.025) / 2));
      expect(distances[k]).toBeGreaterThan(0);
    });
  },
);
