import { describe, expect, test } from 'vitest';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { isScalar, realType } from '../../compiler/tensor/type.ts';
import { proxOfTerms, type ProxVariable } from '../../compiler/match/prox/of-terms.ts';
import { domain, dot, entries, minus, norm, numbers, stream, valueOf } from './support.ts';

interface Case {
  readonly title: string;
  readonly shape: readonly number[];
  readonly h: (graph: Graph, x: Node) => Node;
  readonly variable?: (graph: Graph) => Partial<ProxVariable>;
  readonly symmetric?: boolean;
  /** Points are kept inside the domain of h by this. */
  readonly inside?: (x: number) => number;
}

const absSum = (g: Graph, x: Node): Node => g.sum(g.abs(x));
const norm2 = (g: Graph, x: Node): Node => g.sqrt(g.sum(g.square(x)));
const weights = (g: Graph, n: number): Node =>
  g.literal(Array.from({ length: n }, (_, i) => 0.3 + 0.2 * i));
const shifts = (g: Graph, n: number): Node =>
  g.literal(Array.from({ length: n }, (_, i) => 0.5 - 0.3 * i));

const cases: readonly Case[] = [
  { title: 'zero', shape: [3], h: (g) => g.constant(0) },
  { title: 'linear', shape: [3], h: (g, x) => g.dot(weights(g, 3), x) },
  { title: 'norm1', shape: [4], h: (g, x) => g.mul(0.8, absSum(g, x)) },
  { title: 'weighted norm1', shape: [4], h: (g, x) => g.dot(weights(g, 4), g.abs(x)) },
  { title: 'shifted norm1', shape: [4], h: (g, x) => absSum(g, g.sub(x, shifts(g, 4))) },
  {
    title: 'norm1 of a scaled variable',
    shape: [4],
    h: (g, x) => absSum(g, g.add(g.mul(weights(g, 4), x), 0.2)),
  },
  { title: 'norm1 of a matrix', shape: [2, 3], h: (g, x) => g.mul(0.5, absSum(g, x)) },
  {
    title: 'norm1 of a part',
    shape: [5],
    h: (g, x) => absSum(g, g.slice(x, [1], [3])),
  },
  {
    title: 'norm1 of two parts',
    shape: [5],
    h: (g, x) => g.add(absSum(g, g.slice(x, [0], [2])), g.mul(2, absSum(g, g.slice(x, [2], [3])))),
  },
  { title: 'half a square', shape: [3], h: (g, x) => g.mul(0.5, g.sumsq(x)) },
  {
    title: 'weighted square',
    shape: [3],
    h: (g, x) => g.sum(g.mul(weights(g, 3), g.square(g.sub(x, shifts(g, 3))))),
  },
  {
    title: 'elastic net',
    shape: [4],
    h: (g, x) => g.add(g.mul(0.7, absSum(g, x)), g.mul(0.2, g.sumsq(x))),
  },
  {
    title: 'elastic net with a linear part and bounds',
    shape: [4],
    h: (g, x) =>
      g.add(g.add(g.mul(0.3, absSum(g, x)), g.mul(0.2, g.sumsq(x))), g.dot(shifts(g, 4), x)),
    variable: (g) => ({ lower: g.constant(-0.4), upper: g.constant(0.3) }),
  },
  {
    title: 'full quadratic',
    shape: [3],
    h: (g, x) => {
      const A = g.literal([1, 2, 0, 1, -1, 3], [2, 3]);
      return g.mul(0.5, g.sumsq(g.sub(g.matvec(A, x), g.literal([1, -2]))));
    },
  },
  {
    title: "x'Qx",
    shape: [2],
    h: (g, x) => {
      const Q = g.literal([2, 0.5, 0.5, 1], [2, 2]);
      return g.add(g.mul(0.5, g.dot(x, g.matvec(Q, x))), g.sum(x));
    },
  },
  { title: 'norm2', shape: [4], h: (g, x) => g.mul(0.9, norm2(g, x)) },
  { title: 'shifted norm2', shape: [3], h: (g, x) => norm2(g, g.sub(x, shifts(g, 3))) },
  {
    title: 'norm2 of a part with a square',
    shape: [4],
    h: (g, x) => g.add(norm2(g, g.slice(x, [1], [3])), g.mul(0.3, g.sumsq(x))),
  },
  {
    title: 'group norms of rows',
    shape: [3, 2],
    h: (g, x) => g.sum(g.mul(g.literal([0.2, 0.5, 1]), g.sqrt(g.sum(g.square(x), [1])))),
  },
  {
    title: 'sparse groups',
    shape: [3, 2],
    h: (g, x) => g.add(g.sum(g.sqrt(g.sum(g.square(x), [1]))), g.mul(0.2, absSum(g, x))),
  },
  {
    title: 'norm2 of a nonnegative vector',
    shape: [4],
    h: (g, x) => g.mul(0.5, norm2(g, x)),
    variable: (g) => ({ lower: g.constant(0) }),
  },
  { title: 'norm inf', shape: [4], h: (g, x) => g.mul(0.7, g.maxOver(g.abs(x))) },
  { title: 'max', shape: [4], h: (g, x) => g.mul(0.6, g.maxOver(x)) },
  { title: '-min', shape: [4], h: (g, x) => g.neg(g.minOver(x)) },
  {
    title: 'sum of the two largest',
    shape: [5],
    h: (g, x) => {
      const sorted = g.sort(x, 0, true);
      return g.mul(0.5, g.sum(g.select(g.lt(g.iota(5), 2), sorted, 0)));
    },
  },
  {
    title: 'sum of the three largest, counted by a size',
    shape: [2, 3],
    h: (g, x) => g.sum(g.sliceAxis(g.sort(g.flatten(x), 0, true), 0, 0, 3)),
  },
  {
    title: 'largest eigenvalue of a symmetric matrix',
    shape: [3, 3],
    h: (g, x) => g.mul(0.7, g.at(g.eigh(x)[0], 0, 2)),
    symmetric: true,
  },
  {
    title: '-logdet of a positive-definite matrix',
    shape: [2, 2],
    h: (g, x) => g.mul(-2, g.sum(g.log(g.diagonal(g.cholesky(x))))),
    variable: () => ({ domain: domain('spd') }),
    symmetric: true,
  },
  { title: 'nuclear norm', shape: [3, 2], h: (g, x) => g.mul(0.6, g.sum(g.svd(x)[1])) },
  { title: 'operator norm', shape: [3, 2], h: (g, x) => g.mul(0.6, g.at(g.svd(x)[1], 0, 0)) },
  {
    title: 'Huber',
    shape: [4],
    h: (g, x) => {
      const size = g.abs(x);
      const inner = g.div(g.square(x), 2);
      const outer = g.mul(0.4, g.sub(size, g.div(0.4, 2)));
      return g.sum(g.select(g.le(size, 0.4), inner, outer));
    },
  },
  {
    title: 'pinball',
    shape: [4],
    h: (g, x) => {
      const r = g.sub(shifts(g, 4), x);
      return g.div(g.sum(g.max(g.mul(0.9, r), g.mul(-0.1, r))), 4);
    },
  },
  {
    title: 'hinge',
    shape: [4],
    h: (g, x) => g.sum(g.max(g.sub(1, g.mul(g.literal([1, -1, 1, -1]), x)), 0)),
  },
  {
    title: 'a kink written as a choice',
    shape: [4],
    h: (g, x) => g.sum(g.select(g.le(0, x), g.mul(2, x), g.mul(-0.5, x))),
  },
  {
    title: 'epsilon-insensitive loss',
    shape: [4],
    h: (g, x) => {
      const r = g.sub(x, shifts(g, 4));
      return g.sum(g.add(g.max(g.sub(r, 0.2), 0), g.max(g.sub(g.neg(r), 0.2), 0)));
    },
  },
  {
    title: 'two absolute values and a hinge',
    shape: [4],
    h: (g, x) =>
      g.add(
        g.add(absSum(g, x), g.mul(0.4, absSum(g, g.sub(x, shifts(g, 4))))),
        g.sum(g.max(g.sub(0.3, x), 0)),
      ),
  },
  { title: 'logistic loss', shape: [4], h: (g, x) => g.sum(g.softplus(g.mul(-2, x))) },
  { title: 'exponential', shape: [3], h: (g, x) => g.sum(g.exp(x)) },
  { title: 'entropy', shape: [3], h: (g, x) => g.sum(g.xlogx(x)), inside: Math.abs },
  { title: 'logarithms', shape: [3], h: (g, x) => g.neg(g.sum(g.log(x))), inside: Math.abs },
  {
    title: 'divergence',
    shape: [3],
    h: (g, x) => g.sum(g.kl(x, weights(g, 3))),
    inside: Math.abs,
  },
  {
    title: 'bounds',
    shape: [3],
    h: (g) => g.constant(0),
    variable: (g) => ({ lower: g.constant(-0.1), upper: g.literal([0, 1, 0.2]) }),
  },
  {
    title: 'simplex with a linear cost and a square',
    shape: [4],
    h: (g, x) => g.add(g.dot(weights(g, 4), x), g.mul(0.3, g.sumsq(x))),
    variable: () => ({ domain: domain('simplex') }),
  },
];

