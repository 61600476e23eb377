// Operators and elementwise functions: one canonical form each (atoms.md).
import type { Alignment, Elementwise, ElementwiseFn } from '../model/types.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { notYet, shapeOf, type Lowering, type Scope } from './context.ts';
import { repeat } from './vectorize/batched.ts';

type Builder = (graph: Graph, args: readonly Node[]) => Node;

const one =
  (build: (graph: Graph, x: Node) => Node): Builder =>
  (graph, [x]) =>
    build(graph, x);
const two =
  (build: (graph: Graph, x: Node, y: Node) => Node): Builder =>
  (graph, [x, y]) =>
    build(graph, x, y);

export const elementwiseBuilders: { readonly [F in ElementwiseFn]: Builder } = {
  add: two((g, x, y) => g.add(x, y)),
  subtract: two((g, x, y) => g.sub(x, y)),
  multiply: two((g, x, y) => (x === y ? g.square(x) : g.mul(x, y))),
  divide: two((g, x, y) => g.div(x, y)),
  power: two(power),
  negate: one((g, x) => g.neg(x)),
  not: one((g, x) => g.not(x)),
  and: two((g, x, y) => g.and(x, y)),
  or: two((g, x, y) => g.or(x, y)),
  equal: two((g, x, y) => g.eq(x, y)),
  notEqual: two((g, x, y) => g.ne(x, y)),
  lessEqual: two((g, x, y) => g.le(x, y)),
  less: two((g, x, y) => g.lt(x, y)),
  greaterEqual: two((g, x, y) => g.le(y, x)),
  greater: two((g, x, y) => g.lt(y, x)),
  maximum: (g, args) => args.reduce((x, y) => g.max(x, y)),
  minimum: (g, args) => args.reduce((x, y) => g.min(x, y)),
  abs: one((g, x) => g.abs(x)),
  sign: one((g, x) => g.sign(x)),
  sqrt: one((g, x) => g.sqrt(x)),
  cbrt: one((g, x) => g.cbrt(x)),
  exp: one((g, x) => g.exp(x)),
  log: one((g, x) => g.log(x)),
  log1p: one((g, x) => g.log1p(x)),
  expm1: one((g, x) => g.expm1(x)),
  sin: one((g, x) => g.sin(x)),
  cos: one((g, x) => g.cos(x)),
  tan: one((g, x) => g.tan(x)),
  asin: one((g, x) => g.asin(x)),
  acos: one((g, x) => g.acos(x)),
  atan: one((g, x) => g.atan(x)),
  atan2: two((g, y, x) => g.atan2(y, x)),
  sinh: one((g, x) => g.sinh(x)),
  cosh: one((g, x) => g.cosh(x)),
  tanh: one((g, x) => g.tanh(x)),
  sigmoid: one((g, x) => g.sigmoid(x)),
  softplus: one((g, x) => g.softplus(x)),
  relu: one((g, x) => g.max(x, 0)),
  erf: one((g, x) => g.erf(x)),
  lgamma: one((g, x) => g.lgamma(x)),
  digamma: one((g, x) => g.digamma(x)),
  floor: one((g, x) => g.floor(x)),
  ceil: one((g, x) => g.ceil(x)),
  round: one((g, x) => g.round(x)),
  mod: two((g, x, y) => g.mod(x, y)),
  clip: (g, [x, low, high]) => g.min(g.max(x, low), high),
  pos: one((g, x) => g.max(x, 0)),
  neg: one((g, x) => g.max(g.neg(x), 0)),
  xlogx: one((g, x) => g.xlogx(x)),
  xlogy: two((g, x, y) => g.xlogy(x, y)),
  kl_div: two((g, x, y) => g.kl(x, y)),
  huber: two(huber),
  real: one((_, x) => x),
  imag: one((g, x) => g.mul(x, 0)),
  conj: one((_, x) => x),
  arg: one((g, x) => g.atan2(0, x)),
};

function power(graph: Graph, base: Node, exponent: Node): Node {
  return constantEntry(exponent) === 2 ? graph.square(base) : graph.pow(base, exponent);
}

/** r^2/2 where |r| <= d, else d*(|r| - d/2). */
export function huber(graph: Graph, r: Node, d: Node): Node {
  const size = graph.abs(r);
  return graph.select(
    graph.le(size, d),
    graph.div(graph.square(r), 2),
    graph.mul(d, graph.sub(size, graph.div(d, 2))),
  );
}

export function lowerElementwise(lowering: Lowering, node: Elementwise, scope: Scope): Node {
  const { graph, lower } = lowering;
  const shape = shapeOf(node.type);
  if (node.type.element === 'complex') return notYet(lowering, 'complex numbers', node.span, shape);
  const args = node.args.map((arg, k) =>
    aligned(graph, lower(arg, scope), node.alignments[k], shape),
  );
  const made = elementwiseBuilders[node.fn](graph, args);
  return made.type.shape.length === 0 ? graph.full(made, shape) : made;
}

/** The operand repeated to the result's shape. A scalar stays one where another operand has the shape: the builders join it. */
function aligned(
  graph: Graph,
  x: Node,
  alignment: Alignment | undefined,
  shape: readonly Dim[],
): Node {
  if (x.type.shape.length === 0 || alignment === undefined) return x;
  const kept = graph.reshape(
    x,
    alignment.keep.map((axis) => x.type.shape[axis]),
  );
  return kept.type.shape.length === 0 ? kept : repeat(graph, kept, shape, alignment.to);
}
