// Problems: terms, sums over samples, families, players, constraints, expectations.
import { describe, expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import type { Goal, Relation } from '../../compiler/problem/problem.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { substituteIn } from '../../compiler/tensor/substitute.ts';
import { postorder } from '../../compiler/tensor/visit.ts';
import { constantDim } from '../../compiler/tensor/dim.ts';
import { vectorizeOver } from '../../compiler/lower/vectorize/vectorize.ts';
import { lowerText, tensor, type Given } from './support.ts';

const first = (text: string): Given => lowerText(text)[0];

function nodeOf(goal: Goal): Node {
  if (goal.node === undefined) throw new Error('a goal without value');
  return goal.node;
}

const numberOf = (given: Given, node: Node, point = {}): number => given.value(node, point).data[0];

describe('goals', () => {
  const text = `problem p {
    data A : real[6, 3] = [sin(i*j) for i in 1..6, j in 1..3]
    data b : real[6] = [cos(i) for i in 1..6]
    param mu : real >= 0 = 0.3
    var x : real[3]
    let fit = E(i in 1..6) ((A[i, :]*x - b[i])^2/2 + 0.05*sumsq(x))
    minimize 2*(fit - mu*norm(x, 1)/4) - (x[1] - 3)
  }`;

  test('are split into terms through lets, factors and signs', () => {
    const given = first(text);
    const [goal] = given.problem.level.goals;
    const point = { x: tensor([3], [0.4, -1, 2]) };
    expect(goal.terms).toHaveLength(5);
    const total = goal.terms.reduce((sum, { node }) => sum + numberOf(given, node, point), 0);
    expect(total).toBeCloseTo(numberOf(given, nodeOf(goal), point), 12);
  });

  test('keep their sums over samples apart', () => {
    const given = first(text);
    const { graph } = given;
    const [goal] = given.problem.level.goals;
    const [sum] = goal.sums;
    const point = { x: tensor([3], [0.4, -1, 2]) };
    expect(goal.sums).toHaveLength(1);
    expect(sum.kind).toBe('mean');
    expect(goal.terms.map(({ node }) => node)).toContain(sum.node);
    const { index } = sum;
    if (index === undefined) throw new Error('no index');
    let mean = 0;
    for (let i = 0; i < 6; i++)
      mean +=
        numberOf(
          given,
          substituteIn(graph, sum.body, new Map([[index, graph.constant(i)]])),
          point,
        ) / 6;
    expect(mean).toBeCloseTo(numberOf(given, sum.node, point), 12);
    // A batch reads its own rows alone.
    const axis = { order: 0, length: constantDim(2) };
    const positions = graph.literal([4, 1]);
    const [batch] = vectorizeOver(
      graph,
      [sum.body],
      new Map([[index, { node: positions, axes: [axis] }]]),
      [axis],
    );
    const rows = [...given.value(batch, point).data];
    expect(rows[0]).toBeCloseTo(
      numberOf(given, substituteIn(graph, sum.body, new Map([[index, graph.constant(4)]])), point),
      12,
    );
    const reads = postorder([batch]).filter(
      ({ op, args }) => op === 'gather' && args[0].op === 'input',
    );
    expect(reads.length).toBeGreaterThanOrEqual(2);
  });

  test('several indices become one position', () => {
    const given = first(`problem p {
      data T : real[2, 3] = [i + 10*j for i in 1..2, j in 1..3]
      var x : real[3]
      minimize sum(i in 1..2, j in 1..3) (T[i, j]*x[j])^2
    }`);
    const { graph } = given;
    const [{ sums }] = given.problem.level.goals;
    const [{ index, body, node }] = sums;
    const point = { x: tensor([3], [1, 2, 3]) };
    if (index === undefined) throw new Error('no index');
    let total = 0;
    for (let k = 0; k < 6; k++)
      total += numberOf(
        given,
        substituteIn(graph, body, new Map([[index, graph.constant(k)]])),
        point,
      );
    expect(total).toBeCloseTo(numberOf(given, node, point), 10);
  });

  test('players own their parts', () => {
    const given = first(`problem p {
      set firms = {"A", "B", "C"}
      data c : real[firms] = [1, 2, 3]
      var q : real[firms] >= 0
      let price = 10 - sum(q)
      forall(i in firms) maximize price*q[i] - c[i]*q[i]^2 over q[i]
    }`);
    const [goal] = given.problem.level.goals;
    const { player } = goal;
    if (player === undefined) throw new Error('no player');
    expect(player.slices).toHaveLength(1);
    expect(player.slices[0].variable).toBe('q');
    const [index] = player.index;
    const point = { q: tensor([3], [1, 2, 0.5]) };
    const second = substituteIn(
      given.graph,
      nodeOf(goal),
      new Map([[index, given.graph.constant(1)]]),
    );
    expect(numberOf(given, second, point)).toBeCloseTo(6.5 * 2 - 2 * 4, 12);
  });
});

describe('families', () => {
  test('are one member inside and arrays outside', () => {
    const given = first(`problem p {
      set K = 1..3
      data A : real[K, 2] = [k + i for k in K, i in 1..2]
      var x : real[2]
      lower task(k in K) {
        var w : real[2]
        let r = w - A[k, :] - x
        minimize sumsq(r)
      }
      minimize sum(k in K) k*sumsq(w[k, :]) + sumsq(r)
    }`);
    const [task] = given.problem.level.lower;
    const [member] = task.goals;
    const index = task.family?.index[0];
    if (index === undefined) throw new Error('no family');
    const inside = substituteIn(
      given.graph,
      nodeOf(member),
      new Map([[index, given.graph.constant(1)]]),
    );
    const point = { x: tensor([2], [1, 1]), w: tensor([2], [0, 2]) };
    expect(numberOf(given, inside, point)).toBeCloseTo((0 - 3 - 1) ** 2 + (2 - 4 - 1) ** 2, 12);
    const w = [0, 2, 1, 1, -1, 3];
    const outer = given.problem.level.goals[0];
    const value = numberOf(given, nodeOf(outer), { x: tensor([2], [1, 1]), w: tensor([3, 2], w) });
    let expected = 0;
    for (let k = 1; k <= 3; k++)
      for (let i = 1; i <= 2; i++) {
        const entry = w[2 * (k - 1) + i - 1];
        expected += k * entry ** 2 + (entry - (k + i) - 1) ** 2;
      }
    expect(value).toBeCloseTo(expected, 10);
  });
});

describe('constraints', () => {
  const kinds = (relation: Relation): string =>
    relation.kind === 'robust' ? `robust ${kinds(relation.relation)}` : relation.kind;

  test('of every form', () => {
    const given = first(`problem p {
      set I = 1..3
      data mu : real[I] = [1, 2, 3]
      var x : real[I] >= 0
      var t : real
      var z : bool
      minimize t
      subject to {
        cap: 1 <= sum(x) <= 5
        forall(i in I where i > 1) { x[i] <= mu[i]; x[i] >= x[i - 1] }
        on_: z implies t <= 2
        worst: forall(u : real[3] in ball(0, 0.5)) u' * x <= t
        safe: forall(i in I) P(d ~ normal(mu[i], 1)) (d <= x[i]) >= 0.9
        inside: x in simplex
      }
    }`);
    expect(given.lowered.diagnostics).toEqual([]);
    const { constraints } = given.problem.level;
    expect(constraints.map(({ relation }) => kinds(relation))).toEqual([
      'lessEqual',
      'lessEqual',
      'lessEqual',
      'lessEqual',
      'implies',
      'robust lessEqual',
      'chance',
      'in',
    ]);
    const point = { x: tensor([3], [1, 2, 4]), t: tensor([], [1]), z: tensor([], [1]) };
    const residual = (k: number): readonly number[] => {
      const { relation } = constraints[k];
      return relation.kind === 'lessEqual' ? [...given.value(relation.residual, point).data] : [];
    };
    expect([residual(0), residual(1), residual(2), residual(3)]).toEqual([
      [-6],
      [2],
      [0, 1],
      [-1, -2],
    ]);
    const chance = constraints[6].relation;
    if (chance.kind !== 'chance') throw new Error('no chance');
    const [draw] = chance.draws;
    expect([...given.value(draw.args[0]).data]).toEqual([1, 2, 3]);
    expect(draw.parameter.type.shape).toHaveLength(1);
  });

  test('filters that depend on an outer index are joined with it', () => {
    const given = first(`problem p {
      set N = 1..4
      var x : real[N, N]
      minimize sumsq(x)
      subject to { forall(i in N, j in N where i != j) x[i, j] + x[j, i] == 1 }
    }`);
    const [{ relation }] = given.problem.level.constraints;
    if (relation.kind !== 'equal') throw new Error('not equal');
    const x = Array.from({ length: 16 }, (_, k) => k);
    expect(given.value(relation.residual, { x: tensor([4, 4], x) }).data.length).toBe(12);
  });
});

describe('expectations', () => {
  const value = (expression: string, x: number): number => {
    const given = first(`problem p { var x : real start 1\n minimize ${expression} }`);
    return numberOf(given, nodeOf(given.problem.level.goals[0]), { x: tensor([], [x]) });
  };

  test('have their closed forms', () => {
    expect(value('E(z ~ normal(1, 2)) (x*z + 3)', 4)).toBeCloseTo(7, 12);
    expect(value('E(z ~ normal(1, 2)) (x*z - 1)^2', 3)).toBeCloseTo(9 * 4 + 4, 12);
    expect(value('E(z ~ exponential(1/20)) min(x, z)', 18)).toBeCloseTo(
      20 * (1 - Math.exp(-0.9)),
      12,
    );
    expect(value('E(z ~ uniform(0, 2)) max(z - x, 0)', 0.5)).toBeCloseTo(1.5 ** 2 / 4, 12);
    expect(value('E(z ~ normal(0, 1)) max(x, z)', 0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 10);
    expect(value('E(z ~ bernoulli(0.3)) (x + 5*z)', 1)).toBeCloseTo(2.5, 12);
    expect(value('E(z ~ rademacher()) exp(x*z)', 1)).toBeCloseTo(Math.cosh(1), 12);
  });

  test('are integrated by Gauss rules where asked', () => {
    expect(value('E(z ~ normal(0, 1) by quadrature(20)) exp(x*z)', 0.7)).toBeCloseTo(
      Math.exp(0.245),
      10,
    );
    expect(value('E(z ~ uniform(0, 1) by quadrature(8)) exp(x*z)', 1)).toBeCloseTo(Math.E - 1, 12);
    expect(value('E(z ~ exponential(2) by quadrature(12)) z^3*x', 1)).toBeCloseTo(6 / 8, 9);
  });

  test('are measured on a fixed sample else', () => {
    const found = value('E(z ~ normal(0, 1)[2]) exp(x*z[1] + z[2]/2)', 0.3);
    expect(found).toBeGreaterThan(Math.exp(0.17) - 0.2);
    expect(found).toBeLessThan(Math.exp(0.17) + 0.2);
    expect(value('E(z ~ normal(0, 1)[2]) exp(x*z[1] + z[2]/2)', 0.3)).toBe(found);
  });

  test('by score have the derivative of the expectation', () => {
    const given = first(`problem p {
      data reward : real[3] = [1, 5, 2]
      var t : real[3]
      let p = softmax(t)
      maximize E(a ~ categorical(p) by score) reward[a]
    }`);
    const goal = nodeOf(given.problem.level.goals[0]);
    const [variable] = given.problem.level.variables;
    const at = { t: tensor([3], [0.1, -0.2, 0.3]) };
    const p = [0.1, -0.2, 0.3].map(Math.exp).map((v, _, all) => v / all.reduce((a, b) => a + b));
    const mean = p[0] + 5 * p[1] + 2 * p[2];
    expect(numberOf(given, goal, at)).toBeCloseTo(mean, 12);
    const slope = given.value(grad(given.graph, goal, variable.input), at).data;
    [1, 5, 2].forEach((r, k) => {
      expect(slope[k]).toBeCloseTo(p[k] * (r - mean), 10);
    });
  });
});
