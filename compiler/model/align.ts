// Shapes that meet: equal shapes or a scalar with anything for plain operators, NumPy's rule for dotted ones.
import type { Span } from '../../grammar/span.ts';
import type { Related } from '../../grammar/diagnostic.ts';
import { complain, type Context } from './context.ts';
import { axisOrigins } from './origins.ts';
import { printTyped } from './print.ts';
import { turned } from './products.ts';
import { joinAxes, oneDim, showShape } from './type-of.ts';
import type {
  Alignment,
  Axis,
  ElementKind,
  ElementwiseFn,
  IndexSet,
  TensorType,
  TypedExpression,
} from './types.ts';

const scalarAlignment: Alignment = { keep: [], to: [] };
const identities: readonly Alignment[] = Array.from({ length: 6 }, (_, rank) => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return { keep: axes, to: axes };
});

export const identityAlignment = (rank: number): Alignment =>
  identities[rank] ?? {
    keep: Array.from({ length: rank }, (_, axis) => axis),
    to: Array.from({ length: rank }, (_, axis) => axis),
  };

/** An elementwise node over arguments of the given shape, or scalars. */
export function elementwise(
  fn: ElementwiseFn,
  args: readonly TypedExpression[],
  type: TensorType,
  span: Span,
): TypedExpression {
  const alignments = args.map((a) =>
    a.type.shape.length === 0 ? scalarAlignment : identityAlignment(a.type.shape.length),
  );
  return { kind: 'elementwise', fn, args, alignments, type, span };
}

/** The set that labels an axis, seen through the roles of a pattern. */
export function actualSet(set: IndexSet | undefined): IndexSet | undefined {
  let s = set;
  while (s?.elements.kind === 'role' && s.elements.actual !== undefined) s = s.elements.actual;
  return s;
}

const isNamedBySet = (set: IndexSet): boolean =>
  set.elements.kind === 'labels' ||
  set.elements.kind === 'column' ||
  set.elements.kind === 'tuples';

/** Axes whose entries have different names do not meet, whatever their sizes. */
export function setsClash(a: Axis, b: Axis): boolean {
  const [p, q] = [actualSet(a.set), actualSet(b.set)];
  return p !== undefined && q !== undefined && p !== q && isNamedBySet(p) && isNamedBySet(q);
}

/** Whether two axes may be equal; changes nothing. */
export const axesFit = (context: Context, a: Axis, b: Axis): boolean =>
  !setsClash(a, b) && context.shared.sizes.fits(a.size, b.size);

export const axesAgree = (context: Context, a: Axis, b: Axis, at: Span): boolean =>
  !setsClash(a, b) && context.shared.sizes.agree(a.size, b.size, at);

export const shapesFit = (context: Context, a: readonly Axis[], b: readonly Axis[]): boolean =>
  a.length === b.length && a.every((axis, i) => axesFit(context, axis, b[i]));

export const shapesAgree = (
  context: Context,
  a: readonly Axis[],
  b: readonly Axis[],
  at: Span,
): boolean => shapesFit(context, a, b) && a.every((axis, i) => axesAgree(context, axis, b[i], at));

export const joinShapes = (a: readonly Axis[], b: readonly Axis[]): readonly Axis[] =>
  a === b ? a : a.map((axis, i) => joinAxes(axis, b[i]));

/** The row mark of a result of two vectors. */
export const joinRows = (a: TensorType, b: TensorType): Pick<TensorType, 'row'> => {
  const row =
    a.row === 'transposed' || b.row === 'transposed'
      ? 'transposed'
      : a.row === 'slice' && b.row === 'slice'
        ? 'slice'
        : undefined;
  return row === undefined ? {} : { row };
};

export const rowOf = (type: TensorType): Pick<TensorType, 'row'> =>
  type.row === undefined ? {} : { row: type.row };

/** The shape of `a op b`: equal shapes, or a scalar with anything. Undefined after a message. */
export function meet(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  op: string,
  span: Span,
): Pick<TensorType, 'shape' | 'row'> | undefined {
  const [p, q] = [a.type.shape, b.type.shape];
  if (p.length === 0) return { shape: q, ...rowOf(b.type) };
  if (q.length === 0) return { shape: p, ...rowOf(a.type) };
  if (shapesAgree(context, p, q, span)) {
    return { shape: joinShapes(p, q), ...joinRows(a.type, b.type) };
  }
  const help = meetingHelp(context, a, b, op);
  complain(
    context,
    'M101',
    span,
    { op, left: showShape(p), right: showShape(q) },
    { related: bothOrigins(context, a, b), ...(help === undefined ? {} : { help }) },
  );
  return undefined;
}

