// The terms of a sum.
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { isBinary } from './nodes.ts';

/** The summands below a chain of sums, each with its sign. Long sums must not fill the stack. */
export function summandsOf(
  node: Node,
): readonly { readonly node: Node; readonly negative: boolean }[] {
  const found: { readonly node: Node; readonly negative: boolean }[] = [];
  const stack = [{ node, negative: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node: at, negative } = top;
    if (isBinary(at, 'add') || isBinary(at, 'sub')) {
      const minus = at.attributes.fn === 'sub';
      stack.push({ node: at.args[1], negative: minus !== negative });
      stack.push({ node: at.args[0], negative });
    } else if (isOp(at, 'unary') && at.attributes.fn === 'neg')
      stack.push({ node: at.args[0], negative: !negative });
    else found.push({ node: at, negative });
  }
  return found;
}
