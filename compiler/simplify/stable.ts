// Forms that keep full accuracy where the written one overflows or cancels.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { argumentOf, isAll, operands } from './pattern.ts';
import { binaryRule, unaryRule, type AnyRule } from './rule.ts';

export const stableRules: readonly AnyRule[] = [
  unaryRule('log', 'log(1 + exp(x)) = softplus(x)', (x, g) => {
    const inner = onePlus(x);
    const exponent = inner && argumentOf(inner, 'exp');
    return exponent && g.softplus(exponent);
  }),
  unaryRule('log1p', 'log1p(exp(x)) = softplus(x)', (x, g) => {
    const exponent = argumentOf(x, 'exp');
    return exponent && g.softplus(exponent);
  }),
  unaryRule('log', 'log(1 + x) = log1p(x)', (x, g) => {
    const inner = onePlus(x);
    return inner && argumentOf(inner, 'exp') === undefined ? g.log1p(inner) : undefined;
  }),
  unaryRule('log', 'log(1 - x) = log1p(-x)', (x, g) => {
    const inner = oneMinus(x);
    return inner && argumentOf(inner, 'sigmoid') === undefined ? g.log1p(g.neg(inner)) : undefined;
  }),
  unaryRule('log', 'log(sigmoid(x)) = -softplus(-x)', (x, g) => {
    const inner = argumentOf(x, 'sigmoid');
    return inner && g.neg(g.softplus(g.neg(inner)));
  }),
  unaryRule('log', 'log(sum(exp(x))) without overflow', (x, g) => {
    const parts = sumOfExponentials(x);
    if (parts === undefined) return undefined;
    const { exponent, axes } = parts;
    const { top, shifted } = shift(g, exponent, axes);
    return g.add(top, g.log(g.sum(g.exp(shifted), axes)));
  }),
  binaryRule('div', 'exp(x)/sum(exp(x)) without overflow', (x, y, g) => {
    const softmax = stableSoftmax(g, x, y);
    return softmax && g.div(softmax.top, softmax.sum);
  }),
  binaryRule('mul', 'exp(x)*(c/sum(exp(x))) without overflow', (x, y, g) => {
    return weightedSoftmax(g, x, y) ?? weightedSoftmax(g, y, x);
  }),
  binaryRule('mul', 'exp(x)*sigmoid(-x) = sigmoid(x)', (x, y, g) => {
    return risingSigmoid(g, x, y) ?? risingSigmoid(g, y, x);
  }),
  binaryRule('sub', 'exp(x) - 1 = expm1(x)', (x, y, g) => {
    const inner = argumentOf(x, 'exp');
    return inner && isAll(y, 1) ? g.expm1(inner) : undefined;
  }),
  binaryRule('add', 'exp(x) + (-1) = expm1(x)', (x, y, g) => {
    const inner = argumentOf(x, 'exp');
    return inner && isAll(y, -1) ? g.expm1(inner) : undefined;
  }),
  binaryRule('div', '1/(1 + exp(x)) = sigmoid(-x)', (x, y, g) => {
    const inner = onePlus(y);
    const exponent = inner && argumentOf(inner, 'exp');
    return exponent && isAll(x, 1) ? g.sigmoid(g.neg(exponent)) : undefined;
  }),
  binaryRule('div', 'exp(x)/(1 + exp(x)) = sigmoid(x)', (x, y, g) => {
    const inner = onePlus(y);
    const exponent = argumentOf(x, 'exp');
    return exponent && inner === x ? g.sigmoid(exponent) : undefined;
  }),
  binaryRule('sub', '1 - sigmoid(x) = sigmoid(-x)', (x, y, g) => {
    const inner = argumentOf(y, 'sigmoid');
    return inner && isAll(x, 1) ? g.sigmoid(g.neg(inner)) : undefined;
  }),
  binaryRule('div', 'sinh(x)/cosh(x) = tanh(x)', (x, y, g) => {
    const inner = argumentOf(x, 'sinh');
    return inner !== undefined && inner === argumentOf(y, 'cosh') ? g.tanh(inner) : undefined;
  }),
];

/** x of 1 + x. */
function onePlus(node: Node): Node | undefined {
  const terms = operands(node, 'add');
  if (terms === undefined) return undefined;
  return isAll(terms[1], 1) ? terms[0] : isAll(terms[0], 1) ? terms[1] : undefined;
}

