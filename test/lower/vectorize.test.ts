// `vectorize` against a second route: every lane interpreted by itself, with its parameters replaced by numbers.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import { constantDim } from '../../compiler/tensor/dim.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { substituteIn } from '../../compiler/tensor/substitute.ts';
import { intType, realType } from '../../compiler/tensor/type.ts';
import type { BatchAxis } from '../../compiler/lower/vectorize/batched.ts';
import { vectorizeOver } from '../../compiler/lower/vectorize/vectorize.ts';
import { postorder } from '../../compiler/tensor/visit.ts';

const [m, n] = [3, 4];

const inputs = {
  A: dense([m, n], (k) => Math.sin(1 + k)),
  B: dense([n, n], (k) => Math.cos(2 * k) + (k % 5 === 0 ? 3 : 0)),
  x: dense([n], (k) => 0.3 + k / 3),
  y: dense([m], (k) => 1 - k / 2),
};

function dense(shape: readonly number[], entry: (k: number) => number) {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    storage: 'dense' as const,
    shape,
    data: Float64Array.from({ length: size }, (_, k) => entry(k)),
  };
}

interface Setting {
  readonly graph: Graph;
  readonly i: Node<'parameter'>;
  readonly j: Node<'parameter'>;
  readonly A: Node;
  readonly B: Node;
  readonly x: Node;
  readonly y: Node;
}

function setting(): Setting {
  const graph = createGraph();
  return {
    graph,
    i: graph.parameter(intType([]), 'i'),
    j: graph.parameter(intType([]), 'j'),
    A: graph.input('A', 'data', realType([m, n])),
    B: graph.input('B', 'data', realType([n, n])),
    x: graph.input('x', 'variable', realType([n])),
    y: graph.input('y', 'data', realType([m])),
  };
}

/** All lanes at once, and one after the other. */
function compare(build: (s: Setting) => Node): { readonly whole: Node } {
  const s = setting();
  const { graph } = s;
  const lane = build(s);
  const axes: readonly BatchAxis[] = [
    { order: 0, length: constantDim(m) },
    { order: 1, length: constantDim(n) },
  ];
  const [whole] = vectorizeOver(
    graph,
    [lane],
    new Map([
      [s.i, { node: graph.iota(m), axes: [axes[0]] }],
      [s.j, { node: graph.iota(n), axes: [axes[1]] }],
    ]),
    axes,
  );
  const lanes: Node[] = [];
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const replace = new Map<Node, Node>([
        [s.i, graph.constant(i)],
        [s.j, graph.constant(j)],
      ]);
      lanes.push(substituteIn(graph, lane, replace));
    }
  const { values } = interpret([whole, ...lanes], { inputs });
  const [all, ...each] = values;
  const own = each.flatMap(({ data }) => [...data]);
  expect(all.data.length).toBe(own.length);
  own.forEach((value, k) => {
    expect(all.data[k]).toBeCloseTo(value, 10);
  });
  return { whole };
}

const has = (node: Node, op: Node['op']): boolean => postorder([node]).some((x) => x.op === op);

