// `A[i, :]`: every subscript resolved against its axis.
import type { Expr, Index, IndexArgument } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import { constantValue, type Dim } from '../tensor/dim.ts';
import { minus, multiple, plus } from './size-arithmetic.ts';
import { actualSet, elementwise } from './align.ts';
import { complain, fail, unknownNode, type Context } from './context.ts';
import { expression } from './expression.ts';
import { isNegative, isNonNegative, toDim, valueRange, windowSize } from './integers.ts';
import { anyUnknown, needWhole } from './kinds.ts';
import { hasLabels, labelNode } from './labels.ts';
import { axisOrigins } from './origins.ts';
import { elementTypes, rangeSize } from './sets.ts';
import {
  count,
  intType,
  isOpenRole,
  isUnknown,
  labelSet,
  oneDim,
  plainAxis,
  showFullType,
  showType,
  vectorType,
  zeroDim,
} from './type-of.ts';
import type { Axis, IndexSet, Subscript, TypedExpression } from './types.ts';

export function index(context: Context, e: Index): TypedExpression {
  const operand = expression(context, e.operand);
  return indexed(context, operand, e.args, e.span);
}

/** An operand with subscripts. */
export function indexed(
  context: Context,
  operand: TypedExpression,
  args: readonly IndexArgument[],
  span: Span,
): TypedExpression {
  if (isUnknown(operand.type)) {
    for (const arg of args)
      if (arg.kind !== 'All') expression({ ...context, end: zeroSize(span) }, arg);
    return unknownNode(span);
  }
  const found = subscriptsOf(context, operand, args, span);
  if (found === undefined) return unknownNode(span);
  const { subscripts, shape } = found;
  const slice = isRowSlice(subscripts, operand) ? ({ row: 'slice' } as const) : {};
  const type = { element: operand.type.element, shape, ...slice };
  return { kind: 'indexed', operand, subscripts, type, span };
}

const zeroSize = (span: Span): TypedExpression => ({
  kind: 'size',
  dim: zeroDim,
  type: intType,
  span,
});

/** `A[i, :]` and `A[i, a..b]` read as rows in products. */
function isRowSlice(subscripts: readonly Subscript[], operand: TypedExpression): boolean {
  const kept = subscripts.filter((s) => s.kind === 'all' || s.kind === 'slice');
  const [first] = subscripts;
  return (
    operand.type.shape.length === 2 &&
    kept.length === 1 &&
    (first.kind === 'position' || first.kind === 'member') &&
    kept[0].axis === 1
  );
}

/** Subscripts for every axis and the shape that is left. Undefined after a message. */
export function subscriptsOf(
  context: Context,
  operand: TypedExpression,
  args: readonly IndexArgument[],
  span: Span,
): { readonly subscripts: readonly Subscript[]; readonly shape: readonly Axis[] } | undefined {
  const axes = operand.type.shape;
  const subscripts: Subscript[] = [];
  const shape: Axis[] = [];
  let at = 0;
  let failed = false;
  for (const [axis, one] of axes.entries()) {
    const arg = args[at];
    if (arg === undefined) return wrongCount(context, operand, args, span);
    const inner = { ...context, end: endOf(one, axes, axis, span) };
    const taken = axisSubscript(inner, operand, axis, args, at);
    at += taken.used;
    if (taken.subscript === undefined) failed = true;
    else {
      subscripts.push(taken.subscript);
      shape.push(...taken.shape);
    }
  }
  if (at < args.length) return wrongCount(context, operand, args, span);
  if (failed) return undefined;
  return { subscripts, shape };
}

function wrongCount(
  context: Context,
  operand: TypedExpression,
  args: readonly IndexArgument[],
  span: Span,
): undefined {
  const axes = operand.type.shape;
  const own = operand.kind === 'reference' && context.agents !== undefined ? operand.to : undefined;
  if (own?.kind === 'state' && own.agents === context.agents?.set && args.length > axes.length) {
    complain(context, 'M609', span, { name: own.name });
    return undefined;
  }
  const wanted = axes.reduce((n, axis) => n + (actualSet(axis.set)?.arity ?? 1), 0);
  const missing = args.length < axes.length && args.length > 0;
  complain(
    context,
    'M115',
    span,
    {
      shape: showType(operand.type),
      wanted: axes.length === 0 ? 'no index' : count(wanted, 'index').replace('indexs', 'indices'),
      found: String(args.length),
    },
    {
      related: axisOrigins(context, operand, undefined),
      ...(missing ? { help: 'write : for an axis that is taken whole' } : {}),
    },
  );
  return undefined;
}

/** What `end` is on an axis: its last index. */
function endOf(
  axis: Axis,
  axes: readonly Axis[],
  position: number,
  span: Span,
): TypedExpression | undefined {
  void axes;
  void position;
  const first = firstIndex(axis);
  if (first === undefined) return undefined;
  const dim = minus(plus(first, axis.size), oneDim);
  return { kind: 'size', dim, type: intType, span };
}

