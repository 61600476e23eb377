// Expressions that only pick and rearrange entries of one variable: how to take them, and how to put them back.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';

export interface Access {
  readonly variable: Node;
  /** The picked entries of v. */
  readonly take: (v: Node) => Node;
  /** An array of the variable's shape with the entries in their places, zero elsewhere: the transpose of `take`. */
  readonly lift: (entries: Node) => Node;
  /** All entries are picked. */
  readonly whole: boolean;
}

/** Undefined where an entry might be picked twice, or entries of several variables mix. */
export function accessOf(
  graph: Graph,
  node: Node,
  variables: ReadonlySet<Node>,
): Access | undefined {
  if (variables.has(node))
    return { variable: node, take: (v) => v, lift: (entries) => entries, whole: true };
  const [inner] = node.args;
  const below = inner === undefined ? undefined : accessOf(graph, inner, variables);
  if (below === undefined) return undefined;
  const { shape } = inner.type;
  const through = (back: (entries: Node) => Node, whole: boolean): Access => ({
    variable: below.variable,
    take: (v) => substituteIn(graph, node, new Map([[below.variable, v]])),
    lift: (entries) => below.lift(back(entries)),
    whole: below.whole && whole,
  });
  if (isOp(node, 'reshape')) return through((entries) => graph.reshape(entries, shape), true);
  if (isOp(node, 'reverse'))
    return through((entries) => graph.reverse(entries, node.attributes.axis), true);
  if (isOp(node, 'transpose')) {
    const { permutation } = node.attributes;
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return through((entries) => graph.transpose(entries, inverse), true);
  }
  if (isOp(node, 'slice')) {
    const { start } = node.attributes;
    return through((entries) => graph.pad(entries, start, shape), false);
  }
  if (isOp(node, 'gather') && picksOnce(node)) {
    const [, ...indices] = node.args;
    const { axes } = node.attributes;
    return through((entries) => graph.scatter(entries, indices, shape, axes), false);
  }
  return undefined;
}

/** The positions are the columns of one `compress` node, which lists each place once. */
function picksOnce(node: Node<'gather'>): boolean {
  const columns = node.args.slice(1).map(compressedColumn);
  const [first] = columns;
  if (first === undefined) return false;
  const rank = first.from.type.shape[1].key;
  return (
    columns.every((column) => column !== undefined && column.from === first.from) &&
    new Set(columns.map((column) => column?.index)).size === columns.length &&
    rank === String(columns.length)
  );
}

function compressedColumn(
  index: Node,
): { readonly from: Node; readonly index: string } | undefined {
  const sliced = isOp(index, 'reshape') ? index.args[0] : index;
  if (!isOp(sliced, 'slice')) return undefined;
  const [from] = sliced.args;
  return from.op === 'compress' ? { from, index: sliced.attributes.start[1].key } : undefined;
}
