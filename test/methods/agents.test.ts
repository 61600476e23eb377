// Methods for agents: the optimum of a strongly convex sum is reached, or missed by the bias that theory says; messages and gradients are counted exactly.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { OracleCounts } from '../../runtime/program.ts';
import { noCounts } from '../../runtime/trace.ts';
import { errorsOf, openText, solvesOf } from '../conformance/program.ts';
import { referenceRun } from '../conformance/reference-run.ts';

const agents = 6;
const entries = 3;

/** Six agents on a ring, three variables; each agent has a bowl of its own: sum over c of |D_c x - b_c|^2/2, D_c diagonal. */
const ring = `
  set C = 1..${agents}
  data D : real[C, ${entries}] = [1 + sin(c*j)/2 for c in C, j in 1..${entries}]
  data b : real[C, ${entries}] = [cos(c + j) for c in C, j in 1..${entries}]
  data W : real[C, C] = [if c == d then 1/2 else if mod(c - d, ${agents}) == 1 or mod(d - c, ${agents}) == 1 then 1/4 else 0 for c in C, d in C]
  var x : real[${entries}]
  minimize sum(c in C) sumsq(D[c, :] .* x - b[c, :])/2`;

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k + 1);
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const D = (c: number, j: number): number => 1 + Math.sin(c * j) / 2;
const b = (c: number, j: number): number => Math.cos(c + j);

/** Entry by entry: sum of D b over the sum of D^2. */
const optimum = range(entries).map(
  (j) =>
    sum(range(agents).map((c) => D(c, j) * b(c, j))) / sum(range(agents).map((c) => D(c, j) ** 2)),
);

async function answerOf(use: string, iterations: number): Promise<readonly number[]> {
  const solved = await solve(`problem p {${ring}}\nsolve p with ${use}`, {
    iterations,
    tolerance: 0,
  });
  if (!solved.ok) throw new Error(solved.text);
  return [...solved.results[0].solution[0].data];
}

const distance = (x: readonly number[], to: readonly number[]): number =>
  Math.max(...x.map((xi, i) => Math.abs(xi - to[i])));

describe('exact methods reach the optimum', () => {
  test.each([
    ['fed_avg(local = 1)', 200],
    ['scaffold', 1500],
    ['scaffold(local = 2, step = 0.05)', 300],
    ['gradient_tracking(W = W, step = 0.1)', 400],
    ['extra(W = W, step = 0.2)', 400],
    ['accelerated_gossip(W = W)', 60],
    ['ef21(k = 1)', 600],
    ['ef21(k = 3)', 200],
    ['diana(k = 1)', 500],
    ['diana(k = 3)', 200],
  ])('%s', async (use, iterations) => {
    // The run ends where the value is exact, and entries have half its digits.
    expect(distance(await answerOf(use, iterations), optimum)).toBeLessThan(1e-7);
  });
});

