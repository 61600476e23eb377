// On which of the given leaves a node depends.
import type { Node } from '../../tensor/ir.ts';
import { fromOperands, operandsOf, postorder } from '../../tensor/visit.ts';

export type DependenceOf = (node: Node) => ReadonlySet<Node>;

const nothing: ReadonlySet<Node> = new Set();

export function dependenceOn(leaves: ReadonlySet<Node>): DependenceOf {
  return fromOperands<ReadonlySet<Node>>((node, dependence) =>
    leaves.has(node) ? new Set([node]) : operandsOf(node).map(dependence).reduce(union, nothing),
  );
}

/** One of the two where it holds the other. */
function union(a: ReadonlySet<Node>, b: ReadonlySet<Node>): ReadonlySet<Node> {
  const [large, small] = a.size < b.size ? [b, a] : [a, b];
  if (small === large || [...small].every((node) => large.has(node))) return large;
  return new Set([...a, ...b]);
}

const noKeys: ReadonlySet<number> = new Set();

/** Whether a node can be evaluated once data and params are in: it depends on no variable, state, draw or region parameter but those allowed. */
export function isKnownBeforeRun(root: Node, allowed: ReadonlySet<number> = noKeys): boolean {
  if (root.free.some((key) => !allowed.has(key))) return false;
  for (const node of postorder([root])) {
    if (node.op === 'input') {
      const { role } = node.attributes;
      if (role !== 'data' && role !== 'param' && role !== 'set') return false;
    } else if (node.op === 'draw' || node.op === 'sample') return false;
  }
  return true;
}