function meetingHelp(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  op: string,
): string | undefined {
  const [p, q] = [a.type.shape, b.type.shape];
  if (p.length === 2 && q.length === 2 && shapesFit(context, p, [q[1], q[0]])) {
    return `the transpose fits: ${printTyped(a)} ${op} ${turned(b)}`;
  }
  const dotted = op === '+' || op === '-' ? `.${op}` : undefined;
  if (dotted !== undefined && broadcastShape(context, p, q) !== undefined) {
    return `write ${dotted} to repeat the smaller one along the other axes`;
  }
  return undefined;
}

/** Where the axes in which two shapes differ come from. */
export function bothOrigins(context: Context, a: TypedExpression, b: TypedExpression): Related[] {
  const [p, q] = [a.type.shape, b.type.shape];
  if (p.length !== q.length) {
    return [...axisOrigins(context, a, undefined), ...axisOrigins(context, b, undefined)];
  }
  const at = p.findIndex((axis, i) => !axesFit(context, axis, q[i]));
  return at < 0 ? [] : [...axisOrigins(context, a, at), ...axisOrigins(context, b, at)];
}

/** NumPy's shape of two shapes aligned at the last axis, or undefined; changes nothing. */
function broadcastShape(
  context: Context,
  a: readonly Axis[],
  b: readonly Axis[],
): readonly Axis[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: Axis[] = [];
  for (let i = 0; i < rank; i++) {
    const p = a[i - rank + a.length];
    const q = b[i - rank + b.length];
    if (p === undefined || isOne(p)) shape.push(q ?? p);
    else if (q === undefined || isOne(q)) shape.push(p);
    else if (axesFit(context, p, q)) shape.push(joinAxes(p, q));
    else return undefined;
  }
  return shape;
}

const isOne = (axis: Axis): boolean => axis.size.key === oneDim.key;

/** `a .op b`. Undefined after a message. */
export function broadcast(
  context: Context,
  fn: ElementwiseFn,
  a: TypedExpression,
  b: TypedExpression,
  op: string,
  element: ElementKind,
  span: Span,
): TypedExpression | undefined {
  const [p, q] = [a.type.shape, b.type.shape];
  const shape = broadcastShape(context, p, q);
  if (shape === undefined) {
    const clash = clashOf(context, p, q);
    complain(
      context,
      'M109',
      span,
      { op, left: showShape(p), right: showShape(q), a: clash[0], b: clash[1] },
      { related: bothOrigins(context, a, b), ...dottedHelp(context, a, b, op) },
    );
    return undefined;
  }
  for (let i = 1; i <= Math.min(p.length, q.length); i++) {
    const [x, y] = [p[p.length - i], q[q.length - i]];
    if (!isOne(x) && !isOne(y)) axesAgree(context, x, y, span);
  }
  const alignments = [alignTo(p, shape), alignTo(q, shape)];
  const row = shape.length === 1 ? joinRows(a.type, b.type) : {};
  return {
    kind: 'elementwise',
    fn,
    args: [a, b],
    alignments,
    type: { element, shape, ...row },
    span,
  };
}

function clashOf(context: Context, a: readonly Axis[], b: readonly Axis[]): [string, string] {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [x, y] = [a[a.length - i], b[b.length - i]];
    if (!isOne(x) && !isOne(y) && !axesFit(context, x, y)) {
      return [x.set?.name ?? x.size.key, y.set?.name ?? y.size.key];
    }
  }
  return ['', ''];
}

function dottedHelp(
  context: Context,
  a: TypedExpression,
  b: TypedExpression,
  op: string,
): { help?: string } {
  const [p, q] = [a.type.shape, b.type.shape];
  if (q.length === 2 && broadcastShape(context, p, [q[1], q[0]]) !== undefined) {
    return { help: `the transpose fits: ${printTyped(a)} ${op} ${turned(b)}` };
  }
  if (p.length === 2 && broadcastShape(context, [p[1], p[0]], q) !== undefined) {
    return { help: `the transpose fits: ${turned(a)} ${op} ${printTyped(b)}` };
  }
  if (p.length === 2 && q.length === 1 && axesFit(context, p[0], q[0])) {
    return {
      help: 'axes align at the last one: reshape(v, n, 1) makes a column of a vector',
    };
  }
  return {};
}

function alignTo(axes: readonly Axis[], shape: readonly Axis[]): Alignment {
  const offset = shape.length - axes.length;
  const keep: number[] = [];
  const to: number[] = [];
  axes.forEach((axis, i) => {
    if (isOne(axis) && !isOne(shape[i + offset])) return;
    keep.push(i);
    to.push(i + offset);
  });
  return { keep, to };
}
