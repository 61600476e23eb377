// What derivatives look like: no useless zeros, no copies, sparse matrices kept, structure of second derivatives found.
import { describe, expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { hess } from '../../compiler/derive/hess.ts';
import { hvp } from '../../compiler/derive/hvp.ts';
import { jac } from '../../compiler/derive/jac.ts';
import { jvp } from '../../compiler/derive/jvp.ts';
import { laplacian } from '../../compiler/derive/laplacian.ts';
import { NotDifferentiable } from '../../compiler/derive/not-differentiable.ts';
import { vjp } from '../../compiler/derive/vjp.ts';
import { symbolDim } from '../../compiler/tensor/dim.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node, Op } from '../../compiler/tensor/ir.ts';
import { realType, tensorType } from '../../compiler/tensor/type.ts';
import { postorder } from '../../compiler/tensor/visit.ts';
import { dense } from './check.ts';

const m = symbolDim('m');
const n = symbolDim('n');

const setting = () => {
  const g = createGraph();
  const A = g.input('A', 'data', tensorType('real', [m, n], 'csr'));
  const b = g.input('b', 'data', realType([m]));
  const x = g.input('x', 'variable', realType([n]));
  const Ax = g.matmul(A, x);
  return { g, A, b, x, Ax };
};

const opsOf = (node: Node): readonly Op[] => postorder([node]).map(({ op }) => op);

describe('matrices are used in place', () => {
  test('the gradient of least squares is A times a residual', () => {
    const { g, A, b, x, Ax } = setting();
    const r = g.sub(Ax, b);
    const gradient = grad(g, g.sumsq(r), x);
    expect(gradient).toBe(g.transposedMatvec(A, g.mul(2, r)));
  });
  test('the gradient of logistic regression has two products and no copy', () => {
    const { g, A, b, x, Ax } = setting();
    const gradient = grad(g, g.sum(g.softplus(g.neg(g.mul(b, Ax)))), x);
    const products = postorder([gradient]).filter(({ op }) => op === 'contract');
    expect(products).toHaveLength(2);
    for (const product of products) expect(product.args[0]).toBe(A);
    for (const op of ['transpose', 'pad', 'scatter', 'iota'] as const)
      expect(opsOf(gradient)).not.toContain(op);
  });
  test('the Jacobian of A x is A, compressed', () => {
    const { g, A, x, Ax } = setting();
    expect(jac(g, Ax, x)).toBe(A);
  });
  test('the Hessian of least squares is a product of A with itself', () => {
    const { g, x, Ax, b } = setting();
    const matrix = hess(g, g.div(g.sumsq(g.sub(Ax, b)), 2), x);
    expect(matrix.type.storage).toBe('csr');
    expect(opsOf(matrix)).not.toContain('iota');
  });
});

describe('structural zeros', () => {
  test('what does not depend has no tangent', () => {
    const { g, b, x, Ax } = setting();
    expect(jvp(g, [g.sum(b)], [x], [x])).toEqual([undefined]);
    expect(vjp(g, [g.floor(Ax)], [x], [b])).toEqual([undefined]);
    expect(vjp(g, [Ax], [x], [undefined])).toEqual([undefined]);
  });
  test('a second derivative of a linear function has no nodes', () => {
    const { g, x, Ax, b } = setting();
    expect(hvp(g, g.dot(Ax, b), x, x)).toBe(g.zeros([n]));
    expect(laplacian(g, g.dot(Ax, b), x)).toBe(g.constant(0));
  });
  test('the laplacian of a separable function is a sum', () => {
    const { g, x } = setting();
    expect(laplacian(g, g.sum(g.exp(x)), x)).toBe(g.sum(g.exp(x)));
  });
  test('a sum of blocks of a vector has a block diagonal second derivative', () => {
    const g = createGraph();
    const x = g.input('x', 'variable', realType([5]));
    const e = g.add(
      g.sum(g.exp(g.slice(x, [0], [2]))),
      g.sum(g.pow(g.reshape(g.slice(x, [2], [3]), [3, 1]), 3)),
    );
    const { values } = interpret([hess(g, e, x)], { inputs: { x: dense([5], [0, 1, 2, 3, 4]) } });
    const expected = [1, Math.E, 12, 18, 24].flatMap((d, i) =>
      [0, 1, 2, 3, 4].map((j) => (i === j ? d : 0)),
    );
    expect([...values[0].data]).toEqual(expected);
  });
});

describe('size', () => {
  test('a chain of branches grows in proportion to its length', () => {
    const size = (length: number): number => {
      const g = createGraph();
      const x = g.input('x', 'variable', realType([3]));
      let y: Node = x;
      for (let k = 0; k < length; k++)
        y = g.select(g.lt(y, k), g.log(g.add(y, x)), g.div(y, g.add(1, g.square(y))));
      return postorder([grad(g, g.sum(y), x)]).length;
    };
    expect(size(80)).toBeLessThan(80 * 40);
  });
});

describe('degenerate matrices', () => {
  const at = (
    point: readonly number[],
    size: number,
    build: (g: ReturnType<typeof createGraph>, X: Node) => Node,
  ): readonly number[] => {
    const g = createGraph();
    const X = g.input('X', 'variable', realType([size, size]));
    const { values } = interpret([grad(g, build(g, X), X)], {
      inputs: { X: dense([size, size], point) },
    });
    return [...values[0].data];
  };
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];

  test('symmetric functions of equal eigenvalues', () => {
    const found = at(identity, 3, (g, X) => g.sum(g.exp(g.eigh(X)[0])));
    found.forEach((value, k) => expect(value).toBeCloseTo(identity[k] * Math.E, 12));
  });
  test('functions of a matrix with equal eigenvalues', () => {
    const found = at(identity, 3, (g, X) => {
      const [w, V] = g.eigh(X);
      return g.trace(g.contract(g.mul(V, g.broadcastTo(g.log(w), [3, 3], [1])), V, [[1, 1]]));
    });
    found.forEach((value, k) => expect(value).toBeCloseTo(identity[k], 12));
  });
  test('what has no derivative where eigenvalues are equal is not finite', () => {
    // Not a function of the eigenvalues alone: the eigenvectors may turn freely.
    const uneven = (g: Graph, X: Node): Node => g.sum(g.sin(g.add(X, 0.3)));
    const entries = at(identity, 3, (g, X) => uneven(g, g.eigh(X)[1]));
    expect(entries.every(Number.isFinite)).toBe(false);
    const slopes = at(identity, 3, (g, X) => uneven(g, grad(g, g.at(g.eigh(X)[0], 0, 0), X)));
    expect(slopes.every(Number.isFinite)).toBe(false);
  });
  test('the nuclear norm with equal and with zero singular values', () => {
    const found = at(identity, 3, (g, X) => g.sum(g.svd(X)[1]));
    found.forEach((value, k) => expect(value).toBeCloseTo(identity[k], 12));
    const low = at([2, 0, 0, 0], 2, (g, X) => g.sum(g.svd(X)[1]));
    expect(low.every(Number.isFinite)).toBe(true);
    expect(low[0]).toBeCloseTo(1, 12);
  });
});

describe('refused, with a reason', () => {
  test('qr of a matrix of unknown orientation', () => {
    const { g } = setting();
    const X = g.input('X', 'variable', realType([m, n]));
    expect(() => grad(g, g.sum(g.qr(X)[1]), X)).toThrow(NotDifferentiable);
    expect(() => grad(g, g.sum(g.qr(X)[1]), X)).toThrow(/more rows or more columns/);
  });
  test('a draw that chooses a branch does not matter', () => {
    const { g } = setting();
    const p = g.input('p', 'variable', realType([]));
    const coin = g.draw('bernoulli', [p], { site: 0, shape: [], counters: [] });
    expect(() => grad(g, g.select(coin, p, g.square(p)), p)).not.toThrow();
    expect(() => grad(g, g.mul(coin, p), p)).toThrow(/bernoulli/);
  });
  test('complex values', () => {
    const { g } = setting();
    const z = g.input('z', 'variable', tensorType('complex', []));
    expect(() => grad(g, g.mul(z, z), z)).toThrow(NotDifferentiable);
  });
});
