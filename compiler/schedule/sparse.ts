// Compressed matrices as the schedule sees them: a stored structure, perhaps read transposed, and a value for each stored entry.
import { isOp } from '../tensor/type.ts';
import type { Node } from '../tensor/ir.ts';
import { zeroPreserving } from '../tensor/shape.ts';
import type { Index, Pool, Scalar } from './scalar.ts';
import type { Target } from './target.ts';

/** Position `p` of a stored entry, in row `i` and column `j` of the stored structure. */
export interface SparseEntry {
  readonly p: Index;
  readonly i: Index;
  readonly j: Index;
}

/** Whether a node is kept compressed. Results of loops and branches are kept dense, and so is what is made of them. */
export function isCompressed(node: Node): boolean {
  if (node.type.storage !== 'csr') return false;
  switch (node.op) {
    case 'input':
      return true;
    case 'parameter':
    case 'part':
    case 'loop':
    case 'while':
    case 'cond':
      return false;
    default:
      return node.args.every((arg) => arg.type.storage === 'dense' || isCompressed(arg));
  }
}

export interface SparseView {
  readonly base: Target;
  readonly transposed: boolean;
  readonly value: (entry: SparseEntry) => Scalar;
}

/** What a view needs to know of its surroundings. */
export interface SparseContext {
  readonly pool: Pool;
  /** The compressed target of a node that is stored as such, or undefined. */
  readonly stored: (node: Node) => Target | undefined;
  /** An entry of a dense node. */
  readonly entry: (node: Node, index: readonly Index[]) => Scalar;
}

/** The node as values over one stored structure, where its structure is that of one of its operands; else undefined. */
export function sparseView(context: SparseContext, node: Node): SparseView | undefined {
  const { pool } = context;
  const stored = context.stored(node);
  if (stored !== undefined)
    return {
      base: stored,
      transposed: false,
      value: ({ p }) => pool.sparse(stored, 'data', p),
    };
  if (!isCompressed(node)) return undefined;
  if (isOp(node, 'oracle') || isOp(node, 'stop')) return sparseView(context, node.args[0]);
  if (isOp(node, 'transpose')) {
    const view = sparseView(context, node.args[0]);
    const swaps = node.attributes.permutation[0] === 1;
    return view === undefined || !swaps ? view : { ...view, transposed: !view.transposed };
  }
  if (isOp(node, 'unary') && zeroPreserving[node.attributes.fn]) {
    const { fn } = node.attributes;
    const view = sparseView(context, node.args[0]);
    return view && { ...view, value: (entry) => pool.unary(fn, view.value(entry)) };
  }
  if (isOp(node, 'binary')) return binaryView(context, node);
  if (isOp(node, 'select')) return selectView(context, node);
  return undefined;
}

function binaryView(context: SparseContext, node: Node<'binary'>): SparseView | undefined {
  const { pool } = context;
  const { fn } = node.attributes;
  const [x, y] = node.args;
  const [left, right] = [sparseView(context, x), sparseView(context, y)];
  if (left !== undefined && right !== undefined) {
    if (left.base !== right.base || left.transposed !== right.transposed) return undefined;
    return { ...left, value: (e) => pool.binary(fn, left.value(e), right.value(e)) };
  }
  if (left !== undefined && !isCompressed(y))
    return {
      ...left,
      value: (e) => pool.binary(fn, left.value(e), context.entry(y, indexOf(left, e))),
    };
  if (right !== undefined && !isCompressed(x))
    return {
      ...right,
      value: (e) => pool.binary(fn, context.entry(x, indexOf(right, e)), right.value(e)),
    };
  return undefined;
}

function selectView(context: SparseContext, node: Node<'select'>): SparseView | undefined {
  const [condition, x, y] = node.args;
  const [left, right] = [sparseView(context, x), sparseView(context, y)];
  if (left === undefined || right === undefined) return undefined;
  if (left.base !== right.base || left.transposed !== right.transposed) return undefined;
  if (isCompressed(condition)) return undefined;
  return {
    ...left,
    value: (e) =>
      context.pool.select(
        context.entry(condition, indexOf(left, e)),
        left.value(e),
        right.value(e),
      ),
  };
}

/** The index of a stored entry in the matrix that the view stands for. */
export const indexOf = (view: SparseView, { i, j }: SparseEntry): readonly Index[] =>
  view.transposed ? [j, i] : [i, j];