describe('biased methods end where theory says', () => {
  /** Each entry of a round of local steps is x -> a_c x + (1 - a_c) b_c/D_c, a_c = (1 - step (D_c^2 + pull))^local for fed_prox with pull. */
  const fixedPoint = (step: number, local: number, pull: number): readonly number[] =>
    range(entries).map((j) => {
      const parts = range(agents).map((c) => {
        const slope = D(c, j) ** 2 + pull;
        const kept = (1 - step * slope) ** local;
        // The local minimiser is (D b + pull x)/slope.
        return {
          constant: ((1 - kept) * D(c, j) * b(c, j)) / slope,
          factor: kept + ((1 - kept) * pull) / slope,
        };
      });
      return (
        sum(parts.map(({ constant }) => constant)) / sum(parts.map(({ factor }) => 1 - factor))
      );
    });

  test.each([
    [0.2, 5],
    [0.05, 5],
    [0.2, 2],
  ])('fed_avg with step %d and %d local steps', async (step, local) => {
    const x = await answerOf(`fed_avg(step = ${step}, local = ${local})`, 400);
    expect(distance(x, fixedPoint(step, local, 0))).toBeLessThan(1e-9);
    expect(distance(x, optimum)).toBeGreaterThan(1e-4);
  });

  test('fed_prox, nearer to the optimum as it pulls harder', async () => {
    const ends = await Promise.all(
      [0.1, 1, 10].map((pull) =>
        answerOf(`fed_prox(pull = ${pull}, step = 0.05, local = 5)`, 1500),
      ),
    );
    ends.forEach((x, k) =>
      expect(distance(x, fixedPoint(0.05, 5, [0.1, 1, 10][k]))).toBeLessThan(1e-9),
    );
    const off = ends.map((x) => distance(x, optimum));
    expect(off[2]).toBeLessThan(off[0]);
  });

  test('dgd stalls at a distance proportional to its step', async () => {
    const steps = [0.04, 0.02, 0.01];
    const off = await Promise.all(
      steps.map(async (step) =>
        distance(await answerOf(`dgd(W = W, step = ${step})`, 4000), optimum),
      ),
    );
    expect(off[0]).toBeGreaterThan(1e-3);
    expect(off[0] / off[1]).toBeGreaterThan(1.7);
    expect(off[1] / off[2]).toBeGreaterThan(1.8);
    expect(off[1] / off[2]).toBeLessThan(2.2);
  });
});

describe('counts', () => {
  const iterations = 7;
  const vector = 64 * entries * agents;
  const short = (k: number): number => (64 + 32) * k * agents;
  const counted: readonly (readonly [use: string, counts: Partial<OracleCounts>])[] = [
    [
      'fed_avg(step = 0.1, local = 4)',
      each({ grads: 4 * agents, bits: vector, bits_down: vector }),
    ],
    [
      'fed_prox(step = 0.1, local = 4)',
      each({ grads: 4 * agents, bits: vector, bits_down: vector }),
    ],
    [
      'scaffold(step = 0.1, local = 4)',
      each({ grads: 4 * agents, bits: 2 * vector, bits_down: 2 * vector }),
    ],
    ['dgd(W = W, step = 0.1)', each({ grads: agents, bits: vector })],
    [
      'gradient_tracking(W = W, step = 0.1)',
      each({ grads: agents, bits: 2 * vector }, { grads: agents }),
    ],
    ['extra(W = W, step = 0.1)', each({ grads: agents, bits: vector })],
    [
      'accelerated_gossip(W = W, step = 0.1, rounds = 3)',
      each({ grads: agents, bits: 6 * vector }, { grads: agents }),
    ],
    [
      'ef21(k = 2, step = 0.1)',
      each({ grads: agents, bits: short(2), bits_down: vector }, { grads: agents, bits: vector }),
    ],
    ['diana(k = 2, step = 0.1)', each({ grads: agents, bits: short(2), bits_down: vector })],
  ];

  function each(
    iteration: Partial<OracleCounts>,
    start: Partial<OracleCounts> = {},
  ): Partial<OracleCounts> {
    const { grads = 0, bits = 0, bits_down = 0 } = iteration;
    return {
      grads: iterations * grads + (start.grads ?? 0),
      bits: iterations * bits + (start.bits ?? 0),
      bits_down: iterations * bits_down + (start.bits_down ?? 0),
    };
  }

  test.each(counted)('%s', async (use, byHand) => {
    const program = openText(`problem p {${ring}}\nsolve p with ${use}`);
    expect(errorsOf(program)).toBe('');
    const [asked] = solvesOf(program);
    const opened = openSession(program.front, asked.problem, program.host, noSettings);
    if (!opened.ok) throw new Error('it does not open');
    const made = await specialise(opened.session, taskOf(asked));
    if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('\n'));
    const { create, step } = made.specialised;
    if (step === undefined) throw new Error('no step');
    const emitted = create(1);
    emitted.init();
    for (let k = 1; k <= iterations; k++) emitted.step(k);
    const interpreted = referenceRun(opened.session, step, iterations);
    expect(emitted.counts).toEqual(interpreted.counts);
    expect(emitted.counts).toEqual({ ...noCounts(), ...byHand });
  });
});

