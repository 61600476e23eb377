// What is worked out once in 64 bits on the CPU, before a step runs on a device: numbers of data and params, and what tfjs lacks or would have to be waited for.
import { regionsOf } from '../../tensor/attributes.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp, isScalar } from '../../tensor/type.ts';
import { operandsOf, postorder } from '../../tensor/visit.ts';
import { varying } from '../../schedule/place.ts';
import { isFixed } from '../ts/inputs.ts';
import { isHosted } from './on-host.ts';

export interface Fixed {
  readonly isFixed: (node: Node) => boolean;
  /** Nodes that `prepare` works out, with a wish for the name of each. */
  readonly prepared: readonly Node[];
}

/** `given`: nodes whose value comes from elsewhere. */
export function fixedNodes(nodes: readonly Node[], isTable: (node: Node) => boolean): Fixed {
  const order = postorder(nodes);
  const changing = varying(order, (input) => !isFixed(input));
  const random = new Set<number>();
  for (const node of order)
    if (
      (isOp(node, 'draw') && node.attributes.stream === 'run') ||
      isOp(node, 'sample') ||
      operandsOf(node).some(({ id }) => random.has(id))
    )
      random.add(node.id);
  const fixed = (node: Node): boolean =>
    node.free.length === 0 && !changing.has(node.id) && !random.has(node.id);
  const wanted = (node: Node): boolean =>
    fixed(node) && !isTable(node) && (isScalar(node) ? !isLeaf(node) : isCostly(node));

  // From the roots down, stopping at what `prepare` gives.
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const stack = [...nodes].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.results.length === 1 && wanted(node)) found.add(node);
    else stack.push(...operandsOf(node));
  }
  return { isFixed: fixed, prepared: [...found] };
}

const isLeaf = (node: Node): boolean =>
  isOp(node, 'input') || isOp(node, 'constant') || isOp(node, 'size');

/** What no device should do: it would have to be waited for, or drawn. */
function isCostly(node: Node): boolean {
  const maker = isOp(node, 'part') ? node.args[0] : node;
  if (isHosted(node) || regionsOf(maker).length > 0) return true;
  if (isOp(node, 'draw') || isOp(node, 'compress')) return true;
  return isOp(node, 'gather') && !node.attributes.inBounds;
}
