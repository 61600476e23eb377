import { describe, expect, test } from 'vitest';
import type { Graph } from '../../compiler/tensor/graph.ts';
import {
  domain,
  dot,
  entries,
  minus,
  norm,
  numbers,
  operationsOf,
  stream,
  valueOf,
  type DomainCase,
} from './support.ts';

const vector = (graph: Graph, values: readonly number[]) => graph.literal(values);
const number = (graph: Graph, value: number) => graph.constant(value);

const convex: readonly DomainCase[] = [
  {
    title: 'box',
    shape: [4],
    make: (g) => domain('box', [vector(g, [-1, 0, 0.2, -0.1]), number(g, 0.5)]),
  },
  { title: 'nonneg', shape: [3, 2], make: () => domain('nonneg') },
  { title: 'simplex', shape: [6], make: () => domain('simplex') },
  { title: 'simplex of rows', shape: [3, 4], make: () => domain('simplex') },
  {
    title: 'ball',
    shape: [4],
    make: (g) => domain('ball', [vector(g, [1, 0, -1, 0]), number(g, 0.7)], { norm: 2 }),
  },
  {
    title: 'ball of the 1-norm',
    shape: [5],
    make: (g) => domain('ball', [number(g, 0), number(g, 0.6)], { norm: 1 }),
  },
  {
    title: 'ball of the largest entry',
    shape: [3],
    make: (g) => domain('ball', [number(g, 0.1), number(g, 0.3)], { norm: Infinity }),
  },
  {
    title: 'balls of rows',
    shape: [3, 2],
    make: (g) => domain('ball', [number(g, 0), number(g, 0.4)], { norm: 1 }),
  },
  {
    title: 'halfspace',
    shape: [3],
    make: (g) => domain('halfspace', [vector(g, [1, -2, 0.5]), number(g, -0.3)]),
  },
  {
    title: 'affine',
    shape: [4],
    make: (g) =>
      domain('affine', [
        g.literal([1, 2, 0, 1, 0, 1, 1, -1, 1, 3, 1, 0], [3, 4]),
        vector(g, [1, 0, 1]),
      ]),
  },
  { title: 'soc', shape: [4], make: () => domain('soc') },
  { title: 'soc of rows', shape: [2, 3], make: () => domain('soc') },
  { title: 'psd', shape: [3, 3], make: () => domain('psd') },
  {
    title: 'spectrahedron',
    shape: [3, 3],
    make: (g) => domain('spectrahedron', [number(g, 1.5)]),
  },
  { title: 'correlation', shape: [3, 3], make: () => domain('correlation') },
  { title: 'monotone', shape: [7], make: () => domain('monotone') },
  { title: 'monotone rows', shape: [2, 4], make: () => domain('monotone') },
  { title: 'doubly stochastic', shape: [4, 4], make: () => domain('doubly_stochastic') },
  {
    title: 'product',
    shape: [2, 3],
    make: (g) =>
      domain('product', [], {
        factors: [domain('simplex'), domain('box', [number(g, -0.2), number(g, 0.2)])],
      }),
  },
];

const nonconvex: readonly DomainCase[] = [
  { title: 'sphere', shape: [4], make: () => domain('sphere') },
  { title: 'spheres of rows', shape: [3, 2], make: () => domain('sphere') },
  { title: 'stiefel', shape: [4, 2], make: () => domain('stiefel') },
  { title: 'grassmann', shape: [4, 2], make: () => domain('grassmann') },
  { title: 'orthogonal', shape: [3, 3], make: () => domain('orthogonal') },
  { title: 'sparse ball', shape: [6], make: (g) => domain('sparse_ball', [number(g, 2)]) },
  { title: 'fixed rank', shape: [4, 3], make: (g) => domain('fixed_rank', [number(g, 2)]) },
];

const points = (shape: readonly number[], seed: number, scale = 2): readonly number[] => {
  const next = stream(seed);
  return Array.from({ length: entries(shape) }, () => scale * next());
};

function projection(domainCase: DomainCase): (v: readonly number[]) => readonly number[] {
  const { operations, v } = operationsOf(domainCase);
  if (operations.project.kind === 'lacks') throw new Error(operations.project.because);
  const node = operations.project.with(v);
  return (at) => valueOf(node, { v: numbers(at, domainCase.shape) });
}