describe('saddle points over agents', () => {
  const saddle = `
    set C = 1..4
    var x : real[2] start 1
    var y : real[1] start 2
    minimize sum(c in C) (c*x[1]*y[1] + c*x[2] - 5*c*y[1] + 20*sumsq(x) - 30*y[1]^2) over x
    maximize sum(c in C) (c*x[1]*y[1] + c*x[2] - 5*c*y[1] + 20*sumsq(x) - 30*y[1]^2) over y`;

  test('masha ends at the saddle point; terms of one player alone count', async () => {
    const solved = await solve(`problem p {${saddle}}\nsolve p with masha(step = 0.002, k = 1)`, {
      iterations: 4000,
      tolerance: 0,
    });
    if (!solved.ok) throw new Error(solved.text);
    const [{ solution }] = solved.results;
    // 10 y + 160 x1 = 0, 10 + 160 x2 = 0, 10 x1 - 50 - 240 y = 0.
    const y = -50 / (240 + 100 / 160);
    const found = solution.flatMap(({ data }) => [...data]);
    expect(distance(found, [-y / 16, -1 / 16, y])).toBeLessThan(1e-7);
  });

  test('masha counts two gradients and k entries of each agent, and all entries where the anchor moves', async () => {
    const program = openText(`problem p {${saddle}}\nsolve p with masha(step = 0.002, k = 1)`);
    const [asked] = solvesOf(program);
    const opened = openSession(program.front, asked.problem, program.host, noSettings);
    if (!opened.ok) throw new Error('it does not open');
    const made = await specialise(opened.session, taskOf(asked));
    if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join('\n'));
    const { create, step } = made.specialised;
    if (step === undefined) throw new Error('no step');
    const iterations = 12;
    const emitted = create(1);
    emitted.init();
    for (let k = 1; k <= iterations; k++) emitted.step(k);
    expect(emitted.counts).toEqual(referenceRun(opened.session, step, iterations).counts);
    const { grads, bits } = emitted.counts;
    const moves = (grads - 8) / 8 - iterations;
    expect(moves).toBeGreaterThan(0);
    expect(bits).toBe(4 * (3 * 64 * (1 + moves) + iterations * 96));
  });
});

test('random entries: as many as asked, fresh in each iteration, other ones for other agents', async () => {
  const text = `problem p {
      set C = 1..4
      var x : real[8] start ones
      minimize sum(c in C) sumsq(x - c)
    }
    method watch for { minimize sum(c in C) f(c, x) over x } where f is smooth {
      each c in C { state kept = zeros(x) }
      repeat {
        each c in C {
          let told = exchange(randk(ones(x), 3))
          kept <- told
        }
        x <- 0*x + sum(kept, axis = 1)
      }
    }
    solve p with watch`;
  const at = async (iterations: number): Promise<readonly number[]> => {
    const solved = await solve(text, { iterations });
    if (!solved.ok) throw new Error(solved.text);
    return [...solved.results[0].solution[0].data];
  };
  const [first, second] = [await at(1), await at(2)];
  for (const each of [first, second]) {
    expect(sum(each)).toBe(4 * 3);
    // Not all four agents drew the same three.
    expect(each.filter((entry) => entry > 0).length).toBeGreaterThan(3);
  }
  expect(second).not.toEqual(first);
});

test('what another agent has not told is not read', async () => {
  const text = `problem p {${ring}}
    method m for { minimize sum(c in C) f(c, x) over x } where f is smooth {
      each c in C { state u = x }
      repeat {
        each c in C { u <- sum(d in C) u[d, :]/6 - 0.1*grad(f(c, u), u) }
        return mean(u, axis = 1)
      }
    }
    solve p with m`;
  const solved = await solve(text);
  if (solved.ok) throw new Error('it ran');
  expect(solved.text).toContain('`u` of another agent is known only after `exchange(u)`');
});
