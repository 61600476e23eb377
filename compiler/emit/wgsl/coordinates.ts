// Where an entry of an array stands, written in the variables of a kernel: those that number the entries of its result, and those that a sum runs over.
import type { Dim } from '../../tensor/dim.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';

export type Coordinate =
  /** A variable: `axis` of the result, or of the sum that the node is. */
  | { readonly kind: 'variable'; readonly of: number | undefined; readonly axis: number }
  | {
      readonly kind: 'shifted';
      readonly inner: Coordinate;
      readonly by: Dim;
      readonly back: boolean;
    }
  | { readonly kind: 'reversed'; readonly inner: Coordinate; readonly size: Dim }
  /** The position that an array of positions holds. */
  | { readonly kind: 'found'; readonly node: Node; readonly at: Coordinates };

export type Coordinates = readonly Coordinate[];

export const keyOf = (coordinate: Coordinate): string => {
  switch (coordinate.kind) {
    case 'variable':
      return `${coordinate.of ?? ''}.${coordinate.axis}`;
    case 'shifted':
      return `(${keyOf(coordinate.inner)}${coordinate.back ? '-' : '+'}${coordinate.by.key})`;
    case 'reversed':
      return `(${coordinate.size.key}-${keyOf(coordinate.inner)})`;
    case 'found':
      return `${coordinate.node.id}[${keysOf(coordinate.at)}]`;
  }
};
export const keysOf = (at: Coordinates): string => at.map(keyOf).join();

/** The variables that a coordinate mentions, by their keys. */
export function variablesOf(at: Coordinates): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (coordinate: Coordinate): void => {
    if (coordinate.kind === 'variable') found.add(keyOf(coordinate));
    else if (coordinate.kind === 'found') coordinate.at.forEach(visit);
    else visit(coordinate.inner);
  };
  at.forEach(visit);
  return found;
}

export type Variable = Extract<Coordinate, { readonly kind: 'variable' }>;

export const variables = (of: number | undefined, count: number): readonly Variable[] =>
  Array.from({ length: count }, (_, axis) => ({ kind: 'variable', of, axis }));

/** An operand of a node and where it is read for one entry of the node. */
export interface Reading {
  readonly node: Node;
  readonly at: Coordinates;
}

/** What an entry of the node is made of; undefined for operations that no kernel does. A reduction reads its operand at variables of its own. */
export function readings(node: Node, at: Coordinates): readonly Reading[] | undefined {
  switch (node.op) {
    case 'unary':
    case 'binary':
    case 'select':
    case 'stop':
    case 'oracle':
      return node.args.map((arg) => ({ node: arg, at }));
    case 'broadcast':
      return [{ node: node.args[0], at: node.attributes.axes.map((axis) => at[axis]) }];
    case 'transpose': {
      const { permutation } = node.attributes;
      return [
        { node: node.args[0], at: permutation.map((_, axis) => at[permutation.indexOf(axis)]) },
      ];
    }
    case 'slice':
      return [{ node: node.args[0], at: shifted(at, node.attributes.start, false) }];
    case 'pad':
      return [{ node: node.args[0], at: shifted(at, node.attributes.before, true) }];
    case 'reverse': {
      const { axis } = node.attributes;
      const size = node.type.shape[axis];
      const inner = at.map((each, k): Coordinate =>
        k === axis ? { kind: 'reversed', inner: each, size } : each,
      );
      return [{ node: node.args[0], at: inner }];
    }
    case 'gather':
      return node.attributes.inBounds ? gatherReadings(node, at) : undefined;
    case 'iota':
      return [];
    case 'reduce':
      return [{ node: node.args[0], at: reducedReading(node, at) }];
    case 'contract':
      return contractReadings(node, at);
    default:
      return undefined;
  }
}

const shifted = (at: Coordinates, by: readonly Dim[], back: boolean): Coordinates =>
  at.map((inner, k) => (by[k].key === '0' ? inner : { kind: 'shifted', inner, by: by[k], back }));

function gatherReadings(node: NodeOf<'gather'>, at: Coordinates): readonly Reading[] {
  const [x, ...indices] = node.args;
  const { axes } = node.attributes;
  const rank = indices[0].type.shape.length;
  const [front, rest] = [at.slice(0, rank), at.slice(rank)];
  let next = 0;
  const inside = x.type.shape.map((_, axis): Coordinate => {
    const k = axes.indexOf(axis);
    return k < 0 ? rest[next++] : { kind: 'found', node: indices[k], at: front };
  });
  return [{ node: x, at: inside }, ...indices.map((index) => ({ node: index, at: front }))];
}

/** Sizes of the axes that a reduction runs over; none for other operations. */
export function innerSizes(node: Node): readonly Dim[] {
  if (isOp(node, 'reduce')) {
    const { axes } = node.attributes;
    const [x] = node.args;
    return axes.map((axis) => x.type.shape[axis]);
  }
  if (isOp(node, 'contract'))
    return node.attributes.sum.map(([axis]) => node.args[0].type.shape[axis]);
  return [];
}

function reducedReading(node: NodeOf<'reduce'>, at: Coordinates): Coordinates {
  const { axes } = node.attributes;
  let next = 0;
  return node.args[0].type.shape.map((_, axis): Coordinate => {
    const k = axes.indexOf(axis);
    return k < 0 ? at[next++] : { kind: 'variable', of: node.id, axis: k };
  });
}

function contractReadings(node: NodeOf<'contract'>, at: Coordinates): readonly Reading[] {
  const { batch, sum } = node.attributes;
  let next = batch.length;
  return node.args.map((arg, side) => ({
    node: arg,
    at: arg.type.shape.map((_, axis): Coordinate => {
      const shared = batch.findIndex((pair) => pair[side] === axis);
      if (shared >= 0) return at[shared];
      const summed = sum.findIndex((pair) => pair[side] === axis);
      if (summed >= 0) return { kind: 'variable', of: node.id, axis: summed };
      return at[next++];
    }),
  }));
}
