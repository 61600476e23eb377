import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symbolDim } from '../../compiler/tensor/dim.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { interpret, interpretScalar, type Environment } from '../../compiler/tensor/interpret.ts';
import type { Node, Op } from '../../compiler/tensor/ir.ts';
import { shapeRules } from '../../compiler/tensor/shape.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { operandsOf, postorder } from '../../compiler/tensor/visit.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';
import { arbitraryProgram, constructionNames, describeProgram } from './arbitrary.ts';

const g = createGraph();
const n = symbolDim('n');
const m = symbolDim('m');
const A = g.input('A', 'data', realType([m, n]));
const B = g.input('B', 'data', realType([n, n]));
const vector = (name: string): Node => g.input(name, 'data', realType([n]));
const b = g.input('b', 'data', realType([m]));
const x = g.input('x', 'variable', realType([n]));

const tensor = (shape: readonly number[], data: readonly number[]): DenseTensor => ({
  storage: 'dense',
  shape,
  data: Float64Array.from(data),
});
const environment: Environment = {
  sizes: { n: 2, m: 3 },
  inputs: {
    p: tensor([2], [9, 7]),
    q: tensor([2], [8, 7]),
    r: tensor([2], [10, 3]),
    b: tensor([3], [1, 2, 2]),
    A: tensor([3, 2], [1, 2, 3, 4, 5, 6]),
    B: tensor([2, 2], [4, 1, 2, 3]),
    x: tensor([2], [1, -2]),
  },
};
const value = (node: Node): readonly number[] => [...interpret([node], environment).values[0].data];

describe('interpreter, worked by hand', () => {
  const cases: readonly (readonly [string, () => Node, readonly number[]])[] = [
    ['A x', () => g.matvec(A, x), [-3, -5, -7]],
    ["A' A", () => g.matmul(g.transpose(A), A), [35, 44, 44, 56]],
    ['outer', () => g.outer(x, x), [1, -2, -2, 4]],
    ['rows of A each with x', () => g.mul(A, g.broadcastTo(x, [m, n])), [1, -4, 3, -8, 5, -12]],
    ['columns', () => g.broadcastTo(g.iota(m), [m, n], [0]), [0, 0, 1, 1, 2, 2]],
    ['sum over rows', () => g.sum(A, [0]), [9, 12]],
    ['mean', () => g.mean(A), [3.5]],
    ['prod', () => g.prod(x), [-2]],
    ['max', () => g.maxOver(A, [1]), [2, 4, 6]],
    ['transpose', () => g.transpose(A), [1, 3, 5, 2, 4, 6]],
    ['slice', () => g.slice(A, [1, 0], [2, 1]), [3, 5]],
    ['at', () => g.at(A, 0, 2), [5, 6]],
    ['pad', () => g.pad(x, [1], [4]), [0, 1, -2, 0]],
    ['reverse', () => g.reverse(A, 0), [5, 6, 3, 4, 1, 2]],
    ['concat', () => g.concat([A, B], 0), [1, 2, 3, 4, 5, 6, 4, 1, 2, 3]],
    ['hcat', () => g.concat([B, B], 1), [4, 1, 4, 1, 2, 3, 2, 3]],
    ['gather rows', () => g.gather(A, [g.literal([2, 0])]), [5, 6, 1, 2]],
    ['gather an axis', () => g.gather(A, [g.literal([1, 1])], [1]), [2, 4, 6, 2, 4, 6]],
    ['diagonal', () => g.diagonal(B), [4, 3]],
    ['scatter', () => g.scatter(g.literal([1, 2, 3]), [g.literal([0, 2, 0])], [4]), [4, 0, 2, 0]],
    ['put', () => g.put(A, x, [1]), [1, 2, 1, -2, 5, 6]],
    ['put entry', () => g.put(A, 9, [2, 1], [0, 1]), [1, 2, 3, 4, 5, 9]],
    ['compress', () => g.gather(x, [g.at(g.compress(g.lt(x, 0), symbolDim('c')), 1, 0)]), [-2]],
    ['argmax', () => g.argmax(A, 0), [2, 2]],
    ['cumsum', () => g.cumsum(A, 1), [1, 3, 3, 7, 5, 11]],
    ['cumsum back', () => g.cumsum(x, 0, true), [-1, -2]],
    ['sort', () => g.sort(g.literal([3, 1, 2]), 0, true), [3, 2, 1]],
    ['argsort', () => g.argsort(g.literal([3, 1, 2, 1]), 0), [1, 3, 2, 0]],
    ['eye', () => g.eye(n), [1, 0, 0, 1]],
    ['trace', () => g.trace(B), [7]],
    ['solve', () => g.solve(B, vector('p')), [2, 1]],
    [
      'triangular',
      () => g.triangularSolve(B, vector('q'), { lower: true, transposed: false }),
      [2, 1],
    ],
    [
      'triangular transposed',
      () => g.triangularSolve(B, vector('r'), { lower: true, transposed: true }),
      [2, 1],
    ],
    ['cholesky', () => g.cholesky(g.literal([4, 2, 2, 5], [2, 2])), [2, 0, 1, 2]],
    ['eigenvalues', () => g.eigh(g.literal([2, 1, 1, 2], [2, 2]))[0], [1, 3]],
    ['singular values', () => g.svd(g.literal([3, 0, 0, 0, 4, 0], [2, 3]))[1], [4, 3]],
    ['log|det|', () => g.logabsdet(B)[0], [Math.log(10)]],
    ['fold', () => g.fold(n, [1], (t, s) => [g.add(g.mul(s, 3), t)])[0], [10]],
    [
      'stacked',
      () => g.loop(3, [1], (_, s) => ({ next: [g.mul(s, 2)], stacked: [s] })).stacked[0],
      [1, 2, 4],
    ],
    [
      'while',
      () =>
        g.while(
          [1],
          (s) => g.lt(s, 50),
          (s) => [g.mul(s, 3)],
        )[0],
      [81],
    ],
    ['pow', () => g.pow(0, 0), [1]],
    ['xlogy', () => g.xlogy(0, 0), [0]],
  ];
  it.each(cases)('%s', (_, build, expected) => {
    const got = value(build());
    expect(got.length).toBe(expected.length);
    got.forEach((v, k) => expect(v).toBeCloseTo(expected[k], 12));
  });

  it('solves implicit equations to rounding', () => {
    expect(
      interpretScalar(
        g.root(1, (z) => g.sub(g.mul(z, z), 2)),
        environment,
      ),
    ).toBeCloseTo(Math.SQRT2, 15);
    expect(
      interpretScalar(
        g.fixpoint(0.5, (z) => g.cos(z)),
        environment,
      ),
    ).toBeCloseTo(0.7390851332151607, 15);
    const least = g.minimizer(x, (z) => g.sumsq(g.sub(g.matvec(A, z), b)));
    const [first, second] = value(least);
    const [c, d] = value(g.leastSquares(A, b));
    expect(first).toBeCloseTo(c, 8);
    expect(second).toBeCloseTo(d, 8);
  });

  it('takes only the branch that is needed and counts what runs', () => {
    const costly = (node: Node, times = 1): Node => g.oracle(node, 'grads', 'f', times);
    const taken = g.cond(
      g.lt(0, 1),
      () => [costly(g.sum(x))],
      () => [costly(g.prod(x))],
    )[0];
    expect(interpret([taken], environment).counts.grads).toBe(1);
    const inside = g.fold(5, [0], (_, s) => [g.add(s, costly(g.sin(s)))])[0];
    expect(interpret([inside], environment).counts.grads).toBe(5);
    const outside = g.fold(5, [0], (_, s) => [g.add(s, costly(g.sum(x)))])[0];
    expect(interpret([outside], environment).counts.grads).toBe(1);
    // The call outside the loop and the one in the branch are the same node.
    expect(interpret([inside, outside, taken, inside], environment).counts.grads).toBe(6);
  });

  it('does not overflow on deep expressions', () => {
    let deep = g.sum(x);
    for (let k = 0; k < 30_000; k++) deep = g.sin(g.add(deep, 0.25));
    expect(Number.isFinite(interpretScalar(deep, environment))).toBe(true);
  });

  it('gives a scale that covers cancellation', () => {
    const difference = g.sub(g.add(1e8, g.sum(x)), 1e8);
    const { values, bounds } = interpret([difference], environment);
    expect(values[0].data[0]).toBe(-1);
    expect(bounds[0].data[0]).toBeGreaterThan(2e8);
  });
});

