// Where an expression has no gradient even almost everywhere.
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { dependents, postorder } from '../tensor/visit.ts';

/** Whether some part that depends on the inputs jumps by its form. */
export function jumpsIn(node: Node, inputs: readonly Node[]): boolean {
  const varying = dependents([node], inputs);
  return postorder([node]).some((part) => varying.has(part.id) && jumps(part));
}

function jumps(node: Node): boolean {
  if (isOp(node, 'unary')) return ['sign', 'floor', 'ceil', 'round'].includes(node.attributes.fn);
  return node.op === 'argreduce' || node.op === 'argsort' || node.op === 'draw';
}
