import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planGoal, type GoalPlan } from '../../compiler/certify/goal.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { relativeGap } from '../../runtime/certify/judge.ts';
import { bound, domain, knowing, problem, variable } from './problems.ts';

interface Numbers {
  readonly value: number;
  readonly violation: number;
  readonly stationarity: number;
  readonly bound: number;
}

function measure(plan: GoalPlan, at: Readonly<Record<string, readonly number[]>>): Numbers {
  const inputs = Object.fromEntries(
    Object.entries(at).map(([name, data]) => [
      name,
      { storage: 'dense' as const, shape: [data.length], data: Float64Array.from(data) },
    ]),
  );
  const nodes = [plan.value, plan.violation, plan.stationarity?.node, plan.bound?.node];
  const present = nodes.flatMap((node) => (node === undefined ? [] : [node]));
  const values = interpret(present, { inputs }).values.map((v) => v.data[0]);
  const at_ = (node: Node | undefined): number =>
    node === undefined ? NaN : values[present.indexOf(node)];
  return {
    value: at_(plan.value),
    violation: at_(plan.violation),
    stationarity: at_(plan.stationarity?.node),
    bound: at_(plan.bound?.node),
  };
}

const A = [1, 2, 0, 0, 1, 3, 2, 0, 1, 1, 1, 1];
const b = [1, 2, 3, -4];

const residual = (g: Graph, x: Node): Node =>
  g.sub(g.matvec(g.literal(A, [4, 3]), x), g.literal(b));

function lasso() {
  const g = createGraph();
  const x = variable(g, 'x', [3]);
  const f = g.div(g.sumsq(residual(g, x.input)), 2);
  const h = g.mul(1.5, g.sum(g.abs(x.input)));
  return planGoal(g, problem([x], [f, h], g), knowing(true, [h]));
}

/** Optimal values found by hand or by long runs of plain methods in plain loops. */
const lassoOptimum = 14.414473684210526;

