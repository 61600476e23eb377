// Entries at computed positions: positions that an order of entries gives exist, and of a function of entries only those that are asked for are computed.
import { sameDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';
import { rule, type AnyRule } from './rule.ts';

export const positionRules: readonly AnyRule[] = [
  rule('gather', 'gather at positions that exist', (node, g) => {
    const { axes, inBounds } = node.attributes;
    const [x, ...indices] = node.args;
    if (inBounds) return undefined;
    const exist = indices.every((index, k) => {
      const count = positionsIn(index);
      return count !== undefined && sameDim(count, x.type.shape[axes[k]]);
    });
    return exist ? g.gather(x, indices, axes, true) : undefined;
  }),
  rule('gather', 'f(x)[i] = f(x[i]) where x changes with i', (node, g) => {
    const { axes, inBounds } = node.attributes;
    const [x, ...indices] = node.args;
    if (!inBounds || !indices.every((index) => isEntry(index, x))) return undefined;
    const at = (part: Node): Node => g.gather(part, indices, axes, true);
    return mapped(g, x, at);
  }),
];

/** A position that is one number and that `x` is not worked out without: nothing would be gained by having all of `x` first. */
const isEntry = (index: Node, x: Node): boolean =>
  index.type.shape.length === 0 &&
  index.free.length > 0 &&
  index.free.every((key) => x.free.includes(key));

function mapped(g: Graph, x: Node, at: (part: Node) => Node): Node | undefined {
  if (isOp(x, 'unary')) return g.unary(x.attributes.fn, at(x.args[0]));
  if (isOp(x, 'binary')) return g.binary(x.attributes.fn, at(x.args[0]), at(x.args[1]));
  // An entry of a prox counts as the prox.
  if (isOp(x, 'oracle') && x.attributes.kind === 'proxes')
    return g.make('oracle', x.attributes, [at(x.args[0])]);
  if (isOp(x, 'select')) return g.select(at(x.args[0]), at(x.args[1]), at(x.args[2]));
  return undefined;
}

/** How many positions there are of which each entry is one. */
const positionsIn = (index: Node): Dim | undefined => {
  const found = shiftedPositions(index);
  return found?.shift === 0 ? found.count : undefined;
};

interface Positions {
  readonly count: Dim;
  /** What is added to each. */
  readonly shift: number;
}

function shiftedPositions(index: Node): Positions | undefined {
  if (isOp(index, 'argsort')) return { count: index.type.shape[index.attributes.axis], shift: 0 };
  if (isOp(index, 'gather') || isOp(index, 'slice') || isOp(index, 'reshape'))
    return shiftedPositions(index.args[0]);
  if (!isOp(index, 'binary') || index.attributes.fn !== 'add') return undefined;
  const [x, y] = index.args;
  const added = constantEntry(y);
  const from = added === undefined ? undefined : shiftedPositions(x);
  return added === undefined || from === undefined
    ? undefined
    : { count: from.count, shift: from.shift + added };
}
