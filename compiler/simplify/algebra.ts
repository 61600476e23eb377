// Scalar algebra, applied entry by entry. Signs and constant factors move outwards and to the left, where they meet and merge.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import {
  argumentOf,
  coefficient,
  isAll,
  isEven,
  isNonnegative,
  isPositive,
  operands,
  scalarOf,
} from './pattern.ts';
import { binaryRule, unaryRule, type AnyRule } from './rule.ts';

const neg = (node: Node): Node | undefined => argumentOf(node, 'neg');
const filled = (g: Graph, value: number, like: Node): Node => g.full(value, like.type.shape);

export const signRules: readonly AnyRule[] = [
  unaryRule('neg', '-(-x) = x', (x) => neg(x)),
  unaryRule('neg', '-(x - y) = y - x', (x, g) => {
    const difference = operands(x, 'sub');
    return difference && g.sub(difference[1], difference[0]);
  }),
  unaryRule('neg', '-(c*x) = (-c)*x', (x, g) => {
    // What the source names stays as it is called.
    if (g.nameOf(x) !== undefined) return undefined;
    const [factor, rest] = coefficient(x);
    return factor === 1 ? undefined : g.mul(-factor, rest);
  }),
  binaryRule('add', 'x + (-y) = x - y', (x, y, g) => {
    const inner = neg(y);
    return inner && g.sub(x, inner);
  }),
  binaryRule('add', '(-x) + y = y - x', (x, y, g) => {
    const inner = neg(x);
    return inner && g.sub(y, inner);
  }),
  binaryRule('add', 'x + (-c)*y = x - c*y', (x, y, g) => {
    const [factor, rest] = coefficient(y);
    return factor < 0 ? g.sub(x, g.mul(-factor, rest)) : undefined;
  }),
  binaryRule('sub', 'x - (-y) = x + y', (x, y, g) => {
    const inner = neg(y);
    return inner && g.add(x, inner);
  }),
  binaryRule('sub', 'x - (-c)*y = x + c*y', (x, y, g) => {
    const [factor, rest] = coefficient(y);
    return factor < 0 ? g.add(x, g.mul(-factor, rest)) : undefined;
  }),
  binaryRule('sub', '(-x) - y = -(x + y)', (x, y, g) => {
    const inner = neg(x);
    return inner && g.neg(g.add(inner, y));
  }),
  binaryRule('sub', '0 - x = -x', (x, y, g) => (isAll(x, 0) ? g.neg(y) : undefined)),
  binaryRule('mul', '(-x)*y = -(x*y)', (x, y, g) => {
    const inner = neg(x);
    return inner && g.neg(g.mul(inner, y));
  }),
  binaryRule('mul', 'x*(-y) = -(x*y)', (x, y, g) => {
    const inner = neg(y);
    return inner && g.neg(g.mul(x, inner));
  }),
  binaryRule('mul', '-1*x = -x', (x, y, g) => (isAll(x, -1) ? g.neg(y) : undefined)),
  binaryRule('div', '(-x)/y = -(x/y)', (x, y, g) => {
    const inner = neg(x);
    return inner && g.neg(g.div(inner, y));
  }),
  binaryRule('div', '(-c)/y = -(c/y)', (x, y, g) => {
    const c = constantEntry(x);
    return c !== undefined && c < 0 ? g.neg(g.div(-c, y)) : undefined;
  }),
  binaryRule('div', 'x/(-y) = -(x/y)', (x, y, g) => {
    const inner = neg(y);
    return inner && g.neg(g.div(x, inner));
  }),
];

