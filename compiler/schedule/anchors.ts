// Expressions may be deeper than the stack, of the compiler and of whoever reads the generated code. Anchors are nodes that get a value of their own before
// what is made of them, so that between two of them there are never more than `deepest` levels.
import type { Node } from '../tensor/ir.ts';
import { fromOperands, postorderOutsideWhere } from '../tensor/visit.ts';

/** From here on a node that has a value of its own anyway is an anchor; at `deepest` any node is. */
const deep = 100;
const deepest = 150;

export interface Anchors {
  readonly has: (node: Node) => boolean;
  /** The anchors that a node needs, operands first; each is given once. */
  readonly below: (node: Node) => readonly Node[];
}

/** `isInline` says whether a node is written out where it is used. */
export function createAnchors(isInline: (node: Node) => boolean): Anchors {
  /** Levels down to the next anchors, or to the leaves. */
  const levels = fromOperands((node): number =>
    node.args.reduce((most, arg) => Math.max(most, has(arg) ? 1 : levels(arg) + 1), 0),
  );
  const has = (node: Node): boolean => {
    const found = levels(node);
    return found >= deepest || (found >= deep && !isInline(node));
  };
  const given = new Set<number>();
  return {
    has,
    below: (node) => {
      if (given.has(node.id)) return [];
      const fresh = postorderOutsideWhere([node], ({ id }) => !given.has(id));
      for (const { id } of fresh) given.add(id);
      return fresh.filter((other) => other !== node && has(other));
    },
  };
}
