// Textbook operations found in the IR, so that generated code can name them.
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';

export interface SoftThreshold {
  readonly z: Node;
  readonly threshold: Node;
  /** The nodes it is written with that use z. */
  readonly inner: readonly Node[];
}

/** sign(z) max(|z| - t, 0). */
export function softThresholdOf(node: Node): SoftThreshold | undefined {
  if (!isOp(node, 'binary') || node.attributes.fn !== 'mul') return undefined;
  const [x, y] = node.args;
  return shrinks(x, y) ?? shrinks(y, x);
}

function shrinks(sign: Node, rest: Node): SoftThreshold | undefined {
  if (!isOp(sign, 'unary') || sign.attributes.fn !== 'sign') return undefined;
  if (!isOp(rest, 'binary') || rest.attributes.fn !== 'max') return undefined;
  const [difference, zero] = rest.args;
  if (constantEntry(zero) !== 0 || !isOp(difference, 'binary')) return undefined;
  if (difference.attributes.fn !== 'sub') return undefined;
  const [size, threshold] = difference.args;
  if (!isOp(size, 'unary') || size.attributes.fn !== 'abs') return undefined;
  const [z] = sign.args;
  return size.args[0] === z ? { z, threshold, inner: [sign, size] } : undefined;
}
