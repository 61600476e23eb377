// Sums and other reductions: merged, moved inside towards fewer entries, and sums of products made contractions.
import { constantDim, constantValue, productOfDims, subtractDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';
import { allAxes, argumentOf, isAll, operands } from './pattern.ts';
import { reduceRule, rule, type AnyRule } from './rule.ts';

const every = ['sum', 'prod', 'max', 'min', 'any', 'all'] as const;
const isWhole = (x: Node, axes: readonly number[]): boolean => axes.length === x.type.shape.length;

/** The eigenvalues of one symmetric matrix that has entries. */
const isEigenvalues = (x: Node): boolean =>
  isOp(x, 'part') &&
  isOp(x.args[0], 'eigh') &&
  x.attributes.index === 0 &&
  x.type.shape.length === 1 &&
  constantValue(x.type.shape[0]) !== 0;

export const reductionRules: readonly AnyRule[] = [
  reduceRule(every, 'reduction over no axis', (x, axes) => (axes.length === 0 ? x : undefined)),
  reduceRule(every, 'reduction of a reduction', (x, axes, g, fn) => {
    if (!isOp(x, 'reduce') || x.attributes.fn !== fn) return undefined;
    const [inner] = x.args;
    const kept = allAxes(inner.type.shape.length).filter((k) => !x.attributes.axes.includes(k));
    return g.reduce(fn, inner, [...x.attributes.axes, ...axes.map((axis) => kept[axis])]);
  }),
  reduceRule(every, 'reduction of a transpose', (x, axes, g, fn) =>
    isOp(x, 'transpose') && isWhole(x, axes) ? g.reduce(fn, x.args[0]) : undefined,
  ),
  reduceRule(every, 'reduction of a reshape', (x, axes, g, fn) =>
    isOp(x, 'reshape') && isWhole(x, axes) ? g.reduce(fn, x.args[0]) : undefined,
  ),
  reduceRule(every, 'reduction of a reverse', (x, axes, g, fn) =>
    isOp(x, 'reverse') && axes.includes(x.attributes.axis)
      ? g.reduce(fn, x.args[0], axes)
      : undefined,
  ),
  reduceRule(['max', 'min'], 'extremum of eigenvalues', (x, axes, g, fn) => {
    const size = argumentOf(x, 'abs');
    const w = size ?? x;
    if (!isEigenvalues(w) || axes.length !== 1) return undefined;
    const [n] = w.type.shape;
    // They ascend.
    const [first, last] = [constantDim(0), subtractDims(n, constantDim(1))].map((at) =>
      g.reshape(g.sliceAxis(w, 0, at, 1), []),
    );
    if (size !== undefined) return fn === 'max' ? g.max(g.abs(first), g.abs(last)) : undefined;
    return fn === 'max' ? last : first;
  }),
  reduceRule(['sum'], 'sum of a pad', (x, axes, g) => {
    if (!isOp(x, 'pad')) return undefined;
    const inner = g.sum(x.args[0], axes);
    const kept = allAxes(x.type.shape.length).filter((k) => !axes.includes(k));
    return g.pad(
      inner,
      kept.map((k) => x.attributes.before[k]),
      kept.map((k) => x.attributes.shape[k]),
    );
  }),
  reduceRule(['sum'], 'sum of a broadcast', (x, axes, g) => {
    if (!isOp(x, 'broadcast')) return undefined;
    const { shape, axes: own } = x.attributes;
    const repeated = axes.filter((axis) => !own.includes(axis));
    if (repeated.length === 0) return undefined;
    const count = g.size(productOfDims(repeated.map((axis) => shape[axis])));
    return g.mul(count, withoutAxes(g, x.args[0], shape, own, axes));
  }),
  reduceRule(['max', 'min', 'any', 'all'], 'extremum of a broadcast', (x, axes, g, fn) => {
    if (!isOp(x, 'broadcast')) return undefined;
    const { shape, axes: own } = x.attributes;
    const repeated = axes.filter((axis) => !own.includes(axis));
    const filled = repeated.every((axis) => (constantValue(shape[axis]) ?? 0) > 0);
    if (repeated.length === 0 || !filled) return undefined;
    const rest = axes.filter((axis) => own.includes(axis));
    const inner = g.reduce(
      fn,
      x.args[0],
      rest.map((axis) => own.indexOf(axis)),
    );
    return spread(g, inner, shape, own, axes);
  }),
  reduceRule(['sum'], 'sum(-x) = -sum(x)', (x, axes, g) => {
    const inner = argumentOf(x, 'neg');
    return inner && g.neg(g.sum(inner, axes));
  }),
  reduceRule(['sum'], 'a factor leaves a sum', (x, axes, g) => {
    const product = operands(x, 'mul');
    if (product === undefined) return undefined;
    const [a, b] = product;
    const factor = factorOutside(g, a, axes);
    if (factor !== undefined) return g.mul(factor, g.sum(b, axes));
    const other = factorOutside(g, b, axes);
    return other && g.mul(other, g.sum(a, axes));
  }),
  reduceRule(['sum'], 'a divisor leaves a sum', (x, axes, g) => {
    const fraction = operands(x, 'div');
    const divisor = fraction && factorOutside(g, fraction[1], axes);
    return fraction && divisor && g.div(g.sum(fraction[0], axes), divisor);
  }),
  reduceRule(['sum'], 'sum of products = contraction', (x, axes, g) => {
    const square = operands(x, 'pow');
    const product =
      square !== undefined && isAll(square[1], 2)
        ? ([square[0], square[0]] as const)
        : operands(x, 'mul');
    return product && contraction(g, product[0], product[1], axes);
  }),
  rule('cumulate', 'running sum of one entry', ({ attributes: { axis }, args: [x] }) =>
    constantValue(x.type.shape[axis]) === 1 ? x : undefined,
  ),
  rule('cumulate', 'running sum of -x', ({ attributes: { fn, axis, reverse }, args: [x] }, g) => {
    const inner = fn === 'sum' ? argumentOf(x, 'neg') : undefined;
    return inner && g.neg(g.cumsum(inner, axis, reverse));
  }),
];

/** A repeated factor that does not change along the axes, over the others. */
function factorOutside(g: Graph, node: Node, axes: readonly number[]): Node | undefined {
  if (!isOp(node, 'broadcast')) return undefined;
  const { shape, axes: own } = node.attributes;
  if (own.some((axis) => axes.includes(axis))) return undefined;
  return spread(g, node.args[0], shape, own, axes);
}

/** x, whose axes were at `own` of a larger shape, broadcast to what is left of that shape without some axes. */
function spread(
  g: Graph,
  x: Node,
  shape: Node['type']['shape'],
  own: readonly number[],
  axes: readonly number[],
): Node {
  const kept = allAxes(shape.length).filter((axis) => !axes.includes(axis));
  return g.broadcastTo(
    x,
    kept.map((axis) => shape[axis]),
    own.filter((axis) => !axes.includes(axis)).map((axis) => kept.indexOf(axis)),
  );
}

/** The sum of x over those of the axes that it has, spread over the rest. */
function withoutAxes(
  g: Graph,
  x: Node,
  shape: Node['type']['shape'],
  own: readonly number[],
  axes: readonly number[],
): Node {
  const inner = g.sum(
    x,
    own.flatMap((axis, k) => (axes.includes(axis) ? [k] : [])),
  );
  return spread(g, inner, shape, own, axes);
}

/** One factor without its repetition, and the axes of the product that it has. */
interface Factor {
  readonly node: Node;
  readonly axes: readonly number[];
}

const factorOf = (node: Node): Factor =>
  isOp(node, 'broadcast')
    ? { node: node.args[0], axes: node.attributes.axes }
    : { node, axes: allAxes(node.type.shape.length) };

/** sum over axes of a*b, where that is a product of matrices and vectors: all entries are summed, or a factor is repeated along an axis that stays. */
function contraction(g: Graph, left: Node, right: Node, axes: readonly number[]): Node | undefined {
  if (constantEntry(left) !== undefined || constantEntry(right) !== undefined) return undefined;
  const [a, b] = [factorOf(left), factorOf(right)];
  const rank = left.type.shape.length;
  const repeats = a.axes.length < rank || b.axes.length < rank;
  if (!repeats && axes.length < rank) return undefined;
  const both = a.axes.filter((axis) => b.axes.includes(axis));
  // Every summed axis belongs to both factors; every axis belongs to one.
  const covered = allAxes(rank).every((axis) => a.axes.includes(axis) || b.axes.includes(axis));
  if (!covered || !axes.every((axis) => both.includes(axis))) return undefined;
  const pair = (axis: number): readonly [number, number] => [
    a.axes.indexOf(axis),
    b.axes.indexOf(axis),
  ];
  const batch = both.filter((axis) => !axes.includes(axis));
  const made = g.contract(a.node, b.node, axes.map(pair), batch.map(pair));
  const order = [
    ...batch,
    ...a.axes.filter((axis) => !both.includes(axis)),
    ...b.axes.filter((axis) => !both.includes(axis)),
  ];
  const sorted = [...order].sort((p, q) => p - q);
  return g.transpose(
    made,
    sorted.map((axis) => order.indexOf(axis)),
  );
}
