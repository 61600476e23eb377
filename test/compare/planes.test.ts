// What reports draw of small games and levels, against what is known by hand.
import { describe, expect, it } from 'vitest';
import { compare } from '../../compiler/index.ts';
import type { Plane } from '../../runtime/compare/comparison.ts';

async function planesOf(text: string): Promise<readonly Plane[]> {
  const outcome = await compare(text);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('\n'));
  return outcome.comparisons.flatMap(({ planes }) => planes);
}

const none = { xs: [], ys: [], values: [] };

describe('a phase portrait', () => {
  it('follows minus the slopes of the players, where the bounds let them play', async () => {
    const [plane, ...others] = await planesOf(`problem saddle {
      var x : real >= -2 <= 2 start 1.5
      var y : real >= -2 <= 2 start 1
      minimize x*y + 0.05*x^2 - 0.05*y^2 over x
      maximize x*y + 0.05*x^2 - 0.05*y^2 over y
    }
    compare of saddle {
      with extragradient(step = 0.3)
      stop when iterations >= 300
    }`);
    expect(others).toEqual([]);
    expect(plane).toMatchObject({ kind: 'field', names: ['x', 'y'], entries: [0, 1] });
    expect(plane.arrows.length).toBeGreaterThan(50);
    for (const { at, along } of plane.arrows) {
      const [x, y] = at;
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(2);
      expect(along[0]).toBeCloseTo(-y - 0.1 * x, 12);
      expect(along[1]).toBeCloseTo(x - 0.1 * y, 12);
    }
    expect(plane.mark?.text).toBe('equilibrium');
    expect(Math.hypot(...(plane.mark?.at ?? [NaN]))).toBeLessThan(1e-5);
  });

  it('of a family of two players', async () => {
    const [plane] = await planesOf(`problem duopoly {
      var q : real[2] >= 0 start [4, 0.5]
      forall(i in 1..2) maximize (10 - sum(q) - i)*q[i] over q[i]
    }
    compare of duopoly {
      with past_extragradient(step = 0.1)
      stop when iterations >= 200
    }`);
    expect(plane.names).toEqual(['q[1]', 'q[2]']);
    for (const { at, along } of plane.arrows) {
      expect(along[0]).toBeCloseTo(9 - 2 * at[0] - at[1], 10);
      expect(along[1]).toBeCloseTo(8 - at[0] - 2 * at[1], 10);
    }
    expect(plane.mark?.at[0]).toBeCloseTo(10 / 3, 5);
    expect(plane.mark?.at[1]).toBeCloseTo(7 / 3, 5);
  });

  it('of a variational inequality', async () => {
    const [plane] = await planesOf(`problem turning {
      var z : real[2] >= 0 start [0.2, 1.8]
      find z subject to { 0 in [0.2*z[1] + z[2] - 1, 0.2*z[2] - z[1] + 0.6] + normal_cone }
    }
    compare of turning { with past_extragradient(step = 0.2)
      stop when iterations >= 30 }`);
    for (const { at, along } of plane.arrows) {
      expect(along[0]).toBeCloseTo(1 - 0.2 * at[0] - at[1], 12);
      expect(along[1]).toBeCloseTo(at[0] - 0.2 * at[1] - 0.6, 12);
    }
  });
});