interface Made {
  readonly prox: (t: number, v: readonly number[]) => readonly number[];
  readonly value: (x: readonly number[]) => number;
  readonly conjugate: ((v: readonly number[]) => number) | undefined;
}

function make(of: Case): Made {
  const graph = createGraph();
  const x = graph.input('x', 'variable', realType(of.shape));
  const h = of.h(graph, x);
  const more = of.variable?.(graph) ?? {};
  const found = proxOfTerms(
    graph,
    [h],
    [{ input: x, lower: undefined, upper: undefined, domain: undefined, ...more }],
  );
  if (found.kind === 'lacks') throw new Error(found.because);
  const t = graph.input('t', 'state', realType([]));
  const [node] = found.with.prox(t, [x]);
  const conjugate = found.with.conjugate;
  const dual = conjugate.kind === 'has' ? conjugate.with([x]) : undefined;
  if (dual !== undefined) expect(isScalar(dual)).toBe(true);
  const at = (v: readonly number[]) => ({ x: numbers(v, of.shape) });
  return {
    prox: (step, v) => valueOf(node, { ...at(v), t: step }),
    value: (v) => valueOf(h, at(v))[0],
    conjugate: dual === undefined ? undefined : (v) => valueOf(dual, at(v))[0],
  };
}

const points = (of: Case, seed: number, scale = 1.5): readonly number[] => {
  const next = stream(seed);
  const drawn = Array.from({ length: entries(of.shape) }, () => scale * next());
  const [n] = of.shape;
  return of.symmetric === true
    ? drawn.map((entry, i) => (entry + drawn[(i % n) * n + Math.floor(i / n)]) / 2)
    : drawn;
};

