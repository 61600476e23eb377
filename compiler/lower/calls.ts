// The built-ins that are neither elementwise nor reductions: one builder a name.
import type { CallName, MultiName } from '../model/builtins.ts';
import type { CallNode } from '../model/types.ts';
import {
  addDims,
  constantDim,
  constantValue,
  multiplyDims,
  sameDim,
  scaleDim,
  subtractDims,
  type Dim,
} from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { affineOf } from './affine.ts';
import { notYet, shapeOf, type Lowering, type Scope } from './context.ts';
import { softmax } from './reductions.ts';
import { meanOver } from './sum.ts';
import { repeat } from './vectorize/batched.ts';

interface Call {
  readonly graph: Graph;
  readonly args: readonly Node[];
  readonly axis: number | undefined;
  /** Of the result. */
  readonly shape: readonly Dim[];
  /** Where it draws, and the counters of the loops around. */
  readonly site: number;
  readonly counters: readonly Node[];
  readonly notYet: (construct: string) => Node;
}

type Builder = (call: Call) => Node;

export const callBuilders: { readonly [C in CallName]: Builder } = {
  sumsq: ({ graph, args: [x] }) => graph.sumsq(x),
  dot: ({ graph, args: [x, y] }) => innerProduct(graph, x, y),
  trace: ({ graph, args: [A] }) => graph.trace(A),
  det: ({ graph, args: [A] }) => {
    const [log, sign] = graph.logabsdet(A);
    return graph.mul(sign, graph.exp(log));
  },
  logdet: ({ graph, args: [A] }) =>
    graph.mul(2, graph.sum(graph.log(graph.diagonal(graph.cholesky(A))))),
  lambda_max: ({ graph, args: [A] }) => {
    const [values] = graph.eigh(A);
    return graph.at(values, 0, subtractDims(values.type.shape[0], constantDim(1)));
  },
  lambda_min: ({ graph, args: [A] }) => graph.at(graph.eigh(A)[0], 0, 0),
  entropy: ({ graph, args: [x] }) => graph.neg(graph.sum(graph.xlogx(x))),
  quad_over_lin: ({ graph, args: [x, y] }) => graph.div(graph.sumsq(x), y),
  perspective: ({ graph, args: [e, t] }) => graph.mul(t, e),
  geo_mean: ({ graph, args: [x] }) =>
    graph.exp(
      meanOver(
        graph,
        graph.log(x),
        x.type.shape.map((_, k) => k),
      ),
    ),
  sum_largest: ({ graph, args: [x, k] }) => {
    const sorted = graph.sort(graph.flatten(x), 0, true);
    const count = sizeValue(k);
    if (count !== undefined) return graph.sum(graph.sliceAxis(sorted, 0, 0, count));
    const first = graph.lt(graph.iota(sorted.type.shape[0]), k);
    return graph.sum(graph.select(first, sorted, 0));
  },

  inv: ({ graph, args: [A] }) => graph.solve(A, graph.eye(A.type.shape[0])),
  pinv: ({ graph, args: [A] }) => graph.leastSquares(A, graph.eye(A.type.shape[0])),
  chol: ({ graph, args: [A] }) => graph.cholesky(A),
  expm: ({ graph, args: [A] }) => graph.expm(A),
  kron: ({ graph, args: [A, B], shape }) => {
    const products = graph.contract(A, B, []);
    // Of vectors the axes stand in order already.
    const ordered = shape.length === 1 ? products : graph.transpose(products, [0, 2, 1, 3]);
    return graph.reshape(ordered, shape);
  },
  cross: ({ graph, args: [x, y] }) => {
    const at = (v: Node, k: number): Node => graph.at(v, 0, k);
    const minor = (i: number, j: number): Node =>
      graph.sub(graph.mul(at(x, i), at(y, j)), graph.mul(at(x, j), at(y, i)));
    return graph.stack([minor(1, 2), minor(2, 0), minor(0, 1)]);
  },
  diag: ({ graph, args: [x] }) =>
    x.type.shape.length === 1 ? graph.diagonalMatrix(x) : diagonalOf(graph, x),
  tril: ({ graph, args: [A] }) => triangle(graph, A, (row, column) => graph.le(column, row)),
  triu: ({ graph, args: [A] }) => triangle(graph, A, (row, column) => graph.le(row, column)),
  rank: ({ graph, args: [A] }) => {
    // NumPy's tolerance: the largest singular value times max(m, n) times the unit roundoff.
    const [, values] = graph.svd(A);
    const [rows, columns] = A.type.shape;
    const longer = graph.max(graph.size(rows), graph.size(columns));
    const tolerance = graph.mul(graph.mul(longer, Number.EPSILON), graph.maxOver(values));
    return graph.sum(graph.gt(values, tolerance));
  },

  zeros: ({ graph, shape }) => graph.zeros(shape),
  ones: ({ graph, shape }) => graph.ones(shape),
  eye: ({ graph, shape: [rows, columns] }) =>
    sameDim(rows, columns)
      ? graph.eye(rows)
      : graph.select(
          graph.eq(
            repeat(graph, graph.iota(rows), [rows, columns], [0]),
            repeat(graph, graph.iota(columns), [rows, columns], [1]),
          ),
          1,
          0,
        ),
  linspace: ({ graph, args: [from, to], shape: [count] }) => {
    if (constantValue(count) === 1) return graph.full(from, [count]);
    const steps = graph.size(subtractDims(count, constantDim(1)));
    const share = graph.div(graph.iota(count), steps);
    return graph.add(from, graph.mul(graph.sub(to, from), share));
  },
  full: ({ graph, args: [value], shape }) =>
    value.type.shape.length === 0 ? graph.full(value, shape) : value,

  repeat: ({ graph, args: [x], shape }) => {
    const tiled = [countTiles(shape[0], x.type.shape[0]), ...x.type.shape];
    const copies = repeat(
      graph,
      x,
      tiled,
      x.type.shape.map((_, k) => k + 1),
    );
    return graph.reshape(copies, shape);
  },
  flip: ({ graph, args: [x], axis }) =>
    axis === undefined
      ? x.type.shape.reduce((flipped, _, k) => graph.reverse(flipped, k), x)
      : graph.reverse(x, axis),
  roll: ({ graph, args: [x, by], axis, shape }) =>
    axis === undefined
      ? graph.reshape(rolled(graph, graph.flatten(x), by, 0), shape)
      : rolled(graph, x, by, axis),
  sort: ({ graph, args: [x], axis }) => graph.sort(x, axis ?? 0),
  argsort: ({ graph, args: [x], axis }) => graph.add(graph.argsort(x, axis ?? 0), 1),
  top: ({ graph, args: [x], shape: [count] }) =>
    graph.sliceAxis(graph.sort(x, 0, true), 0, 0, count),
  cumsum: ({ graph, args: [x], axis }) => graph.cumsum(x, axis ?? 0),
  cumprod: ({ graph, args: [x], axis }) => graph.cumprod(x, axis ?? 0),
  conv: ({ graph, args: [a, b], shape: [length] }) => {
    // y[k] = Σ a[i] b[k - i], as a product with the shifted copies of b.
    const [n] = a.type.shape;
    const margin = subtractDims(n, constantDim(1));
    const [m] = b.type.shape;
    const padded = graph.pad(b, [margin], [addDims(m, scaleDim(margin, 2))]);
    const grid = [length, n];
    const at = graph.add(
      graph.sub(
        repeat(graph, graph.iota(length), grid, [0]),
        repeat(graph, graph.iota(n), grid, [1]),
      ),
      graph.size(margin),
    );
    return graph.contract(graph.gather(padded, [at], [0], true), a, [[1, 0]]);
  },
  softmax: ({ graph, args: [x] }) => softmax(graph, x, x.type.shape.length - 1),
  fft: ({ notYet: refuse }) => refuse('fft, which gives complex numbers,'),
  ifft: ({ notYet: refuse }) => refuse('ifft, which gives complex numbers,'),

  topk: ({ graph, args: [x, k] }) => {
    const order = graph.argsort(graph.abs(x), 0, true);
    const rank = graph.scatter(graph.iota(x.type.shape[0]), [order], x.type.shape);
    return graph.select(graph.lt(rank, k), x, 0);
  },
  randk: ({ graph, args: [x, k], shape: [n], site, counters, notYet: refuse }) => {
    const count = sizeValue(k);
    if (count === undefined) return refuse('`randk` of a number of entries that varies');
    const kept = graph.sample(n, count, site, counters);
    return graph.scatter(graph.gather(x, [kept], [0], true), [kept], [n]);
  },
  quantize: ({ graph, args: [x, bits] }) => {
    const largest = graph.maxOver(graph.abs(x));
    const levels = graph.sub(graph.pow(2, graph.sub(bits, 1)), 1);
    const unit = graph.select(graph.gt(largest, 0), graph.div(largest, levels), 1);
    return graph.mul(graph.round(graph.div(x, unit)), unit);
  },
};

