// Loops of two lanes at every length around their steps, against the interpreter: what is left over at the end, rows that overlap, sums, compressed rows.
import { describe, expect, it } from 'vitest';
import { solve } from '../../../compiler/index.ts';
import { grad } from '../../../compiler/derive/grad.ts';
import { simplify } from '../../../compiler/simplify/simplify.ts';
import { constantDim, subtractDims, symbolDim, type Dim } from '../../../compiler/tensor/dim.ts';
import { createGraph, type Graph } from '../../../compiler/tensor/graph.ts';
import type { Environment } from '../../../compiler/tensor/interpret.ts';
import type { Node } from '../../../compiler/tensor/ir.ts';
import { realType } from '../../../compiler/tensor/type.ts';
import { compressRows } from '../../../runtime/kernels/sparse.ts';
import type { Tensor } from '../../../runtime/tensor.ts';
import { disagreement } from '../harness.ts';

const [m, n, k] = ['m', 'n', 'k'].map(symbolDim);
const lengths = [0, 1, 2, 3, 7, 8, 9, 16, 31];
const rows = [0, 1, 3, 5, 6, 7, 12, 17];

const wave = (length: number, phase: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(1.7 * i + phase));
const dense = (shape: readonly number[], data: Float64Array): Tensor => ({
  storage: 'dense',
  shape,
  data,
});

interface Case {
  readonly sparse?: boolean;
  /** The fewest columns that make sense. */
  readonly fewest?: number;
  readonly nodes: (g: Graph, A: Node, b: Node, x: Node<'input'>, n: Dim) => readonly Node[];
}

const vectorised: Readonly<Record<string, Case>> = {
  'a copy by columns': {
    nodes: (g, A, b) => [
      g.transpose(A),
      g.sub(g.mul(g.sum(b), g.transpose(A)), g.square(g.transpose(A))),
    ],
  },
  'value and gradient of the logistic loss': {
    nodes: (g, A, b, x) => {
      const value = g.sum(g.softplus(g.neg(g.mul(b, g.matvec(A, x)))));
      return [value, grad(g, value, x)];
    },
  },
  'value and gradient of least squares': {
    nodes: (g, A, b, x) => {
      const value = g.sum(g.square(g.sub(g.matvec(A, x), b)));
      return [value, grad(g, value, x)];
    },
  },
  'products of rows alone': {
    nodes: (g, A, b, x) => {
      const product = g.matvec(A, x);
      return [
        product,
        g.sum(g.mul(b, g.exp(product))),
        g.reduce('max', g.sub(product, b), [0]),
        g.reduce('min', product, [0]),
      ];
    },
  },
  'rows added up': {
    nodes: (g, A, b) => [
      g.matvec(g.transpose(A), g.tanh(b)),
      g.reduce('sum', g.square(A), [0]),
      g.sum(g.square(A)),
    ],
  },
  'rows divided by their sums': {
    nodes: (g, A, b) => {
      const column = (entries: Node): Node => g.broadcastTo(entries, A.type.shape, [0]);
      const shares = g.exp(g.mul(column(b), A));
      return [g.div(shares, column(g.reduce('sum', shares, [1])))];
    },
  },
  'value and gradient over a compressed matrix': {
    sparse: true,
    nodes: (g, A, b, x) => {
      const value = g.sum(g.square(g.sub(g.matvec(A, x), b)));
      return [value, grad(g, value, x)];
    },
  },
  'sums, products and extrema': {
    nodes: (g, A, _b, x) => [
      g.sum(x),
      g.reduce('prod', g.add(1, g.mul(0.1, x)), [0]),
      g.reduce('max', A, [0, 1]),
      g.reduce('min', A, [1]),
      g.reduce('max', g.abs(A), [0]),
    ],
  },
  'neighbours of a chain': {
    fewest: 1,
    nodes: (g, _A, _b, x, n) => {
      const last = subtractDims(n, constantDim(1));
      const [here, next] = [0, 1].map((start) => g.slice(x, [start], [last]));
      const value = g.sum(g.square(g.sub(next, g.square(here))));
      return [value, grad(g, value, x)];
    },
  },
  'functions of entries': {
    nodes: (g, _A, _b, x) => [
      g.add(g.exp(x), g.mul(2, g.sqrt(g.abs(x)))),
      g.unary('sign', x),
      g.select(g.lt(x, 0.3), g.tanh(x), g.log1p(g.square(x))),
      g.unary('floor', g.mul(3, x)),
      g.sin(x),
    ],
  },
};

function environment(
  sizes: { readonly m: number; readonly n: number },
  sparse: boolean,
): Environment {
  const entries = wave(sizes.m * sizes.n, 0.3).map((x, i) => (sparse && i % 3 === 0 ? 0 : x));
  return {
    inputs: {
      A: sparse ? compressRows(entries, sizes.m, sizes.n) : dense([sizes.m, sizes.n], entries),
      b: dense([sizes.m], wave(sizes.m, 1)),
      x: dense([sizes.n], wave(sizes.n, 2)),
    },
    sizes,
  };
}