export const neutralRules: readonly AnyRule[] = [
  binaryRule('add', 'x + 0 = x', (x, y) => (isAll(y, 0) ? x : isAll(x, 0) ? y : undefined)),
  binaryRule('sub', 'x - 0 = x', (x, y) => (isAll(y, 0) ? x : undefined)),
  binaryRule('sub', 'x - x = 0', (x, y, g) => (x === y ? filled(g, 0, x) : undefined)),
  binaryRule('mul', '1*x = x', (x, y) => (isAll(x, 1) ? y : isAll(y, 1) ? x : undefined)),
  binaryRule('mul', '0*x = 0', (x, y, g) =>
    isAll(x, 0) || isAll(y, 0) ? filled(g, 0, x) : undefined,
  ),
  binaryRule('div', 'x/1 = x', (x, y) => (isAll(y, 1) ? x : undefined)),
  binaryRule('div', '0/x = 0', (x, y, g) =>
    isAll(x, 0) && !isAll(y, 0) ? filled(g, 0, x) : undefined,
  ),
  binaryRule('pow', 'x^1 = x', (x, y) => (isAll(y, 1) ? x : undefined)),
  binaryRule('pow', 'x^0 = 1', (x, y, g) => (isAll(y, 0) ? filled(g, 1, x) : undefined)),
  binaryRule('max', 'max(x, x) = x', (x, y) => (x === y ? x : undefined)),
  binaryRule('min', 'min(x, x) = x', (x, y) => (x === y ? x : undefined)),
  binaryRule('max', 'max(max(x, y), y) = max(x, y)', (x, y) =>
    operands(x, 'max')?.includes(y) === true ? x : undefined,
  ),
  binaryRule('max', 'max(x, 0) = x for x >= 0', (x, y) =>
    isAll(y, 0) && isNonnegative(x) ? x : undefined,
  ),
  binaryRule('max', 'max(x, -inf) = x', (x, y) =>
    isAll(y, -Infinity) ? x : isAll(x, -Infinity) ? y : undefined,
  ),
  binaryRule('min', 'min(x, inf) = x', (x, y) =>
    isAll(y, Infinity) ? x : isAll(x, Infinity) ? y : undefined,
  ),
  binaryRule('and', 'x and true = x', (x, y) =>
    truthOf(y) === true && isTruth(x) ? x : truthOf(x) === true && isTruth(y) ? y : undefined,
  ),
  binaryRule('and', 'x and false = false', (x, y, g) =>
    truthOf(x) === false || truthOf(y) === false ? filled(g, 0, x) : undefined,
  ),
  binaryRule('or', 'x or false = x', (x, y) =>
    truthOf(y) === false && isTruth(x) ? x : truthOf(x) === false && isTruth(y) ? y : undefined,
  ),
  binaryRule('or', 'x or true = true', (x, y, g) =>
    truthOf(x) === true || truthOf(y) === true ? filled(g, 1, x) : undefined,
  ),
  unaryRule('not', 'not not x = x', (x) => {
    const inner = argumentOf(x, 'not');
    return inner !== undefined && isTruth(inner) ? inner : undefined;
  }),
];

const isTruth = (node: Node): boolean => node.type.element === 'bool';
function truthOf(node: Node): boolean | undefined {
  const value = constantEntry(node);
  return value === undefined ? undefined : value !== 0;
}

