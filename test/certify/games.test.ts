// Games certified at points whose worth is known: equilibria from the literature or by hand, and points that are none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckName } from '../../runtime/certify/certificate.ts';
import type { Session } from '../../compiler/session.ts';
import type { Values } from '../../runtime/program.ts';
import { number, sessionOf, vector } from './support.ts';

const verdict = ({ program }: Session, at: Values) => {
  const { status, checks, notes } = program.certify(at);
  const value = (name: CheckName): number | undefined =>
    checks.find((check) => check.name === name)?.value;
  return { status, value, notes: notes.join(' ') };
};

const third = vector([1 / 3, 1 / 3, 1 / 3]);

describe('a matrix game', () => {
  const session = sessionOf(`problem rock_paper_scissors {
    data A : real[3, 3] = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    var x : real[3] in simplex
    var y : real[3] in simplex
    minimize x' * A * y over x
    maximize x' * A * y over y
  }`);

  it('is optimal at its equilibrium, by its duality gap', () => {
    const { status, value } = verdict(session, { x: third, y: third });
    expect(status).toBe('optimal');
    expect(value('duality gap')).toBeLessThan(1e-15);
    expect(session.program.measure({ x: third, y: third }).value).toBe(0);
  });

  it('has the gap that one entry of the matrix gives', () => {
    // Against the pure first strategy y gains max_j A[1, j] = 1; x against the mixed one gains nothing.
    const { status, value } = verdict(session, { x: vector([1, 0, 0]), y: third });
    expect(status).toBe('not converged');
    expect(value('duality gap')).toBeCloseTo(1, 12);
    expect(session.program.ownGap?.({ x: vector([1, 0, 0]), y: third })).toBeCloseTo(1, 12);
  });

  it('refuses mixed strategies that do not add up to 1', () => {
    const { status } = verdict(session, { x: vector([0.3, 0.3, 0.3]), y: third });
    expect(status).toBe('not converged');
  });

  it('is one game however the second goal is written', () => {
    const other = sessionOf(`problem g {
      data A : real[3, 3] = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
      var x : real[3] in simplex
      var y : real[3] in simplex
      minimize x' * A * y over x
      minimize -(x' * A * y) over y
    }`);
    expect(verdict(other, { x: third, y: third }).value('duality gap')).toBeLessThan(1e-15);
  });
});

describe('two different goals', () => {
  // Cournot's duopoly: price 10 - q1 - q2, costs 1 and 2 a unit: q1 = 10/3, q2 = 7/3.
  const session = sessionOf(`problem duopoly {
    var a : real >= 0
    var b : real >= 0
    maximize (10 - a - b)*a - a over a
    maximize (10 - a - b)*b - 2*b over b
  }`);
  it('have a Nikaido-Isoda gap and no value', () => {
    const at = { a: number(10 / 3), b: number(7 / 3) };
    const { status, value } = verdict(session, at);
    expect(status).toBe('optimal');
    expect(value('Nikaido-Isoda gap')).toBeLessThan(1e-12);
    expect(session.program.measure(at).value).toBeUndefined();
    expect(session.program.goals(at)).toEqual([
      { who: 'a', value: expect.closeTo(100 / 9, 10) },
      { who: 'b', value: expect.closeTo(49 / 9, 10) },
    ]);
  });
  it('and gains that are known by hand elsewhere', () => {
    // At (3, 3): a gains by moving to 3 → (9 - 3)/2 = 3: nothing; b to (8 - 3)/2 = 2.5, by 0.25; largest goal 9.
    const { status, value } = verdict(session, { a: number(3), b: number(3) });
    expect(status).toBe('not converged');
    expect(value('Nikaido-Isoda gap')).toBeCloseTo(0.25 / 9, 8);
  });
});

describe('a player for each index', () => {
  const session = sessionOf(`problem cournot {
    set firms = {"A", "B", "C", "D"}
    data c : real[firms] = [10, 14, 18, 20]
    data k : real[firms] = [0.5, 0.2, 0.1, 0.3]
    var q : real[firms] >= 0
    let price = 100 - sum(q)
    forall(i in firms) maximize price*q[i] - c[i]*q[i] - k[i]*q[i]^2 over q[i]
  }`);
  const known = [14.4003241491, 17.7147487844, 17.3338735818, 11.7504051864];
  it('is an equilibrium where nobody gains', () => {
    const { status, value } = verdict(session, { q: vector(known) });
    expect(status).toBe('optimal');
    expect(value('natural residual')).toBeLessThan(1e-9);
  });
  it('is none where one firm could gain', () => {
    const off = known.map((x, i) => (i === 2 ? x + 0.1 : x));
    // Firm C gains (1 + k) 0.1²; the others' goals have moved too, not their best responses by more than half of 0.1.
    const { status, value } = verdict(session, { q: vector(off) });
    expect(status).toBe('not converged');
    expect(value('Nikaido-Isoda gap')).toBeGreaterThan(0.011 / 1300);
  });
});

