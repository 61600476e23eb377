// Scalar factors of arrays: they move outwards and meet, so that they are multiplied with each other once and with the array once.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { argumentOf, isAll, operands, scalarOf } from './pattern.ts';
import { binaryRule, type AnyRule } from './rule.ts';

interface Part {
  readonly scalar: Node;
  readonly array: Node;
}

const isArray = (node: Node): boolean => node.type.shape.length > 0 && scalarOf(node) === undefined;

/** s*X with a scalar s and an array X. */
function scaled(node: Node): Part | undefined {
  const product = operands(node, 'mul');
  const scalar = product && isArray(product[1]) ? scalarOf(product[0]) : undefined;
  return product && scalar && { scalar, array: product[1] };
}

/** X/s. */
function divided(node: Node): Part | undefined {
  const fraction = operands(node, 'div');
  const scalar = fraction && isArray(fraction[0]) ? scalarOf(fraction[1]) : undefined;
  return fraction && scalar && { scalar, array: fraction[0] };
}

const isNamed = (g: Graph, node: Node): boolean => g.nameOf(node) !== undefined;

export const scalarRules: readonly AnyRule[] = [
  binaryRule('mul', 'X*s = s*X', (x, y, g) => {
    const scalar = isArray(x) ? scalarOf(y) : undefined;
    return scalar && g.mul(scalar, x);
  }),
  binaryRule('mul', 's*(t*X) = (s*t)*X', (x, y, g) => {
    const [s, part] = [scalarOf(x), scaled(y)];
    return s && part && g.mul(g.mul(s, part.scalar), part.array);
  }),
  binaryRule('mul', '(s*X)*Y = s*(X*Y)', (x, y, g) => {
    const part = isArray(y) ? scaled(x) : undefined;
    return part && g.mul(part.scalar, g.mul(part.array, y));
  }),
  binaryRule('mul', 'X*(s*Y) = s*(X*Y)', (x, y, g) => {
    const part = isArray(x) ? scaled(y) : undefined;
    return part && g.mul(part.scalar, g.mul(x, part.array));
  }),
  binaryRule('mul', 's*(X/t) = (s/t)*X', (x, y, g) => {
    const [s, part] = [scalarOf(x), divided(y)];
    return s && part && g.mul(g.div(s, part.scalar), part.array);
  }),
  binaryRule('mul', '(1/t)*X = X/t', (x, y, g) => {
    // A fraction that the source names, a step size, stays what it is.
    const fraction = isNamed(g, x) ? undefined : scalarOf(x);
    const parts = fraction && operands(fraction, 'div');
    return parts && isAll(parts[0], 1) && !isNamed(g, fraction) && constantEntry(y) === undefined
      ? g.div(y, parts[1])
      : undefined;
  }),
  binaryRule('mul', 'x*(1/t) = x/t', (x, y, g) => {
    const parts = x.type.shape.length === 0 && !isNamed(g, y) ? operands(y, 'div') : undefined;
    return parts && isAll(parts[0], 1) && constantEntry(x) === undefined
      ? g.div(x, parts[1])
      : undefined;
  }),
  binaryRule('div', '(x/c)/y = x/(c*y)', (x, y, g) => {
    const inner = x.type.shape.length === 0 && !isNamed(g, x) ? operands(x, 'div') : undefined;
    const c = inner === undefined ? undefined : constantEntry(inner[1]);
    if (!inner || !c || constantEntry(y) !== undefined) return undefined;
    return g.div(inner[0], g.mul(c, y));
  }),
  binaryRule('mul', '(X/s)*Y = (X*Y)/s', (x, y, g) => {
    const part = isArray(y) ? divided(x) : undefined;
    return part && g.div(g.mul(part.array, y), part.scalar);
  }),
  binaryRule('mul', 'X*(Y/s) = (X*Y)/s', (x, y, g) => {
    const part = isArray(x) ? divided(y) : undefined;
    return part && g.div(g.mul(x, part.array), part.scalar);
  }),
  binaryRule('mul', '(-s)*X = -(s*X)', (x, y, g) => {
    const scalar = isArray(y) ? scalarOf(x) : undefined;
    const inner = scalar && argumentOf(scalar, 'neg');
    return inner && g.neg(g.mul(inner, y));
  }),
  binaryRule('div', 'X/(-s) = -(X/s)', (x, y, g) => {
    const scalar = isArray(x) ? scalarOf(y) : undefined;
    const inner = scalar && argumentOf(scalar, 'neg');
    return inner && g.neg(g.div(x, inner));
  }),
  binaryRule('add', 's*X + s*Y = s*(X + Y)', (x, y, g) => {
    const [p, q] = [scaled(x), scaled(y)];
    return p && q && p.scalar === q.scalar ? g.mul(p.scalar, g.add(p.array, q.array)) : undefined;
  }),
  binaryRule('sub', 's*X - s*Y = s*(X - Y)', (x, y, g) => {
    const [p, q] = [scaled(x), scaled(y)];
    return p && q && p.scalar === q.scalar ? g.mul(p.scalar, g.sub(p.array, q.array)) : undefined;
  }),
  binaryRule('add', 'X/s + Y/s = (X + Y)/s', (x, y, g) => {
    const [p, q] = [divided(x), divided(y)];
    return p && q && p.scalar === q.scalar ? g.div(g.add(p.array, q.array), p.scalar) : undefined;
  }),
  binaryRule('sub', 'X/s - Y/s = (X - Y)/s', (x, y, g) => {
    const [p, q] = [divided(x), divided(y)];
    return p && q && p.scalar === q.scalar ? g.div(g.sub(p.array, q.array), p.scalar) : undefined;
  }),
  binaryRule('div', '(s*X)/t = (s/t)*X', (x, y, g) => {
    const [part, t] = [scaled(x), scalarOf(y)];
    return part && t && g.mul(g.div(part.scalar, t), part.array);
  }),
  binaryRule('div', '(X/s)/t = X/(s*t)', (x, y, g) => {
    const [part, t] = [divided(x), scalarOf(y)];
    return part && t && g.div(part.array, g.mul(part.scalar, t));
  }),
];
