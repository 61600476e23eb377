// The terms of a sum.
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { logSumExpOf } from './atoms/log-sum-exp.ts';
import { isBinary } from './nodes.ts';

/** A sum of more terms, as sharing can make it, is not taken further apart. */
const mostSummands = 20_000;

/** The summands below a chain of sums, each with its sign. Long sums must not fill the stack. */
export function summandsOf(
  node: Node,
): readonly { readonly node: Node; readonly negative: boolean }[] {
  const found: { readonly node: Node; readonly negative: boolean }[] = [];
  const stack = [{ node, negative: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node: at, negative } = top;
    const isOpen = found.length + stack.length < mostSummands;
    const isSum = isBinary(at, 'add') || isBinary(at, 'sub');
    // A shifted log-sum-exp is one term of a longer sum.
    if (isOpen && isSum && (at === node || logSumExpOf(at) === undefined)) {
      const minus = at.attributes.fn === 'sub';
      stack.push({ node: at.args[1], negative: minus !== negative });
      stack.push({ node: at.args[0], negative });
    } else if (isOp(at, 'unary') && at.attributes.fn === 'neg')
      stack.push({ node: at.args[0], negative: !negative });
    else found.push({ node: at, negative });
  }
  return found;
}