/** The index of the first entry: 1, or the first element of a range; undefined where indices are no numbers in order. */
function firstIndex(axis: Axis): Dim | undefined {
  const set = actualSet(axis.set);
  if (set === undefined) return oneDim;
  return set.elements.kind === 'range' ? set.elements.first : undefined;
}

interface Taken {
  readonly used: number;
  readonly subscript: Subscript | undefined;
  readonly shape: readonly Axis[];
}

const none = (used: number): Taken => ({ used, subscript: undefined, shape: [] });

function axisSubscript(
  context: Context,
  operand: TypedExpression,
  axis: number,
  args: readonly IndexArgument[],
  at: number,
): Taken {
  const one = operand.type.shape[axis];
  const arg = args[at];
  if (arg.kind === 'All') return { used: 1, subscript: { kind: 'all', axis }, shape: [one] };
  const set = actualSet(one.set);
  if (arg.kind === 'Range') return rangeSubscript(context, one, axis, arg);
  if (set !== undefined && isListed(set)) return memberSubscript(context, set, axis, args, at);
  const value = expression(context, arg);
  if (isUnknown(value.type)) return none(1);
  if (set !== undefined && hasLabels(set)) return labelSubscript(context, set, axis, value);
  return numberSubscript(context, operand, axis, value);
}

/** Elements that are no consecutive numbers or labels are found by their values. */
const isListed = (set: IndexSet): boolean =>
  set.elements.kind === 'tuples' ||
  set.elements.kind === 'numbers' ||
  (set.elements.kind === 'role' && set.elements.actual === undefined);

function memberSubscript(
  context: Context,
  set: IndexSet,
  axis: number,
  args: readonly IndexArgument[],
  at: number,
): Taken {
  const types = elementTypes(set);
  const values: TypedExpression[] = [];
  for (let i = at; i < args.length && values.length < types.length; i++) {
    const arg = args[i];
    if (arg.kind === 'All') break;
    const parts = arg.kind === 'Tuple' ? arg.items : [arg];
    for (const part of parts) values.push(expression(context, part));
    if (arg.kind === 'Tuple') break;
    const last = values[values.length - 1];
    if (labelSet(last.type.element) === set) {
      return {
        used: 1,
        subscript: { kind: 'position', axis, value: last, first: zeroDim, inBounds: true },
        shape: [],
      };
    }
  }
  const used = args[at]?.kind === 'Tuple' ? 1 : values.length;
  if (anyUnknown(...values)) return none(Math.max(1, used));
  const wanted = set.name === undefined ? 'elements of its set' : `elements of ${set.name}`;
  if (values.length !== types.length) {
    complain(context, 'M403', args[at].span, {
      wanted: `${wanted} (${count(types.length, 'component')})`,
      found: String(values.length),
    });
    return none(Math.max(1, used));
  }
  const checked = values.map((value, i) => component(context, value, types[i], wanted));
  if (anyUnknown(...checked)) return none(used);
  return { used, subscript: { kind: 'member', axis, set, values: checked }, shape: [] };
}

function component(
  context: Context,
  value: TypedExpression,
  type: TypedExpression['type'],
  wanted: string,
): TypedExpression {
  const labels = labelSet(type.element);
  const text =
    value.kind === 'text' && labels !== undefined ? labelNode(context, value, labels) : value;
  if (isUnknown(text.type) || isUnknown(type)) return text;
  const fits =
    labels === undefined
      ? text.type.element === 'int' || (type.element === 'real' && text.type.element === 'real')
      : labelSet(text.type.element) === labels;
  if (fits && text.type.shape.length === 0) return text;
  return fail(context, 'M403', value.span, { wanted, found: showFullType(value.type) });
}

function labelSubscript(
  context: Context,
  set: IndexSet,
  axis: number,
  value: TypedExpression,
): Taken {
  const label = value.kind === 'text' ? labelNode(context, value, set) : value;
  if (isUnknown(label.type)) return none(1);
  const own = labelSet(label.type.element);
  if (actualSet(own) !== set && !isOpenRole(own)) {
    const name = set.name ?? 'a set';
    const number = label.type.element === 'int' || label.type.element === 'real';
    complain(
      context,
      'M403',
      value.span,
      { wanted: `the labels of ${name}`, found: showFullType(label.type) },
      {
        related: [{ span: set.span, message: `${name} is a set of labels` }],
        ...(number
          ? { help: 'a label is not a number: bind one with i in the set, or write it as a text' }
          : {}),
      },
    );
    return none(1);
  }
  return positioned(axis, label, zeroDim, true);
}

function positioned(axis: number, value: TypedExpression, first: Dim, inBounds: boolean): Taken {
  const kind = value.type.shape.length === 0 ? 'position' : 'gather';
  return { used: 1, subscript: { kind, axis, value, first, inBounds }, shape: value.type.shape };
}