describe.each(cases)('$title', (of) => {
  const { prox, value, conjugate } = make(of);
  const bounded = of.variable !== undefined;

  test('minimises h(u) + |u - v|^2/(2t)', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const v = points(of, seed);
      const t = [0.1, 0.5, 1, 2.5][seed % 4];
      const u = prox(t, v);
      const objective = (w: readonly number[]) => value(w) + norm(minus(w, v)) ** 2 / (2 * t);
      const best = objective(u);
      expect(Number.isFinite(best)).toBe(true);
      // No random direction from u, at any distance, leads lower. Points of the set are reached by the prox itself.
      for (let k = 0; k < 40; k++) {
        const d = points(of, 100 + 17 * seed + k, 1);
        for (const step of [1e-5, 1e-3, 0.05, 1]) {
          const raw = u.map((entry, i) => entry + step * d[i]);
          const w = bounded ? prox(1e-9, raw) : raw.map(of.inside ?? ((entry) => entry));
          // The tiny prox step projects; its own term moves less than rounding.
          expect(objective(w)).toBeGreaterThanOrEqual(best - (bounded ? 1e-7 : 1e-11));
        }
      }
    }
  });

  test('is firmly nonexpansive', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const [v, w] = [points(of, seed), points(of, seed + 50)];
      const [p, q] = [prox(0.7, v), prox(0.7, w)];
      const d = minus(p, q);
      expect(dot(d, d)).toBeLessThanOrEqual(dot(d, minus(v, w)) + 1e-9);
    }
  });

  test('Fenchel-Young holds, with equality at prox points', () => {
    if (conjugate === undefined) return;
    for (let seed = 1; seed <= 6; seed++) {
      const v = points(of, seed);
      const t = 0.8;
      const u = prox(t, v);
      // (v - u)/t is a subgradient of h (plus the indicator of bounds) at u.
      const s = minus(v, u).map((entry) => entry / t);
      const gap = value(u) + conjugate(s) - dot(u, s);
      expect(Math.abs(gap)).toBeLessThan(1e-8);
      for (let other = 60; other < 66; other++) {
        const raw = points(of, other).map(of.inside ?? ((entry) => entry));
        const x = bounded ? prox(1e-9, raw) : raw;
        expect(value(x) + conjugate(s)).toBeGreaterThanOrEqual(dot(x, s) - 1e-7);
      }
    }
  });
});

test('most have a conjugate', () => {
  const without = cases.filter((of) => make(of).conjugate === undefined).map(({ title }) => title);
  expect(without).toEqual([
    'norm2 of a part with a square',
    'sparse groups',
    'norm2 of a nonnegative vector',
    'epsilon-insensitive loss',
    'two absolute values and a hinge',
    'simplex with a linear cost and a square',
  ]);
});

test('what has no prox says which part', () => {
  const graph = createGraph();
  const x = graph.input('x', 'variable', realType([3]));
  const variable = { input: x, lower: undefined, upper: undefined, domain: undefined };
  const bad = graph.sum(graph.sin(x));
  const unread = proxOfTerms(graph, [bad], [variable]);
  expect(unread.kind).toBe('lacks');
  if (unread.kind === 'lacks') expect(unread.culprit?.op).toBe('unary');
  const A = graph.input('A', 'data', realType([2, 3]));
  const mixed = proxOfTerms(graph, [graph.sum(graph.abs(graph.matvec(A, x)))], [variable]);
  expect(mixed.kind === 'lacks' && mixed.because).toBe(
    'it mixes entries of the variables, and is not quadratic',
  );
  const negative = proxOfTerms(graph, [graph.neg(graph.sum(graph.abs(x)))], [variable]);
  expect(negative.kind === 'lacks' && negative.because).toContain('negative factor');
});