describe('the bound', () => {
  it('closes the gap at the optimum of the lasso and nowhere else', () => {
    const plan = lasso();
    const best = measure(plan, { x: [0.10526315789473684, 0, 0.2894736842105263] });
    expect(relativeGap(best.value, best.bound, 'minimize')).toBeLessThan(1e-9);
    expect(best.stationarity).toBeLessThan(1e-9);
    const start = measure(plan, { x: [0, 0, 0] });
    expect(relativeGap(start.value, start.bound, 'minimize')).toBeGreaterThan(0.1);
    expect(start.stationarity).toBeGreaterThan(0.1);
  });

  it('never lies above the optimum, wherever it is asked', () => {
    const plan = lasso();
    const entry = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry), (x) => {
        expect(measure(plan, { x }).bound).toBeLessThanOrEqual(lassoOptimum + 1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it('uses strong convexity where it is known', () => {
    const g = createGraph();
    const x = variable(g, 'x', [3]);
    const f = g.sumsq(residual(g, x.input));
    const ridge = g.sumsq(x.input);
    const plan = planGoal(
      g,
      problem([x], [f, ridge], g),
      knowing(true, [], new Map([[ridge, 2]]), g),
    );
    // F(0) = 30, F* = 30 - c'H⁻¹c with c = A'b, H = A'A + I: the bound must lie below F* and be finite without any cut.
    const start = measure(plan, { x: [0, 0, 0] });
    expect(plan.bound?.text).not.toContain('100 times');
    expect(start.bound).toBeLessThan(start.value);
    expect(start.bound).toBeGreaterThan(-1000);
  });

  it('is the linearised decrease on the simplex', () => {
    const g = createGraph();
    const x = variable(g, 'x', [3], { domain: domain('simplex') });
    const plan = planGoal(g, problem([x], [g.sumsq(residual(g, x.input))], g), knowing(true));
    const inside = measure(plan, { x: [1 / 3, 1 / 3, 1 / 3] });
    // By hand: r = Ax - b, slope 2A'r, value + min(slope) - slope'x.
    const r = [0, 1, 2, 3].map((i) => (A[3 * i] + A[3 * i + 1] + A[3 * i + 2]) / 3 - b[i]);
    const slope = [0, 1, 2].map((j) => 2 * r.reduce((s, ri, i) => s + ri * A[3 * i + j], 0));
    const value = r.reduce((s, ri) => s + ri * ri, 0);
    expect(inside.bound).toBeCloseTo(
      value + Math.min(...slope) - slope.reduce((p, q) => p + q) / 3,
      10,
    );
    expect(inside.violation).toBeLessThan(1e-15);
  });

  it('closes at the median: kinks of an affine map, multipliers found', () => {
    const g = createGraph();
    const c = variable(g, 'c', [1]);
    const y = g.literal([1, 2, 7, 9, 30]);
    const r = g.sub(y, g.broadcastTo(g.reshape(c.input, []), y.type.shape));
    const goal = g.sum(g.max(g.mul(0.5, r), g.mul(-0.5, r)));
    const plan = planGoal(g, problem([c], [goal], g), knowing(true, [goal]));
    const best = measure(plan, { c: [7] });
    expect(best.value).toBe(18);
    expect(relativeGap(best.value, best.bound, 'minimize')).toBeLessThan(1e-9);
    const wrong = measure(plan, { c: [8] });
    expect(relativeGap(wrong.value, wrong.bound, 'minimize')).toBeGreaterThan(1e-3);
  });

  it('closes at a point where group norms vanish', () => {
    const g = createGraph();
    const x = variable(g, 'x', [2]);
    const target = g.literal([0.3, 0.4]);
    const f = g.div(g.sumsq(g.sub(x.input, target)), 2);
    const h = g.sqrt(g.sum(g.square(x.input)));
    const plan = planGoal(g, problem([x], [f, h], g), knowing(true, [h], new Map([[f, 1]]), g));
    const best = measure(plan, { x: [0, 0] });
    expect(relativeGap(best.value, best.bound, 'minimize')).toBeLessThan(1e-10);
  });

  it('turns round for a maximum', () => {
    const g = createGraph();
    const x = variable(g, 'x', [2], { domain: domain('simplex') });
    const gain = g.sum(g.mul(g.literal([1, 3]), x.input));
    const plan = planGoal(g, problem([x], [gain], g, 'maximize'), knowing(true));
    expect(measure(plan, { x: [0.5, 0.5] }).bound).toBeCloseTo(3, 12);
    expect(relativeGap(3, measure(plan, { x: [0, 1] }).bound, 'maximize')).toBe(0);
  });

  it('is exact on bounds', () => {
    const g = createGraph();
    const x = variable(g, 'x', [2], { lower: bound(g.zeros([2])), upper: bound(g.ones([2])) });
    const plan = planGoal(
      g,
      problem([x], [g.sum(g.mul(g.literal([1, -2]), x.input))], g),
      knowing(true),
    );
    expect(measure(plan, { x: [0.5, 0.5] }).bound).toBeCloseTo(-2, 12);
    expect(measure(plan, { x: [0.5, 0.5] }).violation).toBe(0);
    expect(measure(plan, { x: [0.5, 1.5] }).violation).toBeCloseTo(0.5, 12);
  });
});

describe('without convexity', () => {
  it('promises stationarity only, and gives no bound', () => {
    const g = createGraph();
    const x = variable(g, 'x', [2]);
    const plan = planGoal(g, problem([x], [g.sum(g.sin(x.input))], g), knowing(false));
    expect(plan.promise).toBe('stationary');
    expect(plan.bound).toBeUndefined();
    expect(measure(plan, { x: [-Math.PI / 2, -Math.PI / 2] }).stationarity).toBeLessThan(1e-12);
    expect(measure(plan, { x: [0, 0] }).stationarity).toBeGreaterThan(0.5);
  });

  it('projects the slope along the sphere', () => {
    const g = createGraph();
    const x = variable(g, 'x', [2], { domain: domain('sphere') });
    const plan = planGoal(
      g,
      problem([x], [g.sum(g.mul(g.literal([3, 4]), x.input))], g),
      knowing(true),
    );
    expect(plan.promise).toBe('stationary');
    expect(measure(plan, { x: [-0.6, -0.8] }).stationarity).toBeLessThan(1e-12);
    expect(measure(plan, { x: [1, 0] }).stationarity).toBeGreaterThan(0.5);
  });
});
