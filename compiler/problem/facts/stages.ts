// Recursion on expressions of any depth: results are found for nodes at regular depths first, so that no call goes deeper than one stage.
import type { Node } from '../../tensor/ir.ts';
import { fromOperands, operandsOf, postorderWhere } from '../../tensor/visit.ts';

const stage = 100;

/** To be called before a recursive function that remembers its results; `prepare` calls that function, and `isDone` tells what it remembers. */
export function inStages(
  isDone: (node: Node) => boolean,
  prepare: (node: Node) => void,
): (node: Node) => void {
  let isPreparing = false;
  const depthOf = fromOperands<number>(
    (node, depth) => 1 + operandsOf(node).reduce((most, inner) => Math.max(most, depth(inner)), 0),
  );
  return (root) => {
    if (isPreparing || depthOf(root) <= stage) return;
    isPreparing = true;
    for (const node of postorderWhere([root], (inner) => !isDone(inner)))
      if (depthOf(node) % stage === 0) prepare(node);
    isPreparing = false;
  };
}

/** A recursive function that remembers what it found, for expressions of any depth. */
export function remembered<T>(search: (node: Node) => T): (node: Node) => T {
  const found = new Map<Node, { readonly value: T }>();
  const look = (node: Node): T => {
    const before = found.get(node);
    if (before !== undefined) return before.value;
    ready(node);
    const value = search(node);
    found.set(node, { value });
    return value;
  };
  const ready = inStages(
    (node) => found.has(node),
    (node) => void look(node),
  );
  return look;
}
