// log(sum(exp(u))), and the form that does not overflow: s + log(sum(exp(u - s))) with s constant along the summed axes. Both are
// log-sum-exp of u, whatever s is.
import type { Node } from '../../../tensor/ir.ts';
import { isOp } from '../../../tensor/type.ts';
import { isBinary, isReduce, isUnary, plain, uniformValue } from '../nodes.ts';

/** u of a log-sum-exp, else undefined. */
export function logSumExpOf(node: Node): Node | undefined {
  const at = plain(node);
  const direct = summedExponents(at);
  if (direct !== undefined) return direct.exponents;
  if (!isBinary(at, 'add')) return undefined;
  const [a, b] = at.args;
  return shifted(a, b) ?? shifted(b, a);
}

/** log(1 + exp(u)). */
export function softplusOf(node: Node): Node | undefined {
  const at = plain(node);
  if (isUnary(at, 'softplus')) return at.args[0];
  if (isUnary(at, 'log1p')) return isUnary(at.args[0], 'exp') ? at.args[0].args[0] : undefined;
  if (!isUnary(at, 'log') || !isBinary(at.args[0], 'add')) return undefined;
  const [a, b] = at.args[0].args;
  if (uniformValue(a) === 1 && isUnary(b, 'exp')) return b.args[0];
  return uniformValue(b) === 1 && isUnary(a, 'exp') ? a.args[0] : undefined;
}

function summedExponents(
  node: Node,
): { readonly exponents: Node; readonly axes: readonly number[] } | undefined {
  if (!isUnary(node, 'log')) return undefined;
  const [sum] = node.args;
  if (!isReduce(sum, 'sum') || !isUnary(sum.args[0], 'exp')) return undefined;
  return { exponents: sum.args[0].args[0], axes: sum.attributes.axes };
}

/** Together they are a shifted log-sum-exp. */
export const shiftsLog = (shift: Node, log: Node): boolean => shifted(shift, log) !== undefined;

function shifted(shift: Node, log: Node): Node | undefined {
  const inner = summedExponents(plain(log));
  if (inner === undefined || !isBinary(inner.exponents, 'sub')) return undefined;
  const [u, back] = inner.exponents.args;
  return isRepeated(back, shift, inner.axes) ? u : undefined;
}

/** `wide` is `narrow` repeated along exactly the axes that are summed. */
function isRepeated(wide: Node, narrow: Node, summed: readonly number[]): boolean {
  const repeated = plain(wide);
  if (!isOp(repeated, 'broadcast')) return false;
  const kept = wide.type.shape.map((_, axis) => axis).filter((axis) => !summed.includes(axis));
  return (
    repeated.attributes.axes.join() === kept.join() && plain(repeated.args[0]) === plain(narrow)
  );
}