describe('factorisations multiply back', () => {
  it.each([
    ['tall', 5, 3],
    ['square', 4, 4],
    ['wide', 2, 4],
  ])('%s', (_, rows, columns) => {
    const M = g.sin(g.mul(1.7, g.reshape(g.iota(rows * columns), [rows, columns])));
    const near = (node: Node, other: Node): void => {
      expect(interpretScalar(g.maxOver(g.abs(g.sub(node, other))), environment)).toBeLessThan(
        1e-13,
      );
    };
    const thin = Math.min(rows, columns);
    const [Q, R] = g.qr(M);
    near(g.matmul(Q, R), M);
    near(g.matmul(g.transpose(Q), Q), g.eye(thin));
    const [U, s, V] = g.svd(M);
    near(g.matmul(g.matmul(U, g.diagonalMatrix(s)), g.transpose(V)), M);
    near(g.matmul(g.transpose(U), U), g.eye(thin));
    near(g.matmul(g.transpose(V), V), g.eye(thin));
    const S = g.matmul(M, g.transpose(M));
    const [w, E] = g.eigh(S);
    near(g.matmul(S, E), g.matmul(E, g.diagonalMatrix(w)));
    const half = g.expm(g.mul(0.5, S));
    near(g.mul(1e-3, g.matmul(half, half)), g.mul(1e-3, g.expm(S)));
  });
});

describe('random programs', () => {
  it('are finite, and every operation occurs', () => {
    const seen = new Set<Op>();
    const names = new Set<string>();
    fc.assert(
      fc.property(arbitraryProgram(), (program) => {
        for (const node of postorder([program.root])) {
          seen.add(node.op);
          expect(operandsOf(node).every((operand) => operand.id < node.id)).toBe(true);
        }
        for (const name of program.steps) names.add(name);
        const { values, bounds } = interpret([program.objective], program.environment);
        if (!Number.isFinite(values[0].data[0])) throw new Error(describeProgram(program));
        expect(bounds[0].data[0]).toBeGreaterThanOrEqual(Math.abs(values[0].data[0]) * (1 - 1e-12));
      }),
      { numRuns: 1500, seed: 42 },
    );
    expect(constructionNames.filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(shapeRules).filter((op) => ![...seen].some((s) => s === op))).toEqual([]);
  });
});
