// The interval in which all entries of a node lie, from bounds of inputs and the operations. One rule an operation.
import { constantValue, type Dim } from '../../tensor/dim.ts';
import type { Distribution, Node, NodeOf, Op } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import {
  add,
  everything,
  hull,
  interval,
  meet,
  multiply,
  nonnegative,
  point,
  repeatProduct,
  repeatSum,
  square,
  unit,
  type Interval,
} from './interval.ts';
import { fromOperands } from '../../tensor/visit.ts';
import { binaryRanges } from './binary-range.ts';
import { constantCount, isUnary } from './nodes.ts';
import { unaryFacts } from './unary-rules.ts';

export type RangeOf = (node: Node) => Interval;
type RangeRule<O extends Op> = (node: NodeOf<O>, range: RangeOf) => Interval;

const first = (node: Node, range: RangeOf): Interval => range(node.args[0]);
const unbounded = (): Interval => everything;

/** What the kind of element alone says. */
export const elementRange = (node: Node): Interval =>
  node.type.element === 'bool' ? unit : everything;

/** A size: every symbol is at least 1. */
export function sizeRange(dim: Dim): Interval {
  return dim.monomials
    .map(({ coefficient, symbols }) =>
      multiply(point(coefficient), symbols.length === 0 ? point(1) : interval(1, Infinity)),
    )
    .reduce(add, point(0));
}

/** A sum of `dims` entries of the interval. */
const summed = (i: Interval, dims: readonly Dim[]): Interval => repeatSum(i, constantCount(dims));

const distributions: {
  readonly [D in Distribution]: (parameters: readonly Interval[]) => Interval;
} = {
  normal: unbounded,
  uniform: (p) => (p.length >= 2 ? hull(p[0], p[1]) : unit),
  bernoulli: () => unit,
  categorical: () => nonnegative,
  poisson: () => nonnegative,
  exponential: () => nonnegative,
  gamma: () => nonnegative,
  beta: () => unit,
  laplace: unbounded,
  student_t: unbounded,
  dirichlet: () => unit,
  rademacher: () => interval(-1, 1),
  permutation: () => nonnegative,
};

/** Sum of products of entries of a and b. */
function contractRange(node: Node<'contract'>, range: RangeOf): Interval {
  const [a, b] = node.args;
  const { sum, batch } = node.attributes;
  const same =
    a === b &&
    sum.length + batch.length === a.type.shape.length &&
    [...sum, ...batch].every(([p, q]) => p === q);
  const entry = same ? square(range(a)) : multiply(range(a), range(b));
  return summed(
    entry,
    sum.map(([axis]) => a.type.shape[axis]),
  );
}

function binaryRange(node: Node<'binary'>, range: RangeOf): Interval {
  const [a, b] = node.args;
  const { fn } = node.attributes;
  if (a === b && fn === 'mul') return square(range(a));
  if (a === b && fn === 'sub') return point(0);
  if (a === b && fn === 'div') return point(1);
  if (fn === 'max' && (isUnary(b, 'neg') ? b.args[0] === a : isUnary(a, 'neg') && a.args[0] === b))
    return meet(binaryRanges.max(range(a), range(b)), nonnegative);
  return binaryRanges[fn](range(a), range(b));
}

export const rangeRules: { readonly [O in Op]: RangeRule<O> } = {
  input: elementRange,
  parameter: elementRange,
  constant: (node) => point(node.attributes.value),
  literal: (node) => {
    const { values } = node.attributes;
    return values.length === 0
      ? everything
      : interval(
          values.reduce((low, v) => Math.min(low, v), Infinity),
          values.reduce((high, v) => Math.max(high, v), -Infinity),
        );
  },
  size: (node) => sizeRange(node.attributes.dim),
  iota: (node) => {
    const { start, length } = node.attributes;
    const from = sizeRange(start);
    const count = constantValue(length);
    return interval(from.low, count === undefined ? Infinity : from.high + Math.max(count - 1, 0));
  },
  unary: (node, range) => unaryFacts(node.attributes.fn, first(node, range)).image,
  binary: binaryRange,
  select: (node, range) => hull(range(node.args[1]), range(node.args[2])),
  stop: first,
  oracle: first,
  broadcast: first,
  transpose: first,
  reshape: first,
  slice: first,
  pad: (node, range) => hull(first(node, range), point(0)),
  reverse: first,
  concat: (node, range) => node.args.map(range).reduce(hull),
  gather: first,
  scatter: (node, range) => repeatSum(first(node, range), undefined),
  put: (node, range) => hull(range(node.args[0]), range(node.args[1])),
  compress: () => nonnegative,
  reduce: (node, range) => {
    const i = first(node, range);
    const dims = node.attributes.axes.map((axis) => node.args[0].type.shape[axis]);
    switch (node.attributes.fn) {
      case 'sum':
        return summed(i, dims);
      case 'prod':
        return repeatProduct(i, constantCount(dims));
      case 'max':
      case 'min':
        return i;
      case 'any':
      case 'all':
        return unit;
    }
  },
  argreduce: () => nonnegative,
  cumulate: (node, range) => {
    const i = first(node, range);
    const count = constantValue(node.args[0].type.shape[node.attributes.axis]);
    return node.attributes.fn === 'sum'
      ? hull(i, repeatSum(i, count))
      : hull(i, repeatProduct(i, undefined));
  },
  sort: first,
  argsort: () => nonnegative,
  contract: contractRange,
  cholesky: unbounded,
  triangularSolve: unbounded,
  solve: unbounded,
  leastSquares: unbounded,
  qr: unbounded,
  eigh: unbounded,
  svd: unbounded,
  logabsdet: unbounded,
  expm: unbounded,
  part: (node) => {
    const [whole] = node.args;
    const { index } = node.attributes;
    if (isOp(whole, 'svd')) return index === 1 ? nonnegative : interval(-1, 1);
    if (isOp(whole, 'eigh')) return index === 1 ? interval(-1, 1) : everything;
    if (isOp(whole, 'qr')) return index === 0 ? interval(-1, 1) : everything;
    return isOp(whole, 'logabsdet') && index === 1 ? interval(-1, 1) : everything;
  },
  loop: unbounded,
  while: unbounded,
  cond: (node, range) =>
    node.results.length === 1
      ? hull(range(node.attributes.then.results[0]), range(node.attributes.otherwise.results[0]))
      : everything,
  root: unbounded,
  fixpoint: unbounded,
  minimizer: unbounded,
  draw: (node, range) =>
    distributions[node.attributes.distribution](
      node.args.slice(0, node.attributes.parameters).map(range),
    ),
  sample: () => nonnegative,
};

/** Intervals of all nodes, given those of inputs. */
export function rangesFrom(known: ReadonlyMap<Node, Interval>): RangeOf {
  return fromOperands<Interval>((node, range) => {
    const given = known.get(node);
    const rule = node.type.element === 'complex' ? everything : applyRule(node, range);
    return given === undefined ? rule : meet(given, rule);
  });
}

/** The rule of the operation. */
const applyRule = <O extends Op>(node: NodeOf<O>, range: RangeOf): Interval =>
  rangeRules[node.op](node, range);