function numberSubscript(
  context: Context,
  operand: TypedExpression,
  axis: number,
  value: TypedExpression,
): Taken {
  const one = operand.type.shape[axis];
  const first = firstIndex(one);
  const labels = labelSet(value.type.element);
  if (isOpenRole(labels)) return positioned(axis, value, zeroDim, false);
  if (labels !== undefined || value.type.element === 'string') {
    const name = labels?.name ?? 'a set';
    complain(
      context,
      'M403',
      value.span,
      {
        wanted: 'numbers',
        found: labels === undefined ? 'a text' : `an element of ${name}`,
      },
      { related: axisOrigins(context, operand, axis) },
    );
    return none(1);
  }
  const whole = needWhole(context, value, 'an index');
  if (isUnknown(whole.type) || whole.type.element === 'bool' || first === undefined) {
    if (whole.type.element === 'bool') {
      complain(context, 'M203', value.span, { what: 'an index', found: 'bool' });
    }
    return none(1);
  }
  const place = placeOf(context, whole, first, one.size);
  if (place === 'outside') {
    outOfRange(context, operand, axis, whole, first);
    return none(1);
  }
  return positioned(axis, whole, first, place === 'inside');
}

/** Whether an index is proven to lie on its axis, or off it. */
function placeOf(
  context: Context,
  value: TypedExpression,
  first: Dim,
  size: Dim,
): 'inside' | 'outside' | 'unknown' {
  const range = valueRange(context.shared, value);
  if (range === undefined) return 'unknown';
  const below = minus(range.low, first);
  const above = minus(minus(plus(first, size), oneDim), range.high);
  if (isNonNegative(below) && isNonNegative(above)) return 'inside';
  if (context.guarded) return 'unknown';
  return isNegative(below) || isNegative(above) || knownNegative(context, below, above)
    ? 'outside'
    : 'unknown';
}

/** At the sizes of this file the index leaves the axis. */
function knownNegative(context: Context, below: Dim, above: Dim): boolean {
  const [a, b] = [context.shared.sizes.value(below), context.shared.sizes.value(above)];
  return (a !== undefined && a < 0) || (b !== undefined && b < 0);
}

function outOfRange(
  context: Context,
  operand: TypedExpression,
  axis: number,
  value: TypedExpression,
  first: Dim,
): void {
  const range = valueRange(context.shared, value);
  const size = operand.type.shape[axis].size;
  const last = minus(plus(first, size), oneDim);
  const ends =
    range === undefined
      ? ''
      : range.low.key === range.high.key
        ? range.low.key
        : `${range.low.key}..${range.high.key}`;
  complain(
    context,
    'M116',
    value.span,
    { index: ends, range: `${first.key}..${last.key}` },
    { related: axisOrigins(context, operand, axis) },
  );
}

/** `a..b` on an axis: a block where its ends are sizes, else a moving window of fixed size. */
function rangeSubscript(
  context: Context,
  one: Axis,
  axis: number,
  arg: Extract<Expr, { readonly kind: 'Range' }>,
): Taken {
  const first = firstIndex(one);
  if (first === undefined) {
    complain(context, 'M403', arg.span, {
      wanted: `the elements of ${one.set?.name ?? 'its set'}`,
      found: 'a range of numbers',
    });
    return none(1);
  }
  const from = needWhole(context, expression(context, arg.from), 'the start of a range');
  const to = needWhole(context, expression(context, arg.to), 'the end of a range');
  if (anyUnknown(from, to)) return none(1);
  const start = toDim(context.shared, from);
  const last = start === undefined ? undefined : toDim(context.shared, to);
  if (start === undefined || last === undefined)
    return windowSubscript(context, axis, arg, from, to, first);
  const size = rangeSize(start, last);
  const block: Subscript = { kind: 'slice', axis, start: minus(start, first), size };
  if (leaves(context, one, first, start, last, size)) {
    complain(context, 'M116', arg.span, {
      index: `${start.key}..${last.key}`,
      range: `${first.key}..${minus(plus(first, one.size), oneDim).key}`,
    });
    return none(1);
  }
  return { used: 1, subscript: block, shape: [plainAxis(size)] };
}

function leaves(
  context: Context,
  one: Axis,
  first: Dim,
  start: Dim,
  last: Dim,
  size: Dim,
): boolean {
  if (constantValue(size) === 0 || context.guarded) return false;
  const below = minus(start, first);
  const above = minus(minus(plus(first, one.size), oneDim), last);
  const empty = isNegative(plus(size, multiple(oneDim, -1)));
  return !empty && (isNegative(below) || isNegative(above) || knownNegative(context, below, above));
}

function windowSubscript(
  context: Context,
  axis: number,
  arg: Extract<Expr, { readonly kind: 'Range' }>,
  from: TypedExpression,
  to: TypedExpression,
  first: Dim,
): Taken {
  const size = windowSize(context.shared, from, to);
  if (size === undefined) {
    complain(context, 'M118', arg.span, { what: 'the length of this range' });
    return none(1);
  }
  const type = vectorType('int', size);
  const offsets: TypedExpression = { kind: 'range', first: zeroDim, type, span: arg.span };
  const value = elementwise('add', [from, offsets], type, arg.span);
  return positioned(axis, value, first, false);
}
