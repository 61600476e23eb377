// Variational inequalities at points whose worth is known.
import { describe, expect, it } from 'vitest';
import type { CheckName } from '../../runtime/certify/certificate.ts';
import type { Values } from '../../runtime/program.ts';
import type { Session } from '../../compiler/session.ts';
import { sessionOf, vector } from './support.ts';

const verdict = ({ program }: Session, at: Values) => {
  const { status, checks, notes } = program.certify(at);
  const value = (name: CheckName): number | undefined =>
    checks.find((check) => check.name === name)?.value;
  return { status, value, notes: notes.join(' ') };
};

describe('costs of three paths, without a demand to meet', () => {
  // Braess's network over path flows: nobody travels, as every cost is positive.
  const session = sessionOf(`problem paths {
    var h : real[3] >= 0
    let top_in = 10*(h[1] + h[3])
    let bottom_out = 10*(h[2] + h[3])
    let cost = [top_in + 50 + h[1], 50 + h[2] + bottom_out, top_in + 10 + h[3] + bottom_out]
    find h subject to { 0 in cost + normal_cone }
  }`);
  it('are monotone: a solution is optimal', () => {
    const { status, value } = verdict(session, { h: vector([0, 0, 0]) });
    expect(status).toBe('optimal');
    expect(value('natural residual')).toBe(0);
  });
  it('are not solved elsewhere, by the residual of the definition', () => {
    // z - P(z - F) with F = (91, 91, 51) at (2, 2, 2), less than nothing: z itself.
    const { status, value } = verdict(session, { h: vector([2, 2, 2]) });
    expect(status).toBe('not converged');
    expect(value('natural residual')).toBe(1);
    expect(session.program.ownGap?.({ h: vector([2, 2, 2]) })).toBe(1);
  });
  it('and not outside', () => {
    expect(verdict(session, { h: vector([-1, 0, 0]) }).status).toBe('not converged');
    expect(session.program.ownGap?.({ h: vector([-1, 0, 0]) })).toBe(Infinity);
  });
});

describe('on a simplex', () => {
  // F = M h + b with M + M' positive definite; h = (1, 0): F = (-1, 0), the best corner.
  const session = sessionOf(`problem vi {
    var h : real[2] in simplex
    find h subject to { 0 in [2*h[1] + h[2] - 3, h[2] - h[1] + 1] + normal_cone }
  }`);
  it('has a dual gap too', () => {
    const { status, value } = verdict(session, { h: vector([1, 0]) });
    expect(status).toBe('optimal');
    expect(value('dual gap')).toBe(0);
    // At (0, 1): F = (-2, 2), F'(h - y) is largest at y = (1, 0): 2 + 2 = 4, relative to |F'h| = 2.
    const off = verdict(session, { h: vector([0, 1]) });
    expect(off.status).toBe('not converged');
    expect(off.value('dual gap')).toBeCloseTo(2, 12);
  });
});

describe('an exchange economy', () => {
  const session = sessionOf(`problem walras {
    set goods = 1..3
    set people = 1..2
    data a : real[people, goods] = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]
    data w : real[people, goods] = [[1, 0, 2], [0, 3, 1]]
    var p : real[goods] in simplex start [1/3, 1/3, 1/3]
    let wealth = w * p
    let excess = [sum(i in people) (a[i, g]*wealth[i]/p[g] - w[i, g]) for g in goods]
    find p subject to { 0 in -excess + normal_cone }
  }`);
  it('is solved to tolerance, and no more is said: its operator is not known to be monotone', () => {
    const { status, notes } = verdict(session, {
      p: vector([0.645569620253, 0.170886075949, 0.183544303797]),
    });
    expect(status).toBe('stationary');
    expect(notes).toContain('not known to be monotone');
    expect(verdict(session, { p: vector([0.6, 0.2, 0.2]) }).status).toBe('not converged');
  });
});
