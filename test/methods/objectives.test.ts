// Methods for several objectives: they end on the Pareto set, at the points that theory names, and count what they ask for.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import { noCounts } from '../../runtime/trace.ts';
import { errorsOf, openText, solvesOf } from '../conformance/program.ts';
import { referenceRun } from '../conformance/reference-run.ts';

/** Three bowls whose centres span a triangle: the Pareto set. */
const triangle = `var x : real[2] start [3, 3]
  minimize [sumsq(x - [1, 0]), 4*sumsq(x + [1, 0]), sumsq(x - [0, 1])/2]`;

async function end(members: string, use: string, iterations: number) {
  const solved = await solve(`problem p {${members}}\nsolve p ${use}`, {
    iterations,
    tolerance: 0,
  });
  if (!solved.ok) throw new Error(solved.text);
  const [{ status, solution, objectives = [] }] = solved.results;
  return { status, x: [...solution[0].data], objectives };
}

const uses = [
  'mgda',
  'pcgrad(step = 0.02)',
  'cagrad(step = 0.02)',
  'cagrad(step = 0.01, c = 1.5)',
  'nash_mtl(step = 0.1)',
  'gcond(step = 0.02)',
  'sam_gs(step = 0.01)',
];

describe('the Pareto set', () => {
  test.each(uses)('%s ends in the triangle', async (use) => {
    const { status, x } = await end(triangle, `with ${use}`, 4000);
    expect(['optimal', 'not converged']).toContain(status);
    const [a, b] = x;
    // Within the triangle (-1, 0), (1, 0), (0, 1), to what methods with a fixed step leave.
    for (const beyond of [-b, b + a - 1, b - a - 1]) expect(beyond).toBeLessThan(2e-2);
  });

  test('mgda is the default, certified', async () => {
    const solved = await solve(`problem p {${triangle}}`);
    if (!solved.ok) throw new Error(solved.text);
    const [{ status, method, objectives }] = solved.results;
    expect([status, method]).toEqual(['optimal', 'mgda']);
    expect(objectives).toHaveLength(3);
  });

  test('mgda within bounds that hold back one objective: every objective falls', async () => {
    const members =
      'var x : real[2] >= 0 start [3, 4]\nminimize [sumsq(x - [1, -1]), 50*sumsq(x - [-2, -3])]';
    const { status, x, objectives } = await end(members, 'with mgda', 300);
    expect(status).toBe('optimal');
    expect(x[1]).toBeCloseTo(0, 9);
    expect(x[0]).toBeLessThanOrEqual(1 + 1e-9);
    expect(objectives[0]).toBeLessThan(4 + 25);
    expect(objectives[1]).toBeLessThan(50 * (25 + 49));
  });
});

describe('what theory says of single methods', () => {
  const two = (scale: number): string =>
    `var x : real[2] start [0.5, 2]\nminimize [sumsq(x - [1, 0]), ${scale}*sumsq(x + [1, 0])]`;

  test('cagrad below 1 ends at the minimum of the mean, whatever c', async () => {
    for (const c of [0, 0.5]) {
      const { x } = await end(two(3), `with cagrad(step = 0.05, c = ${c})`, 3000);
      // (1 - 3)/4
      expect(x[0]).toBeCloseTo(-0.5, 6);
      expect(x[1]).toBeCloseTo(0, 6);
    }
  });

  test('nash_mtl and imtl follow one path whatever the scales; pcgrad does not', async () => {
    const off = async (method: string): Promise<number> => {
      const [a, b] = await Promise.all(
        [1, 20].map((scale) => end(two(scale), `with ${method}`, 4000)),
      );
      return Math.hypot(a.x[0] - b.x[0], a.x[1] - b.x[1]);
    };
    expect(await off('nash_mtl(step = 0.002)')).toBeLessThan(0.05);
    expect(await off('imtl(step = 0.002)')).toBeLessThan(0.05);
    expect(await off('pcgrad(step = 0.002)')).toBeGreaterThan(0.3);
  });

  test('pcgrad by hand: two conflicting gradients lose their part against the other', async () => {
    const members =
      'var x : real[2] start [0, 0]\nminimize [3*x[1] + x[2] + 0*sumsq(x), -x[1] + x[2]]';
    const { x } = await end(members, 'with pcgrad(step = 1)', 1);
    const [g, h] = [
      [3, 1],
      [-1, 1],
    ];
    const along = g[0] * h[0] + g[1] * h[1];
    const sum = [0, 1].map((i) => g[i] - (along / 2) * h[i] + h[i] - (along / 10) * g[i]);
    expect(x[0]).toBeCloseTo(-sum[0], 12);
    expect(x[1]).toBeCloseTo(-sum[1], 12);
  });
});

describe('counts', () => {
  const iterations = 6;
  test.each([...uses.slice(1), 'imtl(step = 0.02)'])(
    '%s: a gradient of each objective an iteration',
    async (use) => {
      const program = openText(`problem p {${triangle}}\nsolve p with ${use}`);
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
      const { draws } = emitted.counts;
      expect(emitted.counts).toEqual({ ...noCounts(), grads: 3 * iterations, draws });
    },
  );
});

describe('samples of several objectives', () => {
  const rows = `data X : real[30, 3] = [sin(i*j) for i in 1..30, j in 1..3]
    data a : real[30] = [cos(i) for i in 1..30]
    var w : real[3] start [1, 2, 3]
    minimize [sumsq(X*w - a)/30, mean(softplus(-a .* (X*w)))]`;
  const method = (body: string): string => `method m(batch : int > 0 = count(D)) for {
      minimize E(i in D) F(x, i) over x
    } where F is vector {
      repeat { ${body} }
    }`;
  const after = async (members: string, body: string, use: string): Promise<readonly number[]> => {
    const text = `problem p {${members}}\n${method(body)}\nsolve p with ${use}`;
    const solved = await solve(text, { iterations: 1 });
    if (!solved.ok) throw new Error(solved.text);
    return [...solved.results[0].solution[0].data];
  };
  const exact = 'x <- x - 0.1*grad((E(i in D) F(x, i))[2], x)';
  const drawn = 'let B = batch(D, batch)\n x <- x - 0.1*grad((E(i in B) F(x, i))[2], x)';

  test('a batch of all rows gives the exact gradient; of some it does not', async () => {
    const all = await after(rows, exact, 'm');
    const batch = await after(rows, drawn, 'm');
    batch.forEach((entry, k) => expect(entry).toBeCloseTo(all[k], 12));
    const some = await after(rows, drawn, 'm(batch = 4)');
    expect(Math.abs(some[0] - all[0])).toBeGreaterThan(1e-6);
  });

  test('objectives that are no sums over the same rows are one element', async () => {
    const mixed = rows.replace('mean(softplus(-a .* (X*w)))', 'sumsq(w)');
    const found = await after(mixed, drawn, 'm');
    [1, 2, 3].forEach((w, k) => expect(found[k]).toBeCloseTo(w - 0.1 * 2 * w, 12));
  });
});