/** x of 1 - x. */
function oneMinus(node: Node): Node | undefined {
  const terms = operands(node, 'sub');
  return terms && isAll(terms[0], 1) ? terms[1] : undefined;
}

interface Exponentials {
  readonly exponent: Node;
  readonly axes: readonly number[];
}

/** The exponent of sum(exp(x)), unless it was shifted already. */
function sumOfExponentials(node: Node): Exponentials | undefined {
  if (!isOp(node, 'reduce') || node.attributes.fn !== 'sum') return undefined;
  const exponent = argumentOf(node.args[0], 'exp');
  if (exponent === undefined || isShifted(exponent)) return undefined;
  return { exponent, axes: node.attributes.axes };
}

/** Whether a maximum was subtracted already; other rules may have moved it within the sum. */
function isShifted(node: Node, depth = 5): boolean {
  if (isOp(node, 'stop')) return true;
  if (depth === 0) return false;
  const sum =
    isOp(node, 'binary') && (node.attributes.fn === 'add' || node.attributes.fn === 'sub');
  const through = sum || isOp(node, 'broadcast') || argumentOf(node, 'neg') !== undefined;
  return through && node.args.some((arg) => isShifted(arg, depth - 1));
}

/** The maximum cancels, so its derivative may be left out. */
function shift(g: Graph, exponent: Node, axes: readonly number[]): { top: Node; shifted: Node } {
  const top = g.stop(g.maxOver(exponent, axes));
  const kept = exponent.type.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  return { top, shifted: g.sub(exponent, g.broadcastTo(top, exponent.type.shape, kept)) };
}

/** exp(x) and a repeated sum(exp(x)), both shifted. */
function stableSoftmax(g: Graph, x: Node, y: Node): { top: Node; sum: Node } | undefined {
  const exponent = argumentOf(x, 'exp');
  if (exponent === undefined || !isOp(y, 'broadcast')) return undefined;
  const parts = sumOfExponentials(y.args[0]);
  if (parts === undefined || parts.exponent !== exponent) return undefined;
  const top = g.exp(shift(g, exponent, parts.axes).shifted);
  return {
    top,
    sum: g.broadcastTo(g.sum(top, parts.axes), exponent.type.shape, y.attributes.axes),
  };
}

/** exp(x) times a repeated weight that divides by sum(exp(x)). */
function weightedSoftmax(g: Graph, exponential: Node, weight: Node): Node | undefined {
  if (!isOp(weight, 'broadcast') || argumentOf(exponential, 'exp') === undefined) return undefined;
  const { shape, axes } = weight.attributes;
  const fraction = denominatorOf(g, weight.args[0]);
  const softmax =
    fraction && stableSoftmax(g, exponential, g.broadcastTo(fraction.denominator, shape, axes));
  return (
    softmax && g.mul(g.broadcastTo(fraction.rest, shape, axes), g.div(softmax.top, softmax.sum))
  );
}

interface Fraction {
  readonly rest: Node;
  readonly denominator: Node;
}

/** A product or quotient as rest / sum(exp(…)). */
function denominatorOf(g: Graph, node: Node, depth = 4): Fraction | undefined {
  if (depth === 0) return undefined;
  const sign = argumentOf(node, 'neg');
  const inner = sign && denominatorOf(g, sign, depth - 1);
  if (inner !== undefined) return { ...inner, rest: g.neg(inner.rest) };
  const quotient = operands(node, 'div');
  if (quotient !== undefined) {
    const [p, q] = quotient;
    if (sumOfExponentials(q) !== undefined) return { rest: p, denominator: q };
    const above = denominatorOf(g, p, depth - 1);
    return above && { ...above, rest: g.div(above.rest, q) };
  }
  const product = operands(node, 'mul');
  if (product === undefined) return undefined;
  const [a, b] = product;
  const left = denominatorOf(g, a, depth - 1);
  if (left !== undefined) return { ...left, rest: g.mul(left.rest, b) };
  const right = denominatorOf(g, b, depth - 1);
  return right && { ...right, rest: g.mul(a, right.rest) };
}

/** sigmoid(-x) = 1/(1 + exp(x)). */
function risingSigmoid(g: Graph, exponential: Node, sigmoid: Node): Node | undefined {
  const x = argumentOf(exponential, 'exp');
  const y = argumentOf(sigmoid, 'sigmoid');
  const opposite =
    y !== undefined && (argumentOf(y, 'neg') === x || (x && argumentOf(x, 'neg') === y));
  return x !== undefined && opposite ? g.sigmoid(x) : undefined;
}
