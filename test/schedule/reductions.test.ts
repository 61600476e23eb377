// Reductions over several axes, the kept one between them.
import { describe, expect, it } from 'vitest';
import { constantDim } from '../../compiler/tensor/dim.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { disagreement } from '../emit/harness.ts';
import { m, n } from '../emit/programs.ts';

const sizes = { m: 3, n: 4 };

describe('a reduction around a kept axis', () => {
  it.each(['sum', 'prod', 'max', 'min'] as const)('%s', (fn) => {
    const g = createGraph();
    const T = g.input('T', 'variable', realType([constantDim(2), m, n]));
    const data = Float64Array.from({ length: 24 }, (_, k) => Math.sin(5 * k + 2));
    const nodes = [g.reduce(fn, T, [0, 2]), g.reduce(fn, g.sub(T, 0.3), [0, 2])];
    const inputs = { T: { storage: 'dense', shape: [2, 3, 4], data } } as const;
    expect(disagreement(g, nodes, { inputs, sizes })).toBeUndefined();
  });

  it.each(['any', 'all'] as const)('%s', (fn) => {
    const g = createGraph();
    const T = g.input('T', 'variable', realType([constantDim(2), m, n]));
    const data = Float64Array.from({ length: 24 }, (_, k) => Math.sin(5 * k + 2));
    const inputs = { T: { storage: 'dense', shape: [2, 3, 4], data } } as const;
    const test = g.lt(T, fn === 'any' ? -0.95 : 0.95);
    expect(disagreement(g, [g.reduce(fn, test, [0, 2])], { inputs, sizes })).toBeUndefined();
  });
});
