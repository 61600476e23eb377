// Builders that arrange: broadcasts, transposes, slices, joins, gathers.
import { constantDim, constantValue, sameDim, multiplyDims, sameShape, type Dim } from '../dim.ts';
import { InternalError } from '../internal-error.ts';
import type { Node } from '../ir.ts';
import { isOp, printType, toShape, type DimLike } from '../type.ts';
import { ArithmeticBuilder, type Operand } from './arithmetic.ts';

export interface Arrangement {
  /** Input axis k becomes output axis axes[k]; without `axes` aligned at the last axis as NumPy does. An axis of size 1 repeats. */
  readonly broadcastTo: (x: Operand, shape: readonly DimLike[], axes?: readonly number[]) => Node;
  /** Reverses the axes unless told. */
  readonly transpose: (x: Node, permutation?: readonly number[]) => Node;
  readonly reshape: (x: Node, shape: readonly DimLike[]) => Node;
  /** All entries as one vector, row-major. */
  readonly flatten: (x: Node) => Node;
  readonly slice: (x: Node, start: readonly DimLike[], size: readonly DimLike[]) => Node;
  /** A block along one axis. */
  readonly sliceAxis: (x: Node, axis: number, start: DimLike, size: DimLike) => Node;
  /** The part at one position of an axis; the axis goes. */
  readonly at: (x: Node, axis: number, position: DimLike) => Node;
  readonly pad: (x: Node, before: readonly DimLike[], shape: readonly DimLike[]) => Node;
  readonly reverse: (x: Node, axis: number) => Node;
  readonly concat: (parts: readonly Node[], axis: number) => Node;
  /** Parts of one shape along a new axis, the first unless told. */
  readonly stack: (parts: readonly Node[], axis?: number) => Node;
  /** A new axis of size 1. */
  readonly expandAxis: (x: Node, axis: number) => Node;
  /** x at integer positions of the axes; `inBounds: false` (the default) asks for a check at run time. */
  readonly gather: (
    x: Node,
    indices: readonly Operand[],
    axes?: readonly number[],
    inBounds?: boolean,
  ) => Node;
  readonly scatter: (
    updates: Node,
    indices: readonly Operand[],
    shape: readonly DimLike[],
    axes?: readonly number[],
  ) => Node;
  readonly put: (
    x: Node,
    value: Operand,
    indices: readonly Operand[],
    axes?: readonly number[],
  ) => Node;
  /** Positions of the true entries of a mask, int[length, rank]. */
  readonly compress: (mask: Node, length: Dim) => Node;
  readonly argmax: (x: Node, axis: number) => Node;
  readonly argmin: (x: Node, axis: number) => Node;
  readonly cumsum: (x: Node, axis: number, reverse?: boolean) => Node;
  readonly cumprod: (x: Node, axis: number, reverse?: boolean) => Node;
  readonly sort: (x: Node, axis: number, descending?: boolean) => Node;
  readonly argsort: (x: Node, axis: number, descending?: boolean) => Node;
}

/** Arithmetic with builders that arrange. */
export class ArrangementBuilder extends ArithmeticBuilder implements Arrangement {
  readonly reshape = (x: Node, shape: readonly DimLike[]): Node => {
    const target = toShape(shape);
    if (sameShape(target, x.type.shape)) return x;
    const inner = isOp(x, 'reshape') ? x.args[0] : x;
    return sameShape(target, inner.type.shape) && inner.type.storage === 'dense'
      ? inner
      : this.make('reshape', { shape: target }, [inner]);
  };

  readonly slice = (x: Node, start: readonly DimLike[], size: readonly DimLike[]): Node => {
    const [from, block] = [toShape(start), toShape(size)];
    return sameShape(block, x.type.shape) && from.every((dim) => constantValue(dim) === 0)
      ? x
      : this.make('slice', { start: from, size: block }, [x]);
  };

  readonly sliceAxis = (x: Node, axis: number, start: DimLike, size: DimLike): Node =>
    this.slice(
      x,
      x.type.shape.map((_, k) => (k === axis ? start : 0)),
      x.type.shape.map((dim, k) => (k === axis ? size : dim)),
    );