export function lowerCall(lowering: Lowering, node: CallNode, scope: Scope): Node {
  const { graph, lower } = lowering;
  const shape = shapeOf(node.type);
  const isComplex = [node, ...node.args].some(({ type }) => type.element === 'complex');
  const refuse = (construct: string): Node => notYet(lowering, construct, node.span, shape);
  if (isComplex && node.name !== 'fft' && node.name !== 'ifft') return refuse('complex numbers');
  const made = callBuilders[node.name]({
    graph,
    args: node.args.map((arg) => lower(arg, scope)),
    axis: node.axis,
    shape,
    site: (node.site ?? 0) + (scope.pattern?.firstSite ?? 0),
    counters: scope.counters,
    notYet: refuse,
  });
  return made;
}

/** sum(x .* y) of equal shapes; of x with itself the sum of squares. */
export const innerProduct = (graph: Graph, x: Node, y: Node): Node =>
  x === y ? graph.sumsq(x) : x.type.shape.length === 0 ? graph.mul(x, y) : graph.dot(x, y);

export const multiBuilders: {
  readonly [M in MultiName]: (graph: Graph, x: Node) => readonly Node[];
} = {
  qr: (graph, A) => graph.qr(A),
  svd: (graph, A) => graph.svd(A),
  eigh: (graph, A) => graph.eigh(A),
};