export const factorRules: readonly AnyRule[] = [
  binaryRule('mul', 'x*c = c*x', (x, y, g) =>
    constantEntry(y) !== undefined && constantEntry(x) === undefined ? g.mul(y, x) : undefined,
  ),
  binaryRule('add', 'c + x = x + c', (x, y, g) =>
    constantEntry(x) !== undefined && constantEntry(y) === undefined ? g.add(y, x) : undefined,
  ),
  binaryRule('mul', 'c*(d*x) = (c*d)*x', (x, y, g) => {
    const c = constantEntry(x);
    const [d, rest] = coefficient(y);
    return c !== undefined && d !== 1 && Number.isFinite(c * d) ? g.mul(c * d, rest) : undefined;
  }),
  binaryRule('mul', '(c*x)*y = c*(x*y)', (x, y, g) => {
    const [c, rest] = coefficient(x);
    return c === 1 || constantEntry(y) !== undefined ? undefined : g.mul(c, g.mul(rest, y));
  }),
  binaryRule('mul', 'x*(c*y) = c*(x*y)', (x, y, g) => {
    const [c, rest] = coefficient(y);
    return c === 1 || constantEntry(x) !== undefined ? undefined : g.mul(c, g.mul(x, rest));
  }),
  binaryRule('add', '(x + c) + d = x + (c + d)', (x, y, g) => {
    const inner = operands(x, 'add');
    const [c, d] = [inner && constantEntry(inner[1]), constantEntry(y)];
    return inner && c !== undefined && d !== undefined ? g.add(inner[0], c + d) : undefined;
  }),
  binaryRule('sub', 'x - c = x + (-c)', (x, y, g) => {
    const c = constantEntry(y);
    return c !== undefined && c !== 0 && constantEntry(x) === undefined ? g.add(x, -c) : undefined;
  }),
  binaryRule('div', '(c*x)/d = (c/d)*x', (x, y, g) => {
    const [c, rest] = coefficient(x);
    const d = constantEntry(y);
    return c === 1 || !d || !Number.isFinite(c / d) ? undefined : g.mul(c / d, rest);
  }),
  binaryRule('div', '(c*x)/(d*y) = (c/d)*(x/y)', (x, y, g) => {
    const [[c, p], [d, q]] = [coefficient(x), coefficient(y)];
    if (c === 1 || d === 1 || d === 0 || constantEntry(p) !== undefined) return undefined;
    const ratio = c / d;
    if (Number.isInteger(ratio)) return g.div(g.mul(ratio, p), q);
    return Number.isInteger(d / c) ? g.div(p, g.mul(d / c, q)) : undefined;
  }),
  binaryRule('div', 'c/(d*y) = (c/d)/y', (x, y, g) => {
    const c = constantEntry(x);
    const [d, q] = coefficient(y);
    if (c === undefined || d === 1 || c === 0 || d === 0) return undefined;
    if (Number.isInteger(c / d)) return g.div(c / d, q);
    return c !== 1 && Number.isInteger(d / c) ? g.div(1, g.mul(d / c, q)) : undefined;
  }),
  binaryRule('div', '(x/c)/d = x/(c*d)', (x, y, g) => {
    const inner = operands(x, 'div');
    const [c, d] = [inner && constantEntry(inner[1]), constantEntry(y)];
    return inner && c && d && Number.isFinite(c * d) ? g.div(inner[0], c * d) : undefined;
  }),
  binaryRule('mul', 'c*(x/c) = x', (x, y, g) => {
    const inner = operands(y, 'div');
    const [c, d] = [constantEntry(x), inner && constantEntry(inner[1])];
    if (!inner || !c || !d) return undefined;
    const ratio = c / d;
    if (Number.isInteger(ratio)) return g.mul(ratio, inner[0]);
    return Number.isInteger(d / c) ? g.div(inner[0], d / c) : undefined;
  }),
  binaryRule('mul', 'c*(x/(d*y)) = (c/d)*(x/y)', (x, y, g) => {
    const inner = operands(y, 'div');
    const [d, q] = inner === undefined ? [1, x] : coefficient(inner[1]);
    const c = constantEntry(x);
    if (!inner || c === undefined || c === 0 || d === 1 || d === 0) return undefined;
    if (Number.isInteger(c / d)) return g.mul(c / d, g.div(inner[0], q));
    return Number.isInteger(d / c) ? g.div(inner[0], g.mul(d / c, q)) : undefined;
  }),
  binaryRule('mul', 'c*(d/y) = (c*d)/y', (x, y, g) => {
    const inner = operands(y, 'div');
    const [c, d] = [constantEntry(x), inner && constantEntry(inner[0])];
    return inner && c !== undefined && d !== undefined && Number.isFinite(c * d)
      ? g.div(c * d, inner[1])
      : undefined;
  }),
  binaryRule(
    'mul',
    'x*(c/y) = c*(x/y)',
    (x, y, g) => overConstant(g, x, y) ?? overConstant(g, y, x),
  ),
  binaryRule('add', 'c*x + d*x = (c + d)*x', (x, y, g) => {
    const [[c, p], [d, q]] = [coefficient(x), coefficient(y)];
    return p === q && constantEntry(p) === undefined ? g.mul(c + d, p) : undefined;
  }),
  binaryRule('sub', 'c*x - d*x = (c - d)*x', (x, y, g) => {
    const [[c, p], [d, q]] = [coefficient(x), coefficient(y)];
    return p === q && x !== y && constantEntry(p) === undefined ? g.mul(c - d, p) : undefined;
  }),
  binaryRule('sub', '(x + y) - y = x', (x, y) => {
    const inner = operands(x, 'add');
    if (inner === undefined) return undefined;
    return inner[1] === y ? inner[0] : inner[0] === y ? inner[1] : undefined;
  }),
];

