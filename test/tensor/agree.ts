// Whether two expressions agree within rounding, by the interpreter and its error scales.
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { printNode } from '../../compiler/tensor/print.ts';

/** Undefined where all entries agree to `tolerance` times their scale, else a message. */
export function disagreement(
  before: Node,
  after: Node,
  environment: Environment,
  tolerance = 1e-12,
): string | undefined {
  const { values, bounds } = interpret([before, after], environment);
  const [a, b] = values;
  if (a.shape.join() !== b.shape.join())
    return `shape [${a.shape.join()}] became [${b.shape.join()}]`;
  for (let k = 0; k < a.data.length; k++) {
    const scale = Math.max(bounds[0].data[k], bounds[1].data[k], 1e-300);
    const same =
      Object.is(a.data[k], b.data[k]) || Math.abs(a.data[k] - b.data[k]) <= tolerance * scale;
    if (!same)
      return `entry ${k}: ${a.data[k]} became ${b.data[k]} (scale ${scale})\n  ${printNode(before)}\n  ${printNode(after)}`;
  }
  return undefined;
}
