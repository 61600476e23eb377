// Rearranging: shapes, joins, orders, cumulation, transforms.
import type { Call } from '../../../grammar/ast.ts';
import { minus, plus, product, productOf } from '../size-arithmetic.ts';
import { elementwise } from '../align.ts';
import type { Matched } from '../arguments.ts';
import type { ArrangingName } from '../builtins.ts';
import { fail, unknownNode, type Context } from '../context.ts';
import { sizeOf } from '../dimensions.ts';
import { expression } from '../expression.ts';
import { anyUnknown, needNumbers, needWholeScalar } from '../kinds.ts';
import { bothOrigins } from '../align.ts';
import {
  intType,
  isUnknown,
  joinKinds,
  oneDim,
  plainAxis,
  showShape,
  showType,
  vectorType,
  zeroDim,
} from '../type-of.ts';
import { symbolsOf } from '../../tensor/dim.ts';
import type { Axis, TypedExpression } from '../types.ts';
import { argument, axisOf, callNode, misfit, needRank } from './common.ts';
import { join, stack } from './joins.ts';
import { shapeOf } from './making.ts';
import { elementAlong } from './reductions.ts';

export function arranging(
  context: Context,
  name: ArrangingName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  switch (name) {
    case 'hcat':
    case 'vcat':
    case 'stack': {
      const items = matched.map((m) =>
        needNumbers(context, argument(context, m, e.span), `\`${name}\``),
      );
      if (anyUnknown(...items)) return unknownNode(e.span);
      if (items.length === 0) return fail(context, 'M304', e.span, { name, argument: 'items' });
      return name === 'stack' ? stack(context, items, e.span) : join(context, name, items, e.span);
    }
    case 'reshape':
      return reshape(context, matched, e);
    case 'size':
    case 'dim':
    case 'ndim':
      return sizeCall(context, name, matched, e);
    case 'vec':
    case 'repeat':
    case 'flip':
    case 'roll':
    case 'sort':
    case 'argsort':
    case 'top':
    case 'cumsum':
    case 'cumprod':
    case 'conv':
    case 'fft':
    case 'ifft':
    case 'softmax':
      return ofNumbers(context, name, matched, e);
  }
}

function ofNumbers(
  context: Context,
  name: Exclude<ArrangingName, 'hcat' | 'vcat' | 'stack' | 'reshape' | 'size' | 'dim' | 'ndim'>,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const { span } = e;
  const [first, second, third] = matched;
  const x = needNumbers(context, argument(context, first, span), `\`${name}\``);
  if (isUnknown(x.type)) {
    for (const m of matched.slice(1)) argument(context, m, span);
    return unknownNode(span);
  }
  const { shape, element } = x.type;
  switch (name) {
    case 'vec': {
      const type = vectorType(element, productOf(shape.map((a) => a.size)));
      return { kind: 'reshape', operand: x, type, span };
    }
    case 'flip':
    case 'cumsum':
    case 'cumprod':
    case 'sort':
    case 'argsort': {
      const axis = orderAxis(context, name, second, x);
      if (axis === undefined) return unknownNode(span);
      if (name === 'argsort') return argsort(x, axis, e);
      const kind = name === 'cumsum' || name === 'cumprod' ? joinKinds(element, 'int') : element;
      const kept = name === 'sort' || name === 'flip' ? dropSet(shape, axis) : shape;
      return callNode(name, [x], { element: kind, shape: kept }, span, axis);
    }
    case 'softmax':
      if (shape.length === 0) return misfit(context, name, 'a vector or a matrix', x);
      return callNode(
        name,
        [x],
        { element: joinKinds(element, 'real'), shape },
        span,
        shape.length - 1,
      );
    case 'fft':
    case 'ifft':
      if (shape.length === 0) return misfit(context, name, 'a vector or a matrix', x);
      return callNode(name, [x], { element: 'complex', shape }, span, shape.length - 1);
    case 'conv':
      return conv(context, x, argument(context, second, span), e);
    case 'top': {
      const vector = needRank(context, name, x, 1);
      const size = sizeOf(context, argument(context, second, span), 'the second argument of `top`');
      if (size === undefined || isUnknown(vector.type)) return unknownNode(span);
      return callNode(name, [vector], vectorType(element, size), span);
    }
    case 'repeat':
      return repeat(context, x, argument(context, second, span), e);
    case 'roll': {
      const by = needWholeScalar(context, argument(context, second, span), 'the shift of `roll`');
      const axis = axisOf(context, third, x);
      if (axis === 'bad' || isUnknown(by.type)) return unknownNode(span);
      const along = axis ?? (shape.length === 1 ? 0 : undefined);
      return callNode(name, [x, by], { element, shape }, span, along);
    }
  }
}