describe('vectorize', () => {
  test('A[i, :]*x is a matrix product', () => {
    const { whole } = compare(({ graph, A, x, i }) =>
      graph.dot(graph.gather(A, [i], [0], true), x),
    );
    expect(has(whole, 'contract')).toBe(true);
    expect(has(whole, 'gather')).toBe(false);
  });

  test('x[n - 1 - j] and shifted runs are slices', () => {
    const { whole } = compare(({ graph, x, j }) =>
      graph.mul(graph.gather(x, [graph.sub(n - 1, j)], [0], true), 2),
    );
    expect(has(whole, 'reverse')).toBe(true);
    expect(has(whole, 'gather')).toBe(false);
  });

  test('a diagonal and an indirect index are gathers', () => {
    compare(({ graph, B, j, i }) =>
      graph.add(
        graph.gather(B, [j, j], [0, 1], true),
        graph.gather(B, [graph.mod(graph.mul(3, j), n), i], [0, 1], false),
      ),
    );
    compare(({ graph, B, i, j, x }) =>
      graph.mul(
        graph.gather(B, [graph.mod(graph.add(i, j), n)], [0], false),
        graph.gather(x, [graph.mod(graph.mul(2, i), n)], [0], false),
      ),
    );
  });

  test('a branch is a select, with nothing infinite in the lanes not taken', () => {
    const { whole } = compare(
      ({ graph, i, j }) =>
        graph.cond(
          graph.eq(i, j),
          () => [graph.constant(0)],
          () => [graph.div(1, graph.sub(i, j))],
        )[0],
    );
    const nodes = postorder([whole]).filter(
      (node) => node.op === 'binary' && node.type.shape.length > 0,
    );
    const { values } = interpret(nodes, { inputs });
    for (const { data } of values)
      for (const value of data) expect(Number.isFinite(value)).toBe(true);
  });

  test('loops: a fold over lanes, a scan, one whose length is the lane', () => {
    compare(({ graph, x, i, j }) => {
      const start = graph.gather(x, [j], [0], true);
      return graph.fold(constantDim(3), [start, 1], (t, s, p) => [
        graph.add(graph.mul(s, 0.5), graph.add(i, t)),
        graph.mul(p, graph.add(1, graph.div(t, 10))),
      ])[0];
    });
    compare(({ graph, x, i }) => {
      const { stacked } = graph.loop(constantDim(3), [x], (t, s) => {
        const next = graph.add(graph.mul(s, graph.div(i, 3)), t);
        return { next: [next], stacked: [next] };
      });
      return stacked[0];
    });
    compare(
      ({ graph, i, j }) =>
        graph.fold(graph.add(i, 1), [1], (t, s) => [
          graph.add(graph.mul(s, 2), graph.mul(t, j)),
        ])[0],
    );
  });

  test('while keeps lanes that are done', () => {
    compare(
      ({ graph, i, j }) =>
        graph.while(
          [graph.add(graph.add(i, j), 1)],
          (s) => graph.lt(s, 20),
          (s) => [graph.mul(s, 2)],
        )[0],
    );
  });

  test('linear algebra, sorts, scatters and puts', () => {
    compare(({ graph, A, B, i }) =>
      graph.solve(graph.add(B, graph.mul(graph.eye(n), 5)), graph.gather(A, [i], [0], true)),
    );
    compare(({ graph, A, i }) => graph.sort(graph.gather(A, [i], [0], true), 0, true));
    compare(({ graph, x, j, i }) => graph.put(x, graph.mul(i, 7), [j], [0]));
    compare(({ graph, x, i }) => graph.put(x, graph.mul(i, 7), [graph.constant(2)], [0]));
    compare(({ graph, A, i, j }) =>
      graph.scatter(graph.gather(A, [i, j], [0, 1], true), [j], [n], [0]),
    );
    compare(({ graph, A, i }) => {
      const index = graph.mod(graph.mul(2, graph.iota(n)), n);
      return graph.scatter(graph.gather(A, [i], [0], true), [index], [n], [0]);
    });
    compare(({ graph, A, i, B, j }) =>
      graph.outer(graph.gather(A, [i], [0], true), graph.gather(B, [j], [0], true)),
    );
    compare(({ graph, A, i, B, j }) =>
      graph.matvec(
        graph.outer(graph.gather(A, [i], [0], true), graph.gather(B, [j], [0], true)),
        graph.gather(B, [j], [1], true),
      ),
    );
  });

  test('random expressions', () => {
    fc.assert(
      fc.property(expression(4), (build) => {
        compare(build);
      }),
      { numRuns: process.env['DOTOPT_LONG'] === undefined ? 150 : 3000 },
    );
  });
});

type Build = (s: Setting) => Node;

/** Scalar lanes over i and j. */
function expression(depth: number): fc.Arbitrary<Build> {
  const leaf: fc.Arbitrary<Build> = fc.oneof(
    fc.constant<Build>(({ i }) => i),
    fc.constant<Build>(({ j }) => j),
    fc.double({ min: -2, max: 2, noNaN: true }).map(
      (v): Build =>
        ({ graph }) =>
          graph.constant(v),
    ),
    fc.constant<Build>(({ graph, A, i, j }) => graph.gather(A, [i, j], [0, 1], true)),
    fc.constant<Build>(({ graph, B, i, j }) => graph.gather(B, [j, i], [0, 1], true)),
    fc.constant<Build>(({ graph, x, j }) => graph.gather(x, [j], [0], true)),
    fc.constant<Build>(({ graph, y, i }) => graph.gather(y, [graph.sub(m - 1, i)], [0], true)),
    fc.constant<Build>(({ graph, A, x, i }) => graph.dot(graph.gather(A, [i], [0], true), x)),
    fc.constant<Build>(({ graph, A, B, i, j }) =>
      graph.dot(graph.gather(A, [i], [0], true), graph.gather(B, [j], [1], true)),
    ),
    fc.constant<Build>(({ graph, B, x }) => graph.sum(graph.square(graph.matvec(B, x)))),
  );
  if (depth === 0) return leaf;
  const inner = expression(depth - 1);
  return fc.oneof(
    leaf,
    fc.tuple(fc.constantFrom('add', 'sub', 'mul', 'max', 'min'), inner, inner).map(
      ([fn, a, b]): Build =>
        (s) =>
          s.graph[fn](a(s), b(s)),
    ),
    fc.tuple(fc.constantFrom('abs', 'tanh', 'neg', 'sin'), inner).map(
      ([fn, a]): Build =>
        (s) =>
          s.graph[fn](a(s)),
    ),
    fc.tuple(inner, inner, inner).map(
      ([c, a, b]): Build =>
        (s) =>
          s.graph.cond(
            s.graph.lt(c(s), 0.5),
            () => [s.graph.sqrt(s.graph.abs(a(s)))],
            () => [b(s)],
          )[0],
    ),
    fc.tuple(inner, inner).map(
      ([a, b]): Build =>
        (s) =>
          s.graph.sum(s.graph.mul(s.graph.mul(s.x, a(s)), s.graph.add(s.x, b(s)))),
    ),
  );
}