describe('games that are not convex', () => {
  const saddle = sessionOf(`problem s {
    var x : real
    var y : real
    minimize x*y - x^2 over x
    maximize x*y - y^2 over y
  }`);
  it('name the player who can improve at once', () => {
    const { status, notes } = verdict(saddle, { x: number(0), y: number(0) });
    expect(status).toBe('not converged');
    expect(notes).toContain('no local equilibrium: the goal over x');
  });
  const local = sessionOf(`problem s {
    var x : real >= -3 <= 3
    var y : real >= -3 <= 3
    minimize (x^2 - 1)^2 + x*y over x
    maximize x*y - y^2 over y
  }`);
  it('are stationary at local equilibria, and say that this is no more', () => {
    // y = x/2, 4x(x² - 1) + x/2 = 0: x² = 7/8, where 12x² - 4 > 0.
    const x = Math.sqrt(7 / 8);
    const { status, notes, value } = verdict(local, { x: number(x), y: number(x / 2) });
    expect(status).toBe('stationary');
    expect(value('Nikaido-Isoda gap')).toBeUndefined();
    expect(notes).toContain('among nearby points at best');
  });
  it('are not at the point between them', () => {
    const { status, notes } = verdict(local, { x: number(0), y: number(0) });
    expect(status).toBe('not converged');
    expect(notes).toContain('no local equilibrium');
  });
});

it('a lasso against an adversary: kinks have multipliers in games too', () => {
  // min over x of (x - 2)²/2 + |x| + x y, max over y of x y - y²/2: y = x, x = (2 - 1)/2.
  const session = sessionOf(`problem g {
    var x : real
    var y : real
    minimize (x - 2)^2/2 + abs(x) + x*y over x
    maximize x*y - y^2/2 over y
  }`);
  expect(verdict(session, { x: number(0.5), y: number(0.5) }).status).toBe('optimal');
  expect(verdict(session, { x: number(0.51), y: number(0.5) }).status).toBe('not converged');
});

it('constraints in a game wait, and nothing is claimed', () => {
  const session = sessionOf(`problem g {
    var x : real >= 0
    var y : real >= 0
    minimize x^2 - x*y over x
    minimize y^2 - x*y over y
    subject to { shared: x + y <= 1 }
  }`);
  const { status, notes } = verdict(session, { x: number(0), y: number(0) });
  expect(status).toBe('not converged');
  expect(notes).toContain('constraints');
});

describe('random games of three players with strongly convex quadratic goals', () => {
  // Player i minimises a_i x_i²/2 + x_i (Σ_j B_ij x_j + c_i): the equilibrium solves (diag(a) + B) x = -c.
  const entry = fc.double({ min: -1, max: 1, noNaN: true });
  const positive = fc.double({ min: 0.5, max: 3, noNaN: true });
  it('are optimal at the solution of their linear system and nowhere near it', () => {
    fc.assert(
      fc.property(
        fc.tuple(positive, positive, positive),
        fc.array(entry, { minLength: 6, maxLength: 6 }),
        fc.tuple(entry, entry, entry),
        fc.tuple(entry, entry, entry),
        (a, b, c, move) => {
          const game = sessionOf(quadraticGame(a, b, c));
          const M = [a[0], b[0], b[1], b[2], a[1], b[3], b[4], b[5], a[2]];
          const solution = solve3(
            M,
            c.map((x) => -x),
          );
          fc.pre(solution.every((x) => Number.isFinite(x) && Math.abs(x) < 50));
          const at = ([x, y, z]: readonly number[]): Values => ({
            x: number(x),
            y: number(y),
            z: number(z),
          });
          expect(game.program.certify(at(solution)).status).toBe('optimal');
          const moved = solution.map((x, i) => x + move[i]);
          // By definition: Σ_i of what i gains, a_i/2 times its way to its best response squared.
          const gain = moved.reduce((sum, x, i) => {
            const pull = moved.reduce((s, y, j) => s + (i === j ? 0 : M[3 * i + j] * y), c[i]);
            return sum + (a[i] / 2) * (x + pull / a[i]) ** 2;
          }, 0);
          const values = moved.map((x, i) => {
            const pull = moved.reduce((s, y, j) => s + (i === j ? 0 : M[3 * i + j] * y), c[i]);
            return (a[i] * x * x) / 2 + x * pull;
          });
          const gap = gain / Math.max(1, ...values.map(Math.abs));
          const own = game.program.ownGap?.(at(moved)) ?? NaN;
          expect(own).toBeCloseTo(gap, 9);
          fc.pre(gap > 2e-6);
          expect(game.program.certify(at(moved)).status).toBe('not converged');
        },
      ),
      { numRuns: 12 },
    );
  });
});

const quadraticGame = (
  a: readonly number[],
  b: readonly number[],
  c: readonly number[],
): string => `problem g {
  var x : real
  var y : real
  var z : real
  minimize ${a[0]}*x^2/2 + x*(${w(b[0])}*y + ${w(b[1])}*z + ${w(c[0])}) over x
  minimize ${a[1]}*y^2/2 + y*(${w(b[2])}*x + ${w(b[3])}*z + ${w(c[1])}) over y
  minimize ${a[2]}*z^2/2 + z*(${w(b[4])}*x + ${w(b[5])}*y + ${w(c[2])}) over z
}`;

/** In brackets where it begins with a sign. */
const w = (x: number): string => `(${x})`;

/** Cramer's rule. */
function solve3(M: readonly number[], b: readonly number[]): readonly number[] {
  const det = (m: readonly number[]): number =>
    m[0] * (m[4] * m[8] - m[5] * m[7]) -
    m[1] * (m[3] * m[8] - m[5] * m[6]) +
    m[2] * (m[3] * m[7] - m[4] * m[6]);
  return [0, 1, 2].map(
    (j) => det(M.map((x, k) => (k % 3 === j ? b[Math.floor(k / 3)] : x))) / det(M),
  );
}
