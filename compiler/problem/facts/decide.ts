// Conditions that no data or param enters are decided at once, by the reference interpreter.
import { constantValue } from '../../tensor/dim.ts';
import { interpretScalar } from '../../tensor/interpret.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { postorder } from '../../tensor/visit.ts';

/** More entries than this in one array are left to the run. */
const mostEntries = 40_000;

/** The value of a bool scalar without inputs and of fixed sizes; undefined where it depends on what comes later. */
export function decided(condition: Node): boolean | undefined {
  if (condition.free.length > 0) return undefined;
  for (const node of postorder([condition])) {
    if (isOp(node, 'input') || isOp(node, 'draw') || isOp(node, 'sample')) return undefined;
    if (isOp(node, 'size') && constantValue(node.attributes.dim) === undefined) return undefined;
    for (const { shape } of node.results) {
      const dims = shape.map(constantValue);
      if (dims.some((dim) => dim === undefined)) return undefined;
      const entries = dims.reduce<number>((product, dim) => product * (dim ?? 0), 1);
      if (entries > mostEntries) return undefined;
    }
  }
  const value = interpretScalar(condition, { inputs: {} });
  return Number.isNaN(value) ? undefined : value !== 0;
}
