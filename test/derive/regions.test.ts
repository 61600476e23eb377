// Loops, branches and implicit equations, alone and within each other.
import { describe, expect, test } from 'vitest';
import { grad, grads } from '../../compiler/derive/grad.ts';
import { hess } from '../../compiler/derive/hess.ts';
import { NotDifferentiable } from '../../compiler/derive/not-differentiable.ts';
import { shareLoops } from '../../compiler/derive/share-loops.ts';
import { assertLegal } from '../../compiler/tensor/check.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { substituteIn } from '../../compiler/tensor/substitute.ts';
import { postorder } from '../../compiler/tensor/visit.ts';
import { intType, realType } from '../../compiler/tensor/type.ts';
import { checkCase, dense, numbers, type Case } from './check.ts';

const random = (count: number, seed = 3): readonly number[] => {
  const next = numbers(seed);
  return Array.from({ length: count }, () => Math.round(next() * 1000) / 1000);
};

const make = (
  name: string,
  shape: readonly number[],
  build: Case['build'],
  more: Partial<Case> = {},
): Case => ({
  name,
  shape,
  point: random(shape.reduce((a, b) => a * b, 1)),
  build,
  ...more,
});

function run(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const testCase of cases) test(testCase.name, () => checkCase(testCase));
  });
}

/** A gradient step of a small objective. */
const descend = (g: Graph, objective: (z: Node) => Node, z: Node, step = 0.1): Node =>
  g.sub(z, g.mul(step, grad(g, objective(z), z)));

