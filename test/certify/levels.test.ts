// Lower levels certified at points whose worth is known.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckName } from '../../runtime/certify/certificate.ts';
import type { Values } from '../../runtime/program.ts';
import type { Session } from '../../compiler/session.ts';
import { number, sessionOf, vector } from './support.ts';

const verdict = ({ program }: Session, at: Values) => {
  const { status, promise, checks, notes } = program.certify(at);
  const value = (name: CheckName): number | undefined =>
    checks.find((check) => check.name === name)?.value;
  const text = (name: CheckName): string | undefined =>
    checks.find((check) => check.name === name)?.text;
  return { status, promise, value, text, notes: notes.join(' ') };
};

const numbers = (at: Readonly<Record<string, number>>): Values =>
  Object.fromEntries(Object.entries(at).map(([name, x]) => [name, number(x)]));

describe('a leader and a follower', () => {
  // y = x - 1/2, so x solves (x - 3) + (x - 3/2) = 0.
  const session = sessionOf(`problem leader {
    var x : real >= 0 <= 10
    lower follower { var y : real >= 0
      minimize (y - x)^2 + y }
    minimize (x - 3)^2 + (y - 1)^2
  }`);
  it('are stationary where both conditions hold, never optimal', () => {
    const { status, promise, value } = verdict(session, numbers({ x: 2.25, y: 1.75 }));
    expect(status).toBe('stationary');
    expect(promise).toBe('stationary');
    expect(value('lower-level gap')).toBe(0);
    expect(value('hypergradient')).toBeLessThan(1e-12);
  });
  it('are not where the follower would do better, though the upper goal be less', () => {
    const { status, value } = verdict(session, numbers({ x: 2.25, y: 1.25 }));
    expect(status).toBe('not converged');
    // (y - x)² + y falls from 2.25 to 2.
    expect(value('lower-level gap')).toBeCloseTo(0.25 / 2.25, 10);
  });
  it('are not where the leader would do better', () => {
    const { status, value } = verdict(session, numbers({ x: 2, y: 1.5 }));
    expect(status).toBe('not converged');
    // d/dx = 2 (x - 3) + 2 (y - 1) = -1, scaled by the point over the value: 2 / 1.25.
    expect(value('hypergradient')).toBeCloseTo(2 / 1.25, 10);
  });
  it('are measured by a comparison at the solution of the follower', () => {
    const settled = session.program.settled(numbers({ x: 2, y: 9 }));
    expect(settled?.y.data[0]).toBeCloseTo(1.5, 12);
  });
});

describe('three levels', () => {
  const session = sessionOf(`problem three {
    var x : real
    lower middle { var y : real
      lower bottom { var z : real
        minimize (z - x - y)^2 + z^2 }
      minimize (y - x)^2 + (z - 1)^2 }
    minimize (x - 2)^2 + y^2 + z^2
  }`);
  it('are stationary at the solution by hand', () => {
    const { status, notes } = verdict(session, numbers({ x: 0.8, y: 0.88, z: 0.84 }));
    expect(status).toBe('stationary');
    expect(session.program.measure(numbers({ x: 0.8, y: 0.88, z: 0.84 })).value).toBeCloseTo(
      2.92,
      12,
    );
    expect(notes).toContain('`middle`');
  });
  it.each([
    ['the bottom', { x: 0.8, y: 0.88, z: 0.85 }],
    ['the middle, the bottom following it', { x: 0.8, y: 0.9, z: 0.85 }],
    ['the top, both following it', { x: 1, y: 1, z: 1 }],
  ])('are not where %s is off', (_, at) => {
    expect(verdict(session, numbers(at)).status).toBe('not converged');
  });
  it('are settled from the bottom up', () => {
    const settled = session.program.settled(numbers({ x: 1, y: -3, z: 7 }));
    expect(settled?.y.data[0]).toBeCloseTo(1, 10);
    expect(settled?.z.data[0]).toBeCloseTo(1, 10);
  });
});

describe('several followers', () => {
  const session = sessionOf(`problem stackelberg {
    var q : real >= 0 <= 100
    lower {
      var x1 : real >= 0
      var x2 : real >= 0
      var x3 : real >= 0
      let price = 120 - q - x1 - x2 - x3
      maximize price*x1 - 20*x1 over x1
      maximize price*x2 - 22*x2 over x2
      maximize price*x3 - 25*x3 over x3
    }
    maximize price*q - 15*q
  }`);
  // x_i = P - c_i with P = (187 - q)/4: the leader's best is q = 63.5.
  const follow = (q: number): Values => {
    const price = (187 - q) / 4;
    return numbers({ q, x1: price - 20, x2: price - 22, x3: price - 25 });
  };
  it('are stationary at the leader’s best quantity', () => {
    expect(verdict(session, follow(63.5)).status).toBe('stationary');
    expect(session.program.measure(follow(63.5)).value).toBeCloseTo(1008.0625, 9);
  });
  it('are not at another, nor where one follower errs', () => {
    expect(verdict(session, follow(60)).status).toBe('not converged');
    const off = { ...follow(63.5), x2: number(9) };
    expect(verdict(session, off).value('lower-level gap')).toBeGreaterThan(1e-6);
    expect(verdict(session, off).status).toBe('not converged');
  });
});