describe.each(Object.entries(vectorised))('%s', (_name, { nodes, sparse = false, fewest = 0 }) => {
  const agrees = (height: number, length: number, [m, n]: readonly Dim[]): void => {
    const g = createGraph();
    const A = g.input('A', 'data', { ...realType([m, n]), storage: sparse ? 'csr' : 'dense' });
    const b = g.input('b', 'data', realType([m]));
    const x = g.input('x', 'variable', realType([n]));
    const roots = simplify(g, nodes(g, A, b, x, n));
    expect(
      disagreement(g, roots, environment({ m: height, n: length }, sparse), 'wasm'),
      `${height} × ${length}`,
    ).toBeUndefined();
  };

  it.each(rows)('%i rows', (height) => {
    for (const length of lengths.filter((each) => each >= fewest)) agrees(height, length, [m, n]);
  });

  it.each(rows.filter((height) => height > 0))('%i rows, sizes written as numbers', (height) => {
    for (const length of lengths.filter((each) => each >= Math.max(1, fewest)))
      agrees(height, length, [height, length].map(constantDim));
  });
});

describe('products of matrices', () => {
  const sides = [1, 2, 3, 5, 8, 11];
  const forms: Readonly<Record<string, (g: Graph, A: Node, B: Node) => Node>> = {
    'A*B': (g, A, B) => g.matmul(A, B),
    "A'*B": (g, A, B) => g.matmul(g.transpose(A), B),
    "A*B'": (g, A, B) => g.matmul(A, g.transpose(B)),
  };
  it.each(Object.entries(forms))('%s at every size around a tile', (form, product) => {
    const check = (height: number, width: number, inner: number): void => {
      const g = createGraph();
      const A = g.input('A', 'variable', realType(form === "A'*B" ? [k, m] : [m, k]));
      const B = g.input('B', 'variable', realType(form === "A*B'" ? [n, k] : [k, n]));
      const shape = (node: Node): readonly number[] =>
        node.type.shape.map(({ key }) => ({ m: height, n: width, k: inner })[key] ?? 0);
      const value = (node: Node, phase: number): Tensor => {
        const sizes = shape(node);
        return dense(sizes, wave(sizes[0] * sizes[1], phase));
      };
      const inputs = { A: value(A, 0), B: value(B, 1) };
      expect(
        disagreement(
          g,
          [product(g, A, B)],
          { inputs, sizes: { m: height, n: width, k: inner } },
          'wasm',
        ),
        `${height} × ${inner} × ${width}`,
      ).toBeUndefined();
    };
    for (const height of sides)
      for (const width of sides) for (const inner of [1, 8, 300]) check(height, width, inner);
    // Several panels, strips and blocks.
    for (const height of [1, 6, 13])
      for (const width of [12, 13, 131]) for (const inner of [5, 261]) check(height, width, inner);
  });
});

describe('systems with positive definite matrices', () => {
  const size = symbolDim('s');
  it.each([1, 2, 3, 4, 7, 8, 9, 20])('of %i equations', (order) => {
    for (const width of [1, 2, 5]) {
      const g = createGraph();
      const F = g.input('F', 'variable', realType([size, size]));
      const B = g.input('B', 'variable', realType([size, n]));
      const A = g.add(g.matmul(F, g.transpose(F)), g.mul(order, g.eye(size)));
      const nodes = [g.cholesky(A), g.solve(A, B, true)];
      const inputs = {
        F: dense([order, order], wave(order * order, 0)),
        B: dense([order, width], wave(order * width, 1)),
      };
      expect(
        disagreement(g, nodes, { inputs, sizes: { s: order, n: width } }, 'wasm'),
        `${width} right sides`,
      ).toBeUndefined();
    }
  });
});

// Rows may be read from several parts of a matrix at once only where no row needs what the one before it made.
describe('rows whose order matters', () => {
  const terms = {
    'a number': '(fold(s = 0 for t in 1..40) 0.5*s + A[t, :]*x)^2',
    'a vector': 'sumsq(fold(h = zeros(9) for t in 1..40) 0.5*h + (A[t, :]*x)*y)',
  };
  it.each(Object.entries(terms))('%s', async (_name, term) => {
    const text = `problem order {
  data A : real[40, 9] ~ normal(0, 1)
  data y : real[9] ~ normal(0, 1)
  var x : real[9]
  minimize sumsq(x - y) + ${term}
}
solve order with conjugate_gradient`;
    const [ts, wasm] = await Promise.all(
      (['ts', 'wasm'] as const).map(async (target) => {
        const solved = await solve(text, { target });
        if (!solved.ok) throw new Error(solved.text);
        return solved.results[0];
      }),
    );
    expect([ts.status, wasm.status]).toEqual(['optimal', 'optimal']);
    expect(wasm.iterations).toBe(ts.iterations);
  });
});