run('loop', [
  make('a power', [2], (g, x) => g.fold(4, [g.ones([2])], (_, s) => [g.mul(s, x)])[0]),
  make('a map of the state', [3], (g, x) => g.fold(5, [x], (_, s) => [g.sin(g.mul(1.3, s))])[0]),
  make(
    'uses its index',
    [2],
    (g, x) => g.fold(3, [x], (i, s) => [g.add(g.mul(s, s), g.mul(i, g.cos(s)))])[0],
  ),
  make('two states, one from the other', [2], (g, x) => {
    const [a, b] = g.fold(4, [x, g.mul(0.3, x)], (_, p, v) => [
      g.add(p, g.mul(0.2, v)),
      g.sub(v, g.mul(0.2, g.sin(p))),
    ]);
    return g.concat([a, b], 0);
  }),
  make('a state that does not move', [2], (g, x) => {
    const [y] = g.fold(4, [x, 1], (_, s, t) => [
      g.mul(s, g.div(1, t)),
      g.div(g.add(1, g.sqrt(g.add(1, g.mul(4, g.square(t))))), 2),
    ]);
    return g.square(y);
  }),
  make('a state that starts to move late', [2], (g, x) =>
    g.concat(
      g.fold(4, [g.zeros([2]), g.zeros([2]), g.ones([2])], (_, a, b, c) => [
        g.mul(b, 1.1),
        g.add(c, g.sin(a)),
        g.mul(c, x),
      ]),
      0,
    ),
  ),
  make('stacks', [3], (g, x) => {
    const { states, stacked } = g.loop(4, [x], (i, s) => ({
      next: [g.sin(s)],
      stacked: [g.mul(s, s), g.add(i, 1), g.sum(g.mul(s, x))],
    }));
    return g.concat([states[0], g.flatten(stacked[0]), g.mul(stacked[1], stacked[2])], 0);
  }),
  make(
    'looks up entries in order',
    [4],
    (g, x) =>
      g.fold(4, [1], (i, s) => [g.add(g.mul(s, 0.5), g.square(g.gather(x, [i], [0], true)))])[0],
  ),
  make(
    'looks up columns',
    [2, 3],
    (g, x) => g.fold(3, [g.ones([2])], (i, s) => [g.mul(g.sin(s), g.gather(x, [i], [1], true))])[0],
  ),
  make('looks up shifted and permuted entries', [5], (g, x) => {
    const order = g.literal([2, 0, 1]);
    return g.fold(3, [1], (i, s) => [
      g.add(g.mul(s, g.gather(x, [g.add(i, 1)])), g.square(g.gather(x, [g.gather(order, [i])]))),
    ])[0];
  }),
  make(
    'looks up by a state',
    [5],
    (g, x) =>
      g.fold(3, [1, 4], (i, s, k) => [
        g.mul(g.cos(s), g.gather(x, [k])),
        g.mod(g.add(g.mul(k, 2), i), 5),
      ])[0],
  ),
  make(
    'a matrix from outside',
    [2, 2],
    (g, W) => g.fold(4, [g.literal([0.3, -0.8])], (_, h) => [g.tanh(g.matmul(W, h))])[0],
  ),
  make('a product hoisted out', [2, 2], (g, W) => {
    const square = g.matmul(W, W);
    return g.fold(3, [g.literal([0.3, -0.8])], (_, h) => [g.sin(g.matmul(square, h))])[0];
  }),
  make('after another', [2], (g, x) => {
    const [y] = g.fold(3, [x], (_, s) => [g.sin(s)]);
    const [z] = g.fold(3, [y], (_, s) => [g.mul(s, g.cos(y))]);
    return g.mul(y, z);
  }),
  make(
    'in another',
    [2],
    (g, x) =>
      g.fold(3, [x], (i, s) =>
        g.fold(2, [s], (j, t) => [g.add(g.sin(g.mul(t, s)), g.mul(g.add(i, j), x))]),
      )[0],
  ),
  make(
    'in another, looking up',
    [2, 3],
    (g, A) =>
      g.fold(2, [g.constant(0.3)], (i, s) =>
        g.fold(3, [s], (j, t) => [g.add(g.sin(t), g.gather(A, [i, j], [0, 1], true))]),
      )[0],
  ),
  make(
    'counted by a value',
    [2],
    (g, x) => {
      const times = g.input('times', 'data', intType([]));
      return g.fold(times, [x], (i, s) => [g.add(g.mul(s, g.cos(s)), g.mul(i, x))])[0];
    },
    { inputs: { times: 4 } },
  ),
  make('never', [2], (g, x) => g.mul(x, g.fold(0, [x], (_, s) => [g.sin(s)])[0])),
  make('gradient steps, by the start', [2], (g, x) => {
    const objective = (z: Node): Node =>
      g.add(g.sum(g.exp(g.mul(z, 0.5))), g.square(g.sub(g.sum(z), 1)));
    return g.fold(4, [x], (_, z) => [descend(g, objective, z)])[0];
  }),
  make('gradient steps, by a parameter', [2], (g, x) => {
    const objective = (z: Node): Node => g.add(g.sum(g.exp(g.mul(z, x))), g.sumsq(z));
    return g.fold(4, [g.zeros([2])], (_, z) => [descend(g, objective, z)])[0];
  }),
  make(
    'a derivative by the state of a loop in a loop',
    [2],
    (g, x) =>
      g.fold(2, [x], (_, s) => {
        const inner = (z: Node): Node =>
          g.sum(g.fold(2, [z], (k, t) => [g.add(g.sin(t), g.mul(k, g.mul(t, x)))])[0]);
        return [g.add(s, grad(g, inner(s), s))];
      })[0],
  ),
]);