describe('a saddle below', () => {
  const session = sessionOf(`problem subsidy {
    data A : real[3, 3] = [[2, -1, 0], [-1, 1, 2], [0, 3, -2]]
    var g : real[3] >= -1 <= 1 start zeros
    lower game {
      var p : real[3] in simplex
      var q : real[3] in simplex
      let payoff = p'*A*q + g'*p - 0.1*sumsq(p) + 0.1*sumsq(q)
      maximize payoff over p
      minimize payoff over q
    }
    minimize sumsq(p - [0.2, 0.6, 0.2]) + 0.02*sumsq(g)
  }`);
  it('is settled to rounding, and its gap is what it should be elsewhere', () => {
    const third = vector([1 / 3, 1 / 3, 1 / 3]);
    const at = { g: vector([0.1, -0.2, 0.3]), p: third, q: third };
    expect(verdict(session, at).value('lower-level gap')).toBeGreaterThan(0.1);
    const settled = session.program.settled(at);
    expect(settled).toBeDefined();
    if (settled !== undefined)
      expect(verdict(session, settled).value('lower-level gap')).toBeLessThan(1e-12);
  });
});

describe('the slope along the lower solution', () => {
  // A strongly convex lower level with bounds, by differences of the settled upper value.
  const session = sessionOf(`problem bounded {
    data Q : real[3, 3] = [[3, 1, 0], [1, 2, 0.5], [0, 0.5, 4]]
    data B : real[3, 2] = [[1, 0], [0.5, -1], [-1, 2]]
    var x : real[2]
    lower { var y : real[3] >= 0 <= 1
      minimize y'*Q*y/2 - (B*x)'*y + sum(y.^4)/4 }
    minimize sumsq(y - [0.5, 0.1, 0.3]) + 0.1*sumsq(x - 1)
  }`);
  const upper = (x: readonly number[]): number => {
    const settled = session.program.settled({ x: vector(x), y: vector([0.2, 0.2, 0.2]) });
    return settled === undefined ? NaN : (session.program.measure(settled).value ?? NaN);
  };
  it('is that of differences', () => {
    const entry = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        const settled = session.program.settled({
          x: vector([a, b]),
          y: vector([0.2, 0.2, 0.2]),
        });
        expect(settled).toBeDefined();
        if (settled === undefined) return;
        const h = 1e-5;
        const here = upper([a, b]);
        const sides = [
          [upper([a + h, b]), upper([a - h, b])],
          [upper([a, b + h]), upper([a, b - h])],
        ];
        // Differences see no kinks.
        fc.pre(sides.every(([right, left]) => Math.abs(right + left - 2 * here) < 1e-4 * h));
        const slopes = sides.map(([right, left]) => (right - left) / (2 * h));
        const size = Math.max(1, Math.abs(a), Math.abs(b));
        const value = Math.max(1, Math.abs(here));
        const largest = Math.max(...slopes.map(Math.abs));
        const found = session.program
          .certify(settled)
          .checks.find(({ name }) => name === 'hypergradient')?.value;
        expect(found).toBeDefined();
        expect(Math.abs((found ?? NaN) - (largest * size) / value)).toBeLessThan(
          1e-4 * Math.max(1, largest),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('a lower level with kinks', () => {
  // w = sign(c) max(|c| - t, 0): at t = 0.9 (1.1, 0, 0.1), where the upper slope is -2 (0.1) + ... = 0.
  const session = sessionOf(`problem lasso {
    data c : real[3] = [2, 0.5, 1]
    var t : real >= 0.1 <= 3
    lower { var w : real[3]
      minimize sumsq(w - c)/2 + t*norm(w, 1) }
    minimize sumsq(w - [1, 0, 0.2])
  }`);
  it('is followed on the entries that are not at their kink', () => {
    const at = (t: number, w: readonly number[]): Values => ({ t: number(t), w: vector(w) });
    expect(verdict(session, at(0.9, [1.1, 0, 0.1])).status).toBe('stationary');
    expect(verdict(session, at(0.8, [1.2, 0, 0.2])).value('hypergradient')).toBeCloseTo(0.4, 9);
    expect(verdict(session, at(0.9, [1.1, 0.1, 0.1])).status).toBe('not converged');
  });
});

describe('a family of lower levels', () => {
  const session = sessionOf(`problem meta_learning {
  set tasks = 1..5
  param alpha : real > 0 = 1
  data A : real[tasks, 8, 4] = [sin(k*i + 3*j) + (if j == 1 then 1 else 0) for k in tasks, i in 1..8, j in 1..4]
  data b : real[tasks, 8] = [cos(i*k) + 0.5*k for k in tasks, i in 1..8]
  data B : real[tasks, 6, 4] = [cos(k + 2*i*j) for k in tasks, i in 1..6, j in 1..4]
  data e : real[tasks, 6] = [sin(i + k) for k in tasks, i in 1..6]
  var x : real[4]
  lower task(k in tasks) {
    var w : real[4]
    minimize sumsq(A[k, :, :]*w - b[k, :])/2 + alpha/2 * sumsq(w - x)
  }
  minimize E(k in tasks) sumsq(B[k, :, :]*w[k, :] - e[k, :])/2
  known { value = 1.78651492685012 }
}`);
  it('is settled as one, and stationary at the known start', () => {
    const x = vector([-5.954171, -1.511854, 1.506071, -1.662121]);
    const settled = session.program.settled({ x, w: vectorOf(5, 4) });
    expect(settled).toBeDefined();
    if (settled === undefined) return;
    expect(session.program.measure(settled).value).toBeCloseTo(1.78651492685012, 8);
    expect(verdict(session, settled).value('lower-level gap')).toBeLessThan(1e-10);
    expect(verdict(session, settled).value('hypergradient')).toBeLessThan(1e-4);
    expect(verdict(session, { x, w: vectorOf(5, 4) }).status).toBe('not converged');
  });
});

const vectorOf = (rows: number, columns: number): Values[string] => ({
  storage: 'dense',
  shape: [rows, columns],
  data: new Float64Array(rows * columns),
});