  readonly broadcastTo = (
    operand: Operand,
    shape: readonly DimLike[],
    axes?: readonly number[],
  ): Node => {
    const x = this.node(operand);
    const target = toShape(shape);
    const rank = x.type.shape.length;
    const onto = axes ?? x.type.shape.map((_, k) => target.length - rank + k);
    const repeats = x.type.shape.map(
      (dim, k) => constantValue(dim) === 1 && !sameDim(dim, target[onto[k]]),
    );
    const kept = this.reshape(
      x,
      x.type.shape.filter((_, k) => !repeats[k]),
    );
    const keptAxes = onto.filter((_, k) => !repeats[k]);
    return sameShape(kept.type.shape, target) && keptAxes.every((axis, k) => axis === k)
      ? kept
      : this.make('broadcast', { shape: target, axes: keptAxes }, [kept]);
  };

  readonly concat = (parts: readonly Node[], axis: number): Node => {
    const kept = parts.filter(({ type }) => constantValue(type.shape[axis]) !== 0);
    if (kept.length === 1) return kept[0];
    return this.make('concat', { axis }, kept.length === 0 ? parts.slice(0, 1) : kept);
  };

  readonly expandAxis = (x: Node, axis: number): Node =>
    this.reshape(x, [...x.type.shape.slice(0, axis), constantDim(1), ...x.type.shape.slice(axis)]);

  readonly transpose: Arrangement['transpose'] = (x, permutation) => {
    const axes = permutation ?? x.type.shape.map((_, k) => x.type.shape.length - 1 - k);
    const composed = isOp(x, 'transpose') ? axes.map((k) => x.attributes.permutation[k]) : axes;
    const inner = isOp(x, 'transpose') ? x.args[0] : x;
    return composed.every((axis, k) => axis === k) && composed.length === inner.type.shape.length
      ? inner
      : this.make('transpose', { permutation: composed }, [inner]);
  };
  readonly flatten: Arrangement['flatten'] = (x) =>
    this.reshape(x, [x.type.shape.reduce(multiplyDims, constantDim(1))]);
  readonly at: Arrangement['at'] = (x, axis, position) =>
    this.reshape(
      this.sliceAxis(x, axis, position, 1),
      x.type.shape.filter((_, k) => k !== axis),
    );
  readonly pad: Arrangement['pad'] = (x, before, shape) => {
    const target = toShape(shape);
    return sameShape(target, x.type.shape)
      ? x
      : this.make('pad', { before: toShape(before), shape: target }, [x]);
  };
  readonly reverse: Arrangement['reverse'] = (x, axis) => this.make('reverse', { axis }, [x]);
  readonly stack: Arrangement['stack'] = (parts, axis = 0) =>
    this.concat(
      parts.map((part) => this.expandAxis(part, axis)),
      axis,
    );
  readonly gather: Arrangement['gather'] = (
    x,
    indices,
    axes = firstAxes(indices),
    inBounds = false,
  ) => this.make('gather', { axes, inBounds }, [x, ...indices.map(this.node)]);
  readonly scatter: Arrangement['scatter'] = (updates, indices, shape, axes = firstAxes(indices)) =>
    this.make('scatter', { axes, shape: toShape(shape) }, [updates, ...indices.map(this.node)]);
  readonly put: Arrangement['put'] = (x, value, indices, axes = firstAxes(indices)) => {
    const positions = indices.map(this.node);
    const [first] = positions;
    if (first === undefined) throw new InternalError(`put into ${printType(x.type)} without index`);
    const shape = [...first.type.shape, ...x.type.shape.filter((_, k) => !axes.includes(k))];
    const part = this.node(value);
    const filled = part.type.shape.length === 0 ? this.full(part, shape) : part;
    return this.make('put', { axes }, [x, filled, ...positions]);
  };
  readonly compress: Arrangement['compress'] = (mask, length) =>
    this.make('compress', { length }, [mask]);
  readonly argmax: Arrangement['argmax'] = (x, axis) =>
    this.make('argreduce', { fn: 'argmax', axis }, [x]);
  readonly argmin: Arrangement['argmin'] = (x, axis) =>
    this.make('argreduce', { fn: 'argmin', axis }, [x]);
  readonly cumsum: Arrangement['cumsum'] = (x, axis, reverse = false) =>
    this.make('cumulate', { fn: 'sum', axis, reverse }, [x]);
  readonly cumprod: Arrangement['cumprod'] = (x, axis, reverse = false) =>
    this.make('cumulate', { fn: 'prod', axis, reverse }, [x]);
  readonly sort: Arrangement['sort'] = (x, axis, descending = false) =>
    this.make('sort', { axis, descending }, [x]);
  readonly argsort: Arrangement['argsort'] = (x, axis, descending = false) =>
    this.make('argsort', { axis, descending }, [x]);
}

const firstAxes = (indices: readonly Operand[]): readonly number[] => indices.map((_, k) => k);
