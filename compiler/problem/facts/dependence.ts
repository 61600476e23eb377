// On which of the given leaves a node depends.
import type { Node } from '../../tensor/ir.ts';
import { operandsOf, postorder, postorderWhere } from '../../tensor/visit.ts';

export type DependenceOf = (node: Node) => ReadonlySet<Node>;

const nothing: ReadonlySet<Node> = new Set();

export function dependenceOn(leaves: ReadonlySet<Node>): DependenceOf {
  const found = new Map<Node, ReadonlySet<Node>>();
  return (root) => {
    const before = found.get(root);
    if (before !== undefined) return before;
    for (const node of postorderWhere([root], (n) => !found.has(n))) {
      if (leaves.has(node)) found.set(node, new Set([node]));
      else found.set(node, union(operandsOf(node).map((child) => found.get(child) ?? nothing)));
    }
    return found.get(root) ?? nothing;
  };
}

function union(sets: readonly ReadonlySet<Node>[]): ReadonlySet<Node> {
  const distinct = [...new Set(sets)].filter((set) => set.size > 0);
  if (distinct.length <= 1) return distinct[0] ?? nothing;
  const [largest] = [...distinct].sort((a, b) => b.size - a.size);
  const all = new Set(distinct.flatMap((set) => [...set]));
  return all.size === largest.size ? largest : all;
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
