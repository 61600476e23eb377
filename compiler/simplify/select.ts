// Choices that are decided, or that choose between equals.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';
import { argumentOf, isAll } from './pattern.ts';
import { rule, type AnyRule } from './rule.ts';

export const selectRules: readonly AnyRule[] = [
  rule('select', 'select that is decided', ({ args: [c, x, y] }) => {
    const decided = constantEntry(c);
    return decided === undefined ? undefined : decided !== 0 ? x : y;
  }),
  rule('select', 'select between equals', ({ args: [, x, y] }) => (x === y ? x : undefined)),
  rule('select', 'select of a negation', ({ args: [c, x, y] }, g) => {
    const inner = argumentOf(c, 'not');
    return inner && g.select(inner, y, x);
  }),
  rule('select', 'select decided by an outer one', ({ args: [c, x, y] }, g) => {
    const inside = branch(x, c, 1);
    const outside = branch(y, c, 2);
    return inside !== x || outside !== y ? g.select(c, inside, outside) : undefined;
  }),
  rule('select', 'if c then y else if d then x else y', ({ args: [c, y, inner] }, g) => {
    if (!isOp(inner, 'select') || inner.args[2] !== y) return undefined;
    const [d, x] = inner.args;
    return g.select(g.and(g.not(c), d), x, y);
  }),
  rule('binary', 'x * (if c then 1 else 0) = if c then x else 0', (node, g) => {
    if (node.attributes.fn !== 'mul') return undefined;
    const [x, y] = node.args;
    return masked(g, x, y) ?? masked(g, y, x);
  }),
  rule('binary', 'sum of choices on one condition', (node, g) => {
    const { fn } = node.attributes;
    const [x, y] = node.args;
    if ((fn !== 'add' && fn !== 'sub') || !isOp(x, 'select') || !isOp(y, 'select'))
      return undefined;
    const [c, a, b] = x.args;
    const [d, p, q] = y.args;
    // Both branches are computed entry by entry, so each sum must lose a term.
    const lighter = (isAll(a, 0) || isAll(p, 0)) && (isAll(b, 0) || isAll(q, 0));
    return c === d && lighter ? g.select(c, g.binary(fn, a, p), g.binary(fn, b, q)) : undefined;
  }),
  rule('cond', 'branch that is decided', ({ attributes: { then, otherwise }, args: [c] }) => {
    const decided = constantEntry(c);
    const { results } = decided !== undefined && decided !== 0 ? then : otherwise;
    return decided !== undefined && results.length === 1 ? results[0] : undefined;
  }),
  rule('cond', 'branches that are equal', ({ attributes: { then, otherwise } }) => {
    const [result] = then.results;
    return then.results.length === 1 && result === otherwise.results[0] ? result : undefined;
  }),
  rule('part', 'result of a branch that is decided', ({ attributes: { index }, args: [x] }) => {
    if (!isOp(x, 'cond')) return undefined;
    const { then, otherwise } = x.attributes;
    const decided = constantEntry(x.args[0]);
    if (decided !== undefined) return (decided !== 0 ? then : otherwise).results[index];
    return then.results[index] === otherwise.results[index] ? then.results[index] : undefined;
  }),
];

/** x times a choice between 1 and 0. */
function masked(g: Graph, mask: Node, x: Node): Node | undefined {
  if (!isOp(mask, 'select')) return undefined;
  const [c, inside, outside] = mask.args;
  if (isAll(inside, 1) && isAll(outside, 0)) return g.select(c, x, 0);
  return isAll(inside, 0) && isAll(outside, 1) ? g.select(c, 0, x) : undefined;
}

/** The branch of an inner select on the same condition. */
const branch = (node: Node, condition: Node, side: 1 | 2): Node =>
  isOp(node, 'select') && node.args[0] === condition ? node.args[side] : node;
