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
    for (const [exponential, weight] of [
      [x, y],
      [y, x],
    ] as const) {
      const fraction = repeatedQuotient(g, weight);
      if (fraction === undefined) continue;
      const softmax = stableSoftmax(g, exponential, fraction.denominator);
      if (softmax !== undefined) return g.mul(fraction.numerator, g.div(softmax.top, softmax.sum));
    }
    return undefined;
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

/** c and d of a repeated c/d, each repeated by itself. */
function repeatedQuotient(
  g: Graph,
  node: Node,
): { numerator: Node; denominator: Node } | undefined {
  if (!isOp(node, 'broadcast')) return undefined;
  const fraction = operands(node.args[0], 'div');
  if (fraction === undefined) return undefined;
  const { shape, axes } = node.attributes;
  const [numerator, denominator] = fraction.map((part) => g.broadcastTo(part, shape, axes));
  return { numerator, denominator };
}
