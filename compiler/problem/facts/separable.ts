// Separable: a sum of functions of one coordinate each, or of one variable each.
import { attributesText } from '../../tensor/attributes.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import type { Calculus } from './calculus.ts';
import { proved, stuck, type Proof } from './proof.ts';
import { remembered } from './stages.ts';
import { summandsOf } from './summands.ts';

/** Which coordinate an entry depends on, as a text that is equal where it is the same; `given`: on none; undefined: on several. */
type Alignment = string | undefined;
const given = 'given';

/** Nodes that only move entries; the key says how. */
function movesEntries(node: Node, c: Calculus): boolean {
  if (
    isOp(node, 'transpose') ||
    isOp(node, 'reshape') ||
    isOp(node, 'slice') ||
    isOp(node, 'reverse') ||
    isOp(node, 'broadcast') ||
    isOp(node, 'pad')
  )
    return true;
  return isOp(node, 'gather') && node.args.slice(1).every((x) => c.degree(x) === 0);
}

const moveKey = (node: Node): string => {
  const positions = node.args
    .slice(1)
    .map((x) => x.id)
    .join();
  return `${node.op}(${attributesText(node.op, node.attributes, () => '')};${positions})`;
};

function alignmentIn(c: Calculus): (node: Node) => Alignment {
  const alignment = remembered((node: Node): Alignment => {
    if (c.degree(node) === 0) return given;
    return c.variables.has(node) ? `v${node.id}` : compute(node);
  });
  const common = (nodes: readonly Node[]): Alignment => {
    const keys = new Set(nodes.map(alignment).filter((key) => key !== given));
    const [key] = keys;
    return keys.size === 1 ? key : undefined;
  };
  const compute = (node: Node): Alignment => {
    if (isOp(node, 'unary') || isOp(node, 'stop') || isOp(node, 'oracle'))
      return alignment(node.args[0]);
    if (isOp(node, 'binary') || isOp(node, 'select')) return common(node.args);
    if (!movesEntries(node, c)) return undefined;
    const inner = alignment(node.args[0]);
    return inner === undefined ? undefined : `${moveKey(node)}${inner}`;
  };
  return alignment;
}

/** Entry i depends on entry i of the variable alone. */
export const proveEntrywise = (node: Node, variable: Node, c: Calculus): boolean =>
  alignmentIn(c)(node) === `v${variable.id}`;

/** Linear in its first argument with given coefficients. */
const isLinearMap = (node: Node): boolean =>
  isOp(node, 'stop') ||
  isOp(node, 'oracle') ||
  isOp(node, 'cumulate') ||
  (isOp(node, 'reduce') && node.attributes.fn === 'sum');

/** Per coordinate. */
export function proveSeparable(root: Node, c: Calculus): Proof {
  const alignment = alignmentIn(c);
  return proveSum(root, c, 'a function of one coordinate', (node) => alignment(node) !== undefined);
}

/** Per variable. */
export const proveBlockSeparable = (root: Node, c: Calculus): Proof =>
  proveSum(root, c, 'a function of one variable', (node) => c.dependence(node).size <= 1);

function proveSum(root: Node, c: Calculus, what: string, isSingle: (node: Node) => boolean): Proof {
  const prove = remembered((node: Node): Proof => search(node));
  const parts = (node: Node, nodes: readonly Node[]): Proof =>
    proved(`a sum, each term ${what}`, node, nodes.map(prove));

  const search = (node: Node): Proof => {
    if (c.degree(node) <= 1) return proved('affine', node);
    if (isSingle(node)) return proved(what, node);
    const coupled = stuck(`couples coordinates: it is not ${what}`, node);
    if (isOp(node, 'binary')) {
      const [a, b] = node.args;
      const { fn } = node.attributes;
      if (fn === 'add' || fn === 'sub')
        return parts(
          node,
          summandsOf(node).map((term) => term.node),
        );
      if (fn === 'mul' && c.degree(a) === 0) return prove(b);
      return (fn === 'mul' || fn === 'div') && c.degree(b) === 0 ? prove(a) : coupled;
    }
    if (isOp(node, 'unary')) return node.attributes.fn === 'neg' ? prove(node.args[0]) : coupled;
    if (isLinearMap(node) || movesEntries(node, c)) return prove(node.args[0]);
    if (isOp(node, 'concat')) return parts(node, node.args);
    if (isOp(node, 'select') && c.degree(node.args[0]) === 0)
      return parts(node, node.args.slice(1));
    return isOp(node, 'contract') ? contraction(node, coupled) : coupled;
  };

  /** With a given factor a linear map; else a sum of products of entries at the same place. */
  const contraction = (node: Node<'contract'>, coupled: Proof): Proof => {
    const [a, b] = node.args;
    if (c.degree(a) === 0) return prove(b);
    if (c.degree(b) === 0) return prove(a);
    const { sum, batch } = node.attributes;
    const isPaired =
      batch.length + sum.length === a.type.shape.length &&
      a.type.shape.length === b.type.shape.length &&
      [...batch, ...sum].every(([p, q]) => p === q);
    return isPaired && isSingle(c.graph.mul(a, b)) ? proved(what, node) : coupled;
  };

  return prove(root);
}