describe('a reaction curve', () => {
  const leader = `problem leader {
      var x : real >= 0 <= 10
      lower follower { var y : real >= 0 <= 4
        minimize (y - x)^2 + y }
      minimize (x - 3)^2 + (y - 1)^2
    }`;

  it('is the solution of the follower, its kink too', async () => {
    const [plane, ...others] = await planesOf(`${leader}
    compare of leader { with f2sa(outer = 0.1, inner = 0.1, lambda = 10)
      stop when iterations >= 300 }`);
    expect(others).toEqual([]);
    expect(plane.kind).toBe('reaction');
    expect(plane.curves).toHaveLength(1);
    const [curve] = plane.curves;
    expect(curve.length).toBeGreaterThan(16);
    for (const [x, y] of curve) expect(y).toBeCloseTo(Math.max(0, x - 0.5), 8);
    const nearest = Math.min(...curve.map(([x]) => Math.abs(x - 0.5)));
    expect(nearest).toBeLessThan(0.03);
    // Behind it the goal above, of y as it is.
    const { xs, ys, values } = plane.contours ?? none;
    const [i, j] = [20, 20];
    expect(values[j * xs.length + i]).toBeCloseTo((xs[i] - 3) ** 2 + (ys[j] - 1) ** 2, 10);
    expect(values[0]).toBeNaN();
  });

  it('is cut where the solution jumps', async () => {
    const [plane] = await planesOf(`problem jumping {
      var x : real >= -2 <= 2 start 1.5
      lower { var y : real >= -2 <= 2 start 1
        minimize (y^2 - 1)^2 + 0.5*x*y }
      minimize (x + 1.5)^2 + 0.01*y
    }
    compare of jumping { with pbgd(outer = 0.02, inner = 0.05, gamma = 10)
      stop when iterations >= 300 }`);
    expect(plane.curves).toHaveLength(2);
    const [left, right] = plane.curves;
    for (const [x, y] of left) expect(x < 1e-9 && y > 0.5).toBe(true);
    for (const [x, y] of right) expect(x > -1e-9 && y < -0.5).toBe(true);
    expect(right[0][0] - left[left.length - 1][0]).toBeLessThan(0.05);
  });

  it('is one for each number below, through all levels', async () => {
    const planes = await planesOf(`problem chain {
      var x : real
      lower { var y : real
        lower { var z : real
          minimize (z - x - y)^2 + z^2 }
        minimize (y - x)^2 + (z - 1)^2 }
      minimize (x - 2)^2 + y^2 + z^2
      known { value = 2.92; x = 0.8 }
    }
    compare of chain { with lbfgs via implicit
      stop when iterations >= 20 }`);
    // z = (x + y)/2, and (y - x) + (z - 1)/2 = 0 gives y = (3x + 2)/5.
    const [first, second] = planes;
    expect(planes.map(({ names }) => names.join(' '))).toEqual(['x y', 'x z']);
    for (const [x, y] of first.curves.flat()) expect(y).toBeCloseTo((3 * x + 2) / 5, 8);
    for (const [x, z] of second.curves.flat()) expect(z).toBeCloseTo((8 * x + 2) / 10, 8);
    expect(first.mark?.at[1]).toBeCloseTo(0.88, 8);
  });
});

it('one goal of two numbers has contour lines; more numbers have no plane', async () => {
  const goal = (body: string): string => `problem p { ${body} }
    compare of p { with lbfgs
      stop when iterations >= 5 }`;
  const [plane] = await planesOf(goal('var x : real[2]\n minimize sumsq(x - [1, 2])'));
  expect(plane).toMatchObject({ kind: 'goal', names: ['x[1]', 'x[2]'], arrows: [], curves: [] });
  expect(plane.mark?.at[0]).toBeCloseTo(1, 6);
  expect(await planesOf(goal('var x : real[5]\n minimize sumsq(x - 1)'))).toEqual([]);
});

it('several objectives of two numbers have a plane each, in which no answer is the one', async () => {
  const planes = await planesOf(`problem two {
    var x : real[2] start [2, 2]
    minimize [sumsq(x), x[1]^2 + (x[2] - 1)^2]
  }
  compare of two { with mgda
    stop when iterations >= 5 }`);
  expect(planes.map(({ heightsOf }) => heightsOf)).toEqual(['sumsq(x)', 'x[1]^2 + (x[2] - 1)^2']);
  const [{ contours, mark }, second] = planes;
  expect(mark).toBeUndefined();
  const first = contours ?? none;
  expect(first.values[5 * first.xs.length + 7]).toBeCloseTo(
    first.xs[7] ** 2 + first.ys[5] ** 2,
    12,
  );
  const { xs, ys, values } = second.contours ?? none;
  expect(values[5 * xs.length + 7]).toBeCloseTo(xs[7] ** 2 + (ys[5] - 1) ** 2, 12);
});