run('cond', [
  make(
    'taken',
    [2],
    (g, x) =>
      g.cond(
        g.lt(g.sum(x), 10),
        () => [g.sin(x)],
        () => [g.cos(x)],
      )[0],
  ),
  make('not taken, several results', [2], (g, x) =>
    g.concat(
      g.cond(
        g.lt(10, g.sum(x)),
        () => [g.sin(x), x, g.ones([2])],
        () => [g.mul(x, x), g.ones([2]), g.exp(x)],
      ),
      0,
    ),
  ),
  make('a chain', [2], (g, x) => {
    let y = x;
    for (let k = 0; k < 12; k++)
      [y] = g.cond(
        g.lt(g.sum(y), 0.3 * (k % 3)),
        () => [g.add(g.sin(y), x)],
        () => [g.mul(y, g.cos(y))],
      );
    return y;
  }),
  make(
    'in a loop',
    [3],
    (g, x) =>
      g.fold(4, [g.at(x, 0, 0)], (i, s) =>
        g.cond(
          g.lt(i, 2),
          () => [g.mul(g.sin(s), g.gather(x, [1]))],
          () => [g.add(g.mul(s, s), g.gather(x, [g.sub(i, 1)]))],
        ),
      )[0],
  ),
  make(
    'around a loop',
    [2],
    (g, x) =>
      g.cond(
        g.lt(g.sum(x), 10),
        () => g.fold(3, [x], (_, s) => [g.sin(g.mul(s, x))]),
        () => [x],
      )[0],
  ),
  make(
    'the other branch is not a number',
    [2],
    (g, x) =>
      g.cond(
        g.lt(g.sum(x), 10),
        () => [g.sin(x)],
        () => [g.log(g.sub(x, 20))],
      )[0],
  ),
]);

run('while', [
  make(
    'until large',
    [2],
    (g, x) =>
      g.mul(
        x,
        g.while(
          [g.exp(x)],
          (s) => g.lt(g.sum(s), 20),
          (s) => [g.add(s, g.mul(s, x))],
        )[0],
      ),
    { point: [0.7, 0.4] },
  ),
  make(
    'two states, one moving',
    [2],
    (g, x) =>
      g.while(
        [0, x],
        (k) => g.lt(k, 4),
        (k, s) => [g.add(k, 1), g.sin(g.mul(s, g.add(k, x)))],
      )[1],
  ),
  make(
    'in a loop',
    [2],
    (g, x) =>
      g.fold(2, [x], (i, s) => [
        g.while(
          [s, 0],
          (_, k) => g.le(k, i),
          (t, k) => [g.mul(g.cos(t), x), g.add(k, 1)],
        )[0],
      ])[0],
  ),
]);

const implicit = { first: 1e-6, second: 1e-5 };

run('implicit equations', [
  make(
    'root of a scalar',
    [2],
    (g, x) => {
      const z = g.root(1, (z) => g.sub(g.add(g.exp(z), z), g.sumsq(x)));
      return g.mul(z, x);
    },
    implicit,
  ),
  make(
    'root of a vector',
    [2],
    (g, x) =>
      g.root(g.zeros([2]), (z) =>
        g.sub(g.add(g.mul(3, z), g.sin(g.reverse(z, 0))), g.mul(x, g.square(z))),
      ),
    { ...implicit, point: [0.4, -0.3] },
  ),
  make(
    'root of a matrix',
    [2, 2],
    (g, x) =>
      g.root(g.zeros([2, 2]), (z) => g.sub(g.add(g.mul(4, z), g.matmul(z, g.matmul(x, z))), x)),
    implicit,
  ),
  make(
    'fixpoint',
    [2],
    (g, x) =>
      g.fixpoint(g.zeros([2]), (z) => g.mul(0.4, g.add(g.cos(z), g.mul(x, g.reverse(z, 0))))),
    implicit,
  ),
  make(
    'minimizer',
    [2],
    (g, x) =>
      g.minimizer(g.zeros([2]), (z) =>
        g.add(g.sum(g.exp(g.mul(z, x))), g.sumsq(g.sub(z, g.square(x)))),
      ),
    implicit,
  ),
  make(
    'minimizer in a loop',
    [2],
    (g, x) =>
      g.fold(2, [x], (_, s) => [
        g.minimizer(g.zeros([2]), (z) => g.add(g.sum(g.exp(z)), g.sumsq(g.sub(z, g.mul(s, x))))),
      ])[0],
    implicit,
  ),
  make(
    'root of a minimizer',
    [],
    (g, x) =>
      g.root(0.5, (y) =>
        g.sub(
          g.add(
            g.mul(2, y),
            g.minimizer(0, (z) => g.add(g.exp(z), g.square(g.sub(z, y)))),
          ),
          x,
        ),
      ),
    { ...implicit, firstOnly: true },
  ),
]);

