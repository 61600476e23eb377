import { describe, expect, it } from 'vitest';
import {
  constantDim,
  evaluateDim,
  minDim,
  parseDim,
  substituteDim,
  symbolDim,
  addDims,
} from '../../compiler/tensor/dim.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { InternalError } from '../../compiler/tensor/internal-error.ts';
import { printNode } from '../../compiler/tensor/print.ts';
import { substitute, substituteSizes } from '../../compiler/tensor/substitute.ts';
import { printType, realType } from '../../compiler/tensor/type.ts';
import { dependsOn, postorder } from '../../compiler/tensor/visit.ts';

const n = symbolDim('n');
const m = symbolDim('m');

describe('graph', () => {
  const g = createGraph();
  const A = g.input('A', 'data', realType([m, n]));
  const x = g.input('x', 'variable', realType([n]));
  const b = g.input('b', 'data', realType([m]));

  it('gives the same node for the same expression', () => {
    expect(g.add(g.matvec(A, x), b)).toBe(g.add(g.matvec(A, x), b));
    expect(g.add(g.matvec(A, x), b)).not.toBe(g.add(b, g.matvec(A, x)));
    expect(g.constant(-0)).not.toBe(g.constant(0));
    expect(g.constant(NaN)).toBe(g.constant(NaN));
  });

  it('gives loops that differ only in their parameters the same node', () => {
    const power = () => g.fold(n, [1], (t, s) => [g.add(g.mul(s, 0.5), t)])[0];
    expect(power()).toBe(power());
    const nested = () =>
      g.fold(n, [0], (t, s) => [
        g.fold(m, [s], (k, r) => [g.add(g.mul(r, 0.5), g.mul(k, t))])[0],
      ])[0];
    expect(nested()).toBe(nested());
    expect(nested().free).toEqual([]);
  });

  it('leaves out what is neutral', () => {
    expect(g.add(x, 0)).toBe(x);
    expect(g.mul(1, x)).toBe(x);
    expect(g.neg(g.neg(x))).toBe(x);
    expect(g.transpose(g.transpose(A))).toBe(A);
    expect(g.mul(0, x)).not.toBe(g.zeros([n]));
    expect(g.add(2, 3)).toBe(g.constant(5));
  });

  it('types', () => {
    expect(printType(g.matvec(A, x).type)).toBe('real[m]');
    expect(printType(g.transposedMatvec(A, b).type)).toBe('real[n]');
    expect(printType(g.outer(b, x).type)).toBe('real[m, n]');
    expect(printType(g.le(x, 0).type)).toBe('bool[n]');
    expect(printType(g.sum(g.le(x, 0)).type)).toBe('int');
    expect(printType(g.concat([x, b], 0).type)).toBe('real[m + n]');
    expect(printType(g.svd(A)[1].type)).toBe('real[min(m, n)]');
    expect(printType(g.fold(3, [0], (_, s) => [g.mul(s, 0.5)])[0].type)).toBe('real');
    expect(
      printType(g.loop(n, [x], (_, s) => ({ next: [s], stacked: [g.sum(s)] })).stacked[0].type),
    ).toBe('real[n]');
  });

  it('refuses shapes that do not fit', () => {
    expect(() => g.add(x, b)).toThrow(InternalError);
    expect(() => g.matvec(A, b)).toThrow(InternalError);
    expect(() => g.slice(g.zeros([3]), [2], [2])).toThrow(InternalError);
  });

  it('keeps the first origin', () => {
    const node = g.exp(x);
    g.setOrigin(node, { file: 0, start: 1, end: 2 });
    g.setOrigin(node, { file: 0, start: 5, end: 6 });
    expect(g.origin(node)?.start).toBe(1);
  });

  it('substitutes through regions and renames what would be captured', () => {
    const y = g.input('y', 'variable', realType([]));
    const double = g.fold(3, [1], (_, s) => [g.mul(s, y)])[0];
    expect(printNode(substitute(g, [double], new Map([[y, g.constant(2)]]))[0])).toContain('*2');
    // y becomes an outer loop's state; the inner loop's own parameters stay apart.
    const outer = g.fold(2, [3], (_, s) => [substitute(g, [double], new Map([[y, s]]))[0]])[0];
    expect(outer.free).toEqual([]);
    expect(dependsOn(outer, [y])).toBe(false);
  });

  it('substitutes sizes', () => {
    const [fixed] = substituteSizes(g, [g.matvec(A, x)], (s) =>
      s === 'm' ? constantDim(4) : undefined,
    );
    expect(printType(fixed.type)).toBe('real[4]');
  });

  it('walks deep expressions', () => {
    let deep = g.sum(x);
    for (let k = 0; k < 20_000; k++) deep = g.add(g.mul(deep, 0.5), k + 0.5);
    expect(postorder([deep]).length).toBeGreaterThan(40_000);
    expect(printNode(deep)).toContain('…');
  });
});

describe('sizes', () => {
  it('reads keys back', () => {
    for (const dim of [
      addDims(minDim(n, m), constantDim(-3)),
      minDim(minDim(n, m), symbolDim('k')),
      constantDim(0),
      constantDim(-7),
      addDims(n, n),
    ])
      expect(parseDim(dim.key).key).toBe(dim.key);
  });
  it('evaluates and substitutes minima', () => {
    const thin = minDim(n, addDims(m, constantDim(1)));
    expect(evaluateDim(thin, { n: 5, m: 2 })).toBe(3);
    expect(substituteDim(thin, (s) => (s === 'm' ? n : undefined)).key).toBe('n');
  });
});

describe('printNode', () => {
  const g = createGraph();
  const A = g.input('A', 'data', realType([m, n]));
  const x = g.input('x', 'variable', realType([n]));
  const b = g.input('b', 'data', realType([m]));
  const lambda = g.input('lambda', 'param', realType([]));
  const cases: readonly (readonly [string, () => string])[] = [
    [
      'sumsq(A*x - b) / (2*m) + lambda*sum(abs(x))',
      () =>
        printNode(
          g.add(
            g.div(g.sumsq(g.sub(g.matvec(A, x), b)), g.mul(2, g.size(m))),
            g.mul(lambda, g.sum(g.abs(x))),
          ),
        ),
    ],
    ["A'*(A*x - b)", () => printNode(g.transposedMatvec(A, g.sub(g.matvec(A, x), b)))],
    ['sumsq(x)', () => printNode(g.dot(x, x))],
    ["x*x'", () => printNode(g.outer(x, x))],
    ["b'*A", () => printNode(g.matmul(b, A))],
    ['-x + lambda', () => printNode(g.add(g.neg(x), lambda))],
    ['(x + lambda).^2', () => printNode(g.square(g.add(x, lambda)))],
    ['x[2..n]', () => printNode(g.sliceAxis(x, 0, 1, addDims(n, constantDim(-1))))],
    ['A[3, :]', () => printNode(g.at(A, 0, 2))],
    ['if x <= 0 then 0 else x', () => printNode(g.select(g.le(x, 0), 0, x))],
    [
      'fold(s = 1 for t in 0..n-1) s*y',
      () => {
        const h = createGraph();
        const y = h.input('y', 'param', realType([]));
        return printNode(h.fold(n, [1], (_, s) => [h.mul(s, y)], ['t', 's'])[0]);
      },
    ],
  ];
  it.each(cases)('%s', (text, print) => {
    expect(print()).toBe(text);
  });
});