/** Entries that move lose the names of their axis. */
const dropSet = (shape: readonly Axis[], axis: number): readonly Axis[] =>
  shape.map((a, i) => (i === axis ? plainAxis(a.size) : a));

/** The axis of an order or cumulation: the only one of a vector, else it must be named. */
function orderAxis(
  context: Context,
  name: string,
  matched: Matched,
  x: TypedExpression,
): number | undefined {
  const axis = axisOf(context, matched, x);
  if (axis === 'bad') return undefined;
  if (axis !== undefined) return axis;
  if (x.type.shape.length === 1) return 0;
  fail(
    context,
    'M113',
    x.span,
    { name, wanted: 'a vector, or an axis', found: showType(x.type) },
    { help: `write ${name}(…, axis = 1)` },
  );
  return undefined;
}

/** Elements of the axis in ascending order of the entries. */
function argsort(x: TypedExpression, axis: number, e: Call): TypedExpression {
  const { element, first } = elementAlong(x.type.shape[axis]);
  const shape = dropSet(x.type.shape, axis);
  const positions = callNode('argsort', [x], { element: 'int', shape }, e.span, axis);
  if (first.key === oneDim.key) return positions;
  const shift: TypedExpression = {
    kind: 'size',
    dim: minus(first, oneDim),
    type: intType,
    span: e.span,
  };
  return elementwise('add', [positions, shift], { element, shape }, e.span);
}

function reshape(context: Context, matched: readonly Matched[], e: Call): TypedExpression {
  const [first, ...rest] = matched;
  const x = argument(context, first, e.span);
  const shape = shapeOf(context, 'reshape', rest, e);
  if (isUnknown(x.type) || shape === undefined) return unknownNode(e.span);
  const before = productOf(x.type.shape.map((a) => a.size));
  const after = productOf(shape.map((a) => a.size));
  // How long a pattern variable is shows when the method meets a problem, which is when this is asked again.
  const open = [before, after].flatMap(symbolsOf).some((symbol) => symbol.startsWith('dim('));
  if (!open && !context.shared.sizes.agree(before, after, e.span)) {
    return fail(
      context,
      'M113',
      e.span,
      {
        name: 'reshape',
        wanted: `as many entries as ${showShape(shape)} has (${after.key})`,
        found: `${showType(x.type)} with ${before.key}`,
      },
      { related: bothOrigins(context, x, x) },
    );
  }
  return { kind: 'reshape', operand: x, type: { element: x.type.element, shape }, span: e.span };
}

function conv(context: Context, a: TypedExpression, y: TypedExpression, e: Call): TypedExpression {
  const b = needNumbers(context, y, '`conv`');
  const left = needRank(context, 'conv', a, 1);
  const right = needRank(context, 'conv', b, 1);
  if (anyUnknown(left, right)) return unknownNode(e.span);
  const size = minus(plus(left.type.shape[0].size, right.type.shape[0].size), oneDim);
  const element = joinKinds(a.type.element, b.type.element, 'int');
  return callNode('conv', [left, right], vectorType(element, size), e.span);
}

function repeat(
  context: Context,
  x: TypedExpression,
  times: TypedExpression,
  e: Call,
): TypedExpression {
  const size = sizeOf(context, times, 'the number of repetitions');
  if (size === undefined) return unknownNode(e.span);
  const [first, ...rest] = x.type.shape;
  const long = first === undefined ? size : product(first.size, size);
  return callNode(
    'repeat',
    [x],
    { element: x.type.element, shape: [plainAxis(long), ...rest] },
    e.span,
  );
}

/** `size(A, 1)`, `size(A)`, `dim(x)` (the number of entries), `ndim(x)`. */
function sizeCall(
  context: Context,
  name: 'size' | 'dim' | 'ndim',
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const { span } = e;
  const [first, second] = matched;
  if (first.argument === undefined) return unknownNode(span);
  const x = expression(context, first.argument.value);
  if (isUnknown(x.type)) return unknownNode(span);
  const sizes = x.type.shape.map((a) => a.size);
  if (name === 'ndim') return { kind: 'number', value: sizes.length, type: intType, span };
  if (name === 'dim') return { kind: 'size', dim: productOf(sizes), type: intType, span };
  const axis = axisOf(context, second, x);
  if (axis === 'bad') return unknownNode(span);
  if (axis !== undefined) return { kind: 'size', dim: sizes[axis] ?? zeroDim, type: intType, span };
  if (sizes.length === 0) return misfit(context, 'size', 'a tensor', x);
  const items = sizes.map((dim): TypedExpression => ({ kind: 'size', dim, type: intType, span }));
  const length = plus(
    zeroDim,
    items.reduce((n) => plus(n, oneDim), zeroDim),
  );
  return { kind: 'tensor', items, type: vectorType('int', length), span };
}