describe('sharing', () => {
  test('the same loop from two starts', () => {
    checkCase(
      make('two starts', [2], (g, x) => {
        const s = g.input('s', 'state', realType([2]));
        const [f] = g.fold(3, [s], (_, t) => [g.sin(g.mul(1.2, t))]);
        const at = (value: Node): Node => substituteIn(g, f, new Map([[s, value]]));
        return g.add(at(g.mul(x, x)), g.mul(at(g.ones([2])), g.mul(x, at(g.exp(x)))));
      }),
    );
  });
  test('a value and its gradient can share their loop', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([2]));
    const outer = g.fold(3, [x], (_, s) =>
      g.fold(2, [s], (k, t) => [g.sin(g.add(g.mul(t, x), k))]),
    );
    const e = g.sum(g.fold(4, [outer[0]], (_, s) => [g.mul(s, g.cos(s))])[0]);
    const roots = [e, grad(g, e, x)];
    const shared = shareLoops(g, roots);
    assertLegal(shared);
    const loops = (nodes: readonly Node[]): number =>
      postorder(nodes).filter(({ op, free }) => op === 'loop' && free.length === 0).length;
    expect(loops(roots)).toBe(6);
    expect(loops(shared)).toBe(4);
    const inputs = { x: dense([2], [0.3, -0.7]) };
    const [before, after] = [roots, shared].map((nodes) => interpret(nodes, { inputs }).values);
    before.forEach(({ data }, k) => expect([...after[k].data]).toEqual([...data]));
  });
  test('a long chain is walked without recursion', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([]));
    let y: Node = x;
    for (let k = 0; k < 6_000; k++) y = g.sin(y);
    const { values } = interpret([grad(g, y, x)], { inputs: { x: 0 } });
    expect(values[0].data[0]).toBe(1);
  });
  test('gradients of thousands of nodes take tens of milliseconds', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType(['n'].map(() => 5)));
    let y: Node = x;
    for (let k = 0; k < 1000; k++) y = g.add(g.mul(y, g.cos(x)), g.div(y, g.add(2, g.square(y))));
    const start = performance.now();
    grad(g, g.sum(y), x);
    expect(performance.now() - start).toBeLessThan(1000);
  });
  test('several gradients in one pass', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([]));
    const y = g.input('y', 'variable', realType([]));
    const [dx, dy] = grads(g, g.mul(g.sin(x), y), [x, y]);
    const { values } = interpret([dx, dy], { inputs: { x: 0.3, y: 2 } });
    expect(values[0].data[0]).toBeCloseTo(2 * Math.cos(0.3), 14);
    expect(values[1].data[0]).toBeCloseTo(Math.sin(0.3), 14);
  });
  test('by an intermediate node', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([3]));
    const head = g.at(x, 0, 0);
    const e = g.mul(g.square(g.mul(head, head)), g.sum(x));
    const { values } = interpret([grad(g, e, head), hess(g, e, head)], {
      inputs: { x: dense([3], [1.5, 2, 3]) },
    });
    expect(values[0].data[0]).toBeCloseTo(4 * 1.5 ** 3 * 6.5, 10);
    expect(values[1].data[0]).toBeCloseTo(12 * 1.5 ** 2 * 6.5, 10);
  });
  test('stop has no derivative', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([]));
    const { values } = interpret([grad(g, g.mul(g.stop(g.square(x)), x), x)], { inputs: { x: 3 } });
    expect(values[0].data[0]).toBe(9);
  });
});

describe('refused', () => {
  test('draws without a pathwise derivative', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([]));
    for (const distribution of ['bernoulli', 'poisson', 'gamma', 'beta', 'student_t'] as const) {
      const draw = g.draw(distribution, [x, 1], { site: 0, shape: [], counters: [] });
      expect(() => grad(g, draw, x)).toThrow(NotDifferentiable);
    }
  });
});
