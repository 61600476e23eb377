// Small helpers on types of nodes.
import { constantDim, productOfDims, sameShape, type Dim } from './dim.ts';
import type { Element, Node, NodeOf, Op, Storage, TensorType } from './ir.ts';

export type Shape = readonly Dim[];
/** A size, or a number that stands for one. */
export type DimLike = Dim | number;

export const toDim = (size: DimLike): Dim => (typeof size === 'number' ? constantDim(size) : size);

export const toShape = (shape: readonly DimLike[]): Shape => shape.map(toDim);

export const tensorType = (
  element: Element,
  shape: readonly DimLike[],
  storage: Storage = 'dense',
): TensorType => ({ element, shape: toShape(shape), storage });

/** real[shape], dense. */
export const realType = (shape: readonly DimLike[]): TensorType => tensorType('real', shape);
export const intType = (shape: readonly DimLike[]): TensorType => tensorType('int', shape);
export const boolType = (shape: readonly DimLike[]): TensorType => tensorType('bool', shape);

export const rankOf = (node: Node): number => node.type.shape.length;
export const isScalar = (node: Node): boolean => node.type.shape.length === 0;

/** The number of entries. */
export const entriesOf = (shape: Shape): Dim => productOfDims(shape);

const order: readonly Element[] = ['bool', 'int', 'real', 'complex'];

/** The smallest kind that holds both. */
export const joinElements = (a: Element, b: Element): Element =>
  order.indexOf(a) >= order.indexOf(b) ? a : b;

/** `real[m, n]`, with `sparse` before it where it is compressed. */
export const printType = (type: TensorType): string =>
  (type.storage === 'csr' ? 'sparse ' : '') + type.element + printShape(type.shape);

export const printShape = (shape: Shape): string =>
  shape.length === 0 ? '' : `[${shape.map((dim) => dim.key).join(', ')}]`;

/** Whether a node is of an operation; narrows it. */
export const isOp = <O extends Op>(node: NodeOf<Op>, op: O): node is NodeOf<O> & Node =>
  node.op === op;

export const sameType = (a: TensorType, b: TensorType): boolean =>
  a.element === b.element && a.storage === b.storage && sameShape(a.shape, b.shape);