/** x*(c/y), where the constant can wait. */
function overConstant(g: Graph, x: Node, quotient: Node): Node | undefined {
  const parts = operands(quotient, 'div');
  const c = parts && constantEntry(parts[0]);
  if (!parts || c === undefined || constantEntry(x) !== undefined || scalarOf(parts[1]))
    return undefined;
  return g.mul(c, g.div(x, parts[1]));
}

export const comparisonRules: readonly AnyRule[] = [
  // Where x is NaN it does not equal itself; what NaN decides is not kept.
  binaryRule('eq', 'x == x', (x, y, g) => (x === y ? filled(g, 1, x) : undefined)),
  binaryRule('le', 'x <= x', (x, y, g) => (x === y ? filled(g, 1, x) : undefined)),
  binaryRule('ne', 'x != x', (x, y, g) => (x === y ? filled(g, 0, x) : undefined)),
  binaryRule('lt', 'x < x', (x, y, g) => (x === y ? filled(g, 0, x) : undefined)),
  binaryRule('eq', 'a positive number is not 0', (x, y, g) =>
    isAll(y, 0) && isPositive(x) ? filled(g, 0, x) : undefined,
  ),
  binaryRule('ne', 'a positive number differs from 0', (x, y, g) =>
    isAll(y, 0) && isPositive(x) ? filled(g, 1, x) : undefined,
  ),
];

export const powerRules: readonly AnyRule[] = [
  binaryRule('mul', 'x*x = x^2', (x, y, g) => (x === y ? g.square(x) : undefined)),
  binaryRule('pow', 'x^(1/2) = sqrt(x)', (x, y, g) => (isAll(y, 0.5) ? g.sqrt(x) : undefined)),
  binaryRule('pow', 'x^(-1) = 1/x', (x, y, g) => (isAll(y, -1) ? g.div(1, x) : undefined)),
  binaryRule('pow', 'sqrt(x)^2 = x', (x, y) => (isAll(y, 2) ? argumentOf(x, 'sqrt') : undefined)),
  binaryRule('pow', 'an even power drops a sign', (x, y, g) => {
    if (!isEven(constantEntry(y))) return undefined;
    const inner = neg(x) ?? argumentOf(x, 'abs');
    return inner && g.pow(inner, y);
  }),
  binaryRule('pow', '(x^a)^b = x^(a*b)', (x, y, g) => {
    const inner = operands(x, 'pow');
    const [a, b] = [inner && constantEntry(inner[1]), constantEntry(y)];
    const whole = Number.isInteger(a) && Number.isInteger(b);
    return inner && whole && a !== undefined && b !== undefined && a > 0 && b > 0
      ? g.pow(inner[0], a * b)
      : undefined;
  }),
  unaryRule('sqrt', 'sqrt(x^2) = abs(x)', (x, g) => {
    const inner = operands(x, 'pow');
    return inner && isAll(inner[1], 2) ? g.abs(inner[0]) : undefined;
  }),
  unaryRule('abs', 'abs(-x) = abs(x)', (x, g) => {
    const inner = neg(x);
    return inner && g.abs(inner);
  }),
  unaryRule('abs', 'abs of a nonnegative', (x) => (isNonnegative(x) ? x : undefined)),
  binaryRule('max', 'max(x, -x) = abs(x)', (x, y, g) =>
    neg(y) === x ? g.abs(x) : neg(x) === y ? g.abs(y) : undefined,
  ),
  binaryRule('max', 'max(max(x, c), d) = max(x, max(c, d))', (x, y, g) => {
    const inner = operands(x, 'max');
    const [c, d] = [inner && constantEntry(inner[1]), constantEntry(y)];
    return inner && c !== undefined && d !== undefined
      ? g.max(inner[0], Math.max(c, d))
      : undefined;
  }),
  binaryRule('min', 'min(min(x, c), d) = min(x, min(c, d))', (x, y, g) => {
    const inner = operands(x, 'min');
    const [c, d] = [inner && constantEntry(inner[1]), constantEntry(y)];
    return inner && c !== undefined && d !== undefined
      ? g.min(inner[0], Math.min(c, d))
      : undefined;
  }),
  unaryRule('log', 'log(exp(x)) = x', (x) => argumentOf(x, 'exp')),
  unaryRule('exp', 'exp(log(x)) = x', (x) => argumentOf(x, 'log')),
];
