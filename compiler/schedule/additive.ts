// Sums with padded or scattered terms: gradients of slices and gathers.
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { constantEntries } from './cost.ts';
import { isCompressed } from './sparse.ts';
import type { Unit } from './unit.ts';

/** The most entries that are written out one by one. */
export const unrolled = 4;

/** Whether the sum is best made by adding its padded and scattered terms where they belong, to all others. */
export function isAdditive(unit: Unit, node: Node): boolean {
  if (unit.targets.has(node.id) || isCompressed(node)) return false;
  if (isOp(node, 'scatter')) return true;
  if (isOp(node, 'pad')) return (constantEntries(node) ?? Infinity) > unrolled;
  return (
    isSum(node) && node.args.some((arg) => unit.placement.uses(arg) === 1 && isAdditive(unit, arg))
  );
}

export const isSum = (node: Node): boolean =>
  (node.op === 'unary' && node.attributes.fn === 'neg') ||
  (node.op === 'binary' && (node.attributes.fn === 'add' || node.attributes.fn === 'sub'));