describe.each(convex)('$title', (domainCase) => {
  const project = projection(domainCase);
  const { operations, v } = operationsOf(domainCase);

  test('projection is idempotent and closest', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const at = points(domainCase.shape, seed);
      const p = project(at);
      expect(norm(minus(project(p), p))).toBeLessThan(2e-10);
      // (v - p)'(z - p) <= 0 for every z of the set characterises the nearest point of a convex set.
      for (let other = 20; other < 30; other++) {
        const z = project(points(domainCase.shape, other, other % 2 === 0 ? 1 : 5));
        expect(dot(minus(at, p), minus(z, p))).toBeLessThan(1e-8);
      }
    }
  });

  test('distance is zero inside and the distance to the projection outside', () => {
    const distance = operations.distance(v);
    const at = points(domainCase.shape, 5);
    const p = project(at);
    const of = (x: readonly number[]) => valueOf(distance, { v: numbers(x, domainCase.shape) })[0];
    expect(of(p)).toBeLessThan(1e-9);
    expect(of(at)).toBeCloseTo(norm(minus(at, p)), 9);
  });

  test('the centre lies inside', () => {
    const centre = valueOf(operations.centre());
    expect(norm(minus(project(centre), centre))).toBeLessThan(1e-9);
  });

  test('the linear minimiser lies inside and beats other points', () => {
    if (operations.lmo.kind === 'lacks') {
      expect(operations.lmo.because.length).toBeGreaterThan(5);
      return;
    }
    const node = operations.lmo.with(v);
    for (let seed = 40; seed < 46; seed++) {
      const g = points(domainCase.shape, seed);
      const s = valueOf(node, { v: numbers(g, domainCase.shape) });
      expect(norm(minus(project(s), s))).toBeLessThan(1e-9);
      for (let other = 60; other < 80; other++) {
        const z = project(points(domainCase.shape, other, 4));
        expect(dot(g, s)).toBeLessThanOrEqual(dot(g, z) + 1e-9);
      }
    }
  });

  test('mirror maps are inverse inside', () => {
    if (operations.mirror.kind === 'lacks') return;
    const { fromDual, toDual } = operations.mirror.with;
    const there = fromDual(v);
    const andBack = fromDual(toDual(there));
    const at = numbers(points(domainCase.shape, 9, 0.5), domainCase.shape);
    const x = valueOf(there, { v: at });
    expect(norm(minus(project(x), x))).toBeLessThan(1e-9);
    expect(norm(minus(valueOf(andBack, { v: at }), x))).toBeLessThan(1e-9);
  });
});

describe.each(nonconvex)('$title', (domainCase) => {
  test('projection lands in the set, and no sampled point of it is nearer', () => {
    const project = projection(domainCase);
    for (let seed = 1; seed <= 6; seed++) {
      const at = points(domainCase.shape, seed);
      const p = project(at);
      expect(norm(minus(project(p), p))).toBeLessThan(1e-9);
      for (let other = 20; other < 40; other++) {
        const z = project(points(domainCase.shape, other));
        expect(norm(minus(at, p))).toBeLessThanOrEqual(norm(minus(at, z)) + 1e-9);
      }
    }
  });

  test('retraction stays in the set and follows tangents to first order', () => {
    const { operations, v, graph } = operationsOf(domainCase);
    if (operations.manifold.kind === 'lacks') return;
    const { tangent, retract, transport } = operations.manifold.with;
    const project = projection(domainCase);
    const x = project(points(domainCase.shape, 3));
    const g = points(domainCase.shape, 4);
    const step = graph.input('t', 'state', { element: 'real', shape: [], storage: 'dense' });
    const at = graph.input('x', 'variable', v.type);
    const d = tangent(at, v);
    const inputs = { x: numbers(x, domainCase.shape), v: numbers(g, domainCase.shape) };
    const direction = valueOf(d, inputs);
    // A tangent is its own tangent part.
    expect(norm(minus(valueOf(tangent(at, d), inputs), direction))).toBeLessThan(1e-9);
    const moved = retract(at, graph.mul(step, d));
    const after = (t: number) => valueOf(moved, { ...inputs, t });
    expect(norm(minus(project(after(0.3)), after(0.3)))).toBeLessThan(1e-8);
    const t = 1e-4;
    const slope = minus(after(t), x).map((entry) => entry / t);
    expect(norm(minus(slope, direction))).toBeLessThan(1e-2);
    const carried = transport(at, moved, d);
    const there = valueOf(carried, { ...inputs, t: 0.3 });
    const again = valueOf(tangent(moved, carried), { ...inputs, t: 0.3 });
    expect(norm(minus(there, again))).toBeLessThan(1e-8);
  });
});

test('monotone agrees with pooling adjacent violators', () => {
  const project = projection({ title: '', shape: [9], make: () => domain('monotone') });
  for (let seed = 1; seed < 20; seed++) {
    const at = points([9], seed);
    const expected = poolAdjacentViolators(at);
    expect(norm(minus(project(at), expected))).toBeLessThan(1e-12);
  }
});

function poolAdjacentViolators(v: readonly number[]): readonly number[] {
  const blocks: { sum: number; count: number }[] = [];
  for (const x of v) {
    let block = { sum: x, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
}

test('barriers are finite inside, large near the boundary, and match their formula', () => {
  const ball: DomainCase = {
    title: '',
    shape: [2],
    make: (g) => domain('ball', [g.constant(0), g.constant(1)], { norm: 2 }),
  };
  const { operations, v } = operationsOf(ball);
  if (operations.barrier.kind === 'lacks') throw new Error('no barrier');
  const node = operations.barrier.with(v);
  expect(valueOf(node, { v: numbers([0.6, 0]) })[0]).toBeCloseTo(-Math.log(0.64), 12);
  expect(valueOf(node, { v: numbers([0.99999999, 0]) })[0]).toBeGreaterThan(15);
});