/** The value of an int scalar that is a size. */
function sizeValue(node: Node): Dim | undefined {
  const { offset, terms } = affineOf(node);
  return terms.size === 0 ? offset : undefined;
}

function diagonalOf(graph: Graph, A: Node): Node {
  const [rows, columns] = A.type.shape;
  if (sameDim(rows, columns)) return graph.diagonal(A);
  const difference = constantValue(subtractDims(rows, columns));
  const length = difference !== undefined && difference > 0 ? columns : rows;
  const positions = graph.iota(length);
  return graph.gather(A, [positions, positions], [0, 1], true);
}

function triangle(graph: Graph, A: Node, keep: (row: Node, column: Node) => Node): Node {
  const { shape } = A.type;
  const [rows, columns] = shape;
  const mask = keep(
    repeat(graph, graph.iota(rows), shape, [0]),
    repeat(graph, graph.iota(columns), shape, [1]),
  );
  return graph.select(mask, A, 0);
}

/** Entry k moves to k + by, round the end. */
function rolled(graph: Graph, x: Node, by: Node, axis: number): Node {
  const length = x.type.shape[axis];
  const shift = sizeValue(by);
  const [steps, size] = [shift && constantValue(shift), constantValue(length)];
  if (steps !== undefined && size !== undefined && size > 0) {
    const turn = ((steps % size) + size) % size;
    return graph.concat(
      [graph.sliceAxis(x, axis, size - turn, turn), graph.sliceAxis(x, axis, 0, size - turn)],
      axis,
    );
  }
  const from = graph.mod(graph.sub(graph.iota(length), by), graph.size(length));
  const taken = graph.gather(x, [from], [axis], true);
  const rank = x.type.shape.length;
  const order = Array.from({ length: rank }, (_, k) => (k === axis ? 0 : k < axis ? k + 1 : k));
  return graph.transpose(taken, order);
}

/** How many times `inner` goes into `outer`, both sizes. */
function countTiles(outer: Dim, inner: Dim): Dim {
  const [a, b] = [constantValue(outer), constantValue(inner)];
  if (a !== undefined && b !== undefined) return constantDim(b === 0 ? 0 : a / b);
  // outer = tiles * inner: divide monomial by monomial.
  const [divisor] = inner.monomials;
  return outer.monomials.reduce((sum, { coefficient, symbols }) => {
    const left = [...symbols];
    for (const symbol of divisor.symbols) left.splice(left.indexOf(symbol), 1);
    const factors = left.map((symbol) => ({
      monomials: [{ coefficient: 1, symbols: [symbol] }],
      key: symbol,
    }));
    const term = factors.reduce(multiplyDims, constantDim(coefficient / divisor.coefficient));
    return addDims(sum, term);
  }, constantDim(0));
}
