// Methods for bilevel problems on a weighted ridge regression, against its optimum: the exact ones reach it, those with a known bias come near, and those of first order
// ask for no Hessian-vector product. Methods for games whose closed forms are not in games.test.ts, on a game that they solve.
import { describe, expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

const ridge = `problem weighted_ridge {
  data A : real[30, 5] = [sin(3*i + 5*j) for i in 1..30, j in 1..5]
  data b : real[30] = [A[i, 1] - 2*A[i, 3] + 0.5*cos(17*i) for i in 1..30]
  data V : real[30, 5] = [sin(3*(i + 40) + 5*j) for i in 1..30, j in 1..5]
  data d : real[30] = [V[i, 1] - 2*V[i, 3] for i in 1..30]
  var t : real[5] start zeros
  lower {
    var w : real[5]
    minimize E(i in 1..30) (A[i, :]*w - b[i])^2/2 + sum(exp(t) .* w.^2)/2
  }
  minimize E(i in 1..30) (V[i, :]*w - d[i])^2/2 + 0.001*sumsq(t)
}`;
/** By Newton's method on the closed form of the lower solution. */
const optimum = 0.018621716364235;

async function run(
  text: string,
  use: string,
  iterations: number,
): Promise<{ readonly value: number; readonly hvps: number; readonly grads: number }> {
  const solved = await solve(`${text}\nsolve ${/problem (\w+)/.exec(text)?.[1]} with ${use}`, {
    iterations,
    tolerance: 0,
  });
  if (!solved.ok) throw new Error(solved.text);
  const [{ value = NaN, counts }] = solved.results;
  return { value, hvps: counts.hvps, grads: counts.grads };
}

describe('a weighted ridge regression', () => {
  test.each([
    ['aid_cg(outer = 0.5, inner = 0.5)', 20_000, 1e-8],
    ['aid_neumann(outer = 0.5, inner = 0.5, terms = 40)', 20_000, 1e-6],
    ['itd(outer = 0.5, inner = 0.5, steps = 40)', 20_000, 1e-6],
    ['soba(outer = 2, inner = 0.3)', 5000, 1e-8],
    ['ma_soba(outer = 2, inner = 0.3)', 5000, 1e-8],
    ['fsla(outer = 1, inner = 0.3)', 10_000, 1e-8],
    ['amigo(outer = 0.5, inner = 0.5)', 10_000, 1e-7],
    ['saba(outer = 0.2, inner = 0.1)', 40_000, 1e-5],
    // On batches of the samples: near, not at.
    ['stoc_bio(outer = 0.2, inner = 0.3)', 5000, 1e-2],
    // Within the bias of the penalty.
    ['f2sa(outer = 2, inner = 0.3, lambda = 100)', 20_000, 2e-4],
    ['pbgd(outer = 0.01, inner = 0.3, gamma = 10)', 20_000, 5e-3],
    ['meha(outer = 0.3, inner = 0.3, c0 = 1)', 20_000, 2e-2],
    ['bome(outer = 0.1, inner = 0.3)', 20_000, 1e-3],
    // Steps of one length.
    ['bo_rep(outer = 0.01, inner = 0.3)', 3000, 1e-3],
  ])('%s', async (use, iterations, within) => {
    const { value } = await run(ridge, use, iterations);
    expect(Math.abs(value - optimum)).toBeLessThan(within);
  });

  test.each(['f2sa', 'pbgd', 'meha', 'bome'])('%s is of first order', async (name) => {
    const { hvps, grads } = await run(ridge, `${name}(outer = 0.01, inner = 0.3)`, 7);
    expect(hvps).toBe(0);
    expect(grads).toBeGreaterThan(0);
  });

  test('counts by hand', async () => {
    // One slope below, one step of the adjoint, one cross derivative, two slopes above.
    expect(await run(ridge, 'soba(outer = 0.1, inner = 0.1)', 9)).toMatchObject({
      grads: 27,
      hvps: 18,
    });
    // z, y and three slopes by x, and both slopes of y.
    expect(await run(ridge, 'f2sa(outer = 0.1, inner = 0.1)', 9)).toMatchObject({ grads: 54 });
    expect(
      await run(ridge, 'aid_cg(outer = 0.1, inner = 0.1, steps = 3, cg_steps = 4)', 9),
    ).toMatchObject({ grads: 9 * (3 + 2), hvps: 9 * (1 + 4 + 1) });
  });
});

describe('bsvrb on a family of lower problems', () => {
  const blocks = `problem blocks {
    set M = 1..4
    data c : real[M, 2] = [sin(3*i + j) for i in M, j in 1..2]
    var x : real[2]
    lower task(i in M) {
      var y : real[2]
      minimize i*sumsq(y - i*x - c[i, :])/4
    }
    minimize E(i in M) sumsq(y[i, :] - 1)/2 + 0.05*sumsq(x)
  }`;
  const four = [1, 2, 3, 4];
  /** y is i x + c, so x is a least-squares solution. */
  const optimum = [1, 2].map(
    (j) =>
      four.reduce((sum, i) => sum + i * (1 - Math.sin(3 * i + j)), 0) /
      (four.reduce((sum, i) => sum + i * i, 0) + 0.4),
  );

  async function ends(
    use: string,
    iterations: number,
  ): Promise<{ readonly off: number; readonly status: string }> {
    const solved = await solve(`${blocks}\nsolve blocks with ${use}`, { iterations });
    if (!solved.ok) throw new Error(solved.text);
    const [{ solution, status }] = solved.results;
    return { off: Math.max(...optimum.map((x, j) => Math.abs(x - solution[0].data[j]))), status };
  }

  test('with all blocks it is exact', async () => {
    const { off, status } = await ends('bsvrb(outer = 0.05, inner = 0.3)', 1000);
    expect(status).toBe('stationary');
    expect(off).toBeLessThan(1e-6);
  });

  test('with half of them it comes the nearer the longer it averages and the shorter its steps', async () => {
    const wide = await ends('bsvrb(outer = 0.02, inner = 0.1, blocks = 2, average = 0.1)', 20_000);
    const near = await ends(
      'bsvrb(outer = 0.002, inner = 0.1, blocks = 2, average = 0.01)',
      20_000,
    );
    expect(near.off).toBeLessThan(0.02);
    expect(near.off).toBeLessThan(wide.off / 2);
  });

  test('goals that are no sums over as many elements are refused', async () => {
    const solved = await solve(
      `${ridge}\nsolve weighted_ridge with bsvrb(outer = 0.1, inner = 0.1)`,
      {
        iterations: 3,
      },
    );
    expect(solved.ok).toBe(true);
    const other = ridge.replace('E(i in 1..30) (V', 'E(i in 1..20) (V');
    const refused = await solve(`${other}\nsolve weighted_ridge with bsvrb(outer = 1, inner = 1)`);
    expect(refused.ok ? '' : refused.text).toContain(
      'the goals must be sums over as many elements each (M)',
    );
  });
});

describe('a saddle point of a quadratic', () => {
  const saddle = `problem saddle {
    var x : real[2] start ones
    var y : real[2] start ones
    let f = sumsq(x)/4 + 3*(x[1]*y[2] - x[2]*y[1]) - sumsq(y - [1, 0])/4
    minimize f over x
    maximize f over y
  }`;
  /** By the linear system of both slopes. */
  const y1 = 0.5 / (0.5 + 9 / 0.5);
  const value = (9 * y1 * y1) / (4 * 0.25) - (9 * y1 * y1) / 0.5 - (y1 - 1) ** 2 / 4;
  test.each([
    ['competitive_gradient(step = 0.2)', 400],
    ['symplectic_adjustment(step = 0.05)', 1500],
    ['halpern(step = 0.02)', 200_000],
  ])('%s', async (use, iterations) => {
    const { value: found } = await run(saddle, use, iterations);
    expect(Math.abs(found - value)).toBeLessThan(use.startsWith('halpern') ? 1e-3 : 1e-9);
  });
});
