// Unary operators, `if then else`, lists.
import type { Conditional, Tensor, Unary } from '../../grammar/ast.ts';
import { elementwise, joinRows, joinShapes, shapesAgree } from './align.ts';
import { complain, fail, unknownNode, type Context } from './context.ts';
import { elaborate, expression } from './expression.ts';
import { anyUnknown, needCondition, needNumbers, needScalarCondition } from './kinds.ts';
import { axisOrigins } from './origins.ts';
import {
  count,
  isNumeric,
  isUnknown,
  joinKinds,
  kindFits,
  labelSet,
  plainAxis,
  showFullType,
  showShape,
} from './type-of.ts';
import { numberDim } from './size-arithmetic.ts';
import type { ElementKind, TypedExpression } from './types.ts';
import { itemsOf, tuple, type Value } from './value.ts';

export function unary(context: Context, e: Unary): TypedExpression {
  const operand = expression(context, e.operand);
  if (e.op === 'not') {
    const condition = needCondition(context, operand, 'what `not` turns round');
    if (isUnknown(condition.type)) return unknownNode(e.span);
    return elementwise('not', [condition], condition.type, e.span);
  }
  const number = needNumbers(context, operand, '`-`');
  if (isUnknown(number.type)) return unknownNode(e.span);
  if (number.kind === 'number') return { ...number, value: -number.value, span: e.span };
  const element = joinKinds(number.type.element, 'int');
  return elementwise('negate', [number], { ...number.type, element }, e.span);
}

/** The kind that holds two values side by side; undefined where there is none. */
export function commonKind(a: ElementKind, b: ElementKind): ElementKind | undefined {
  if (a === b) return a;
  if (isNumeric(a) && isNumeric(b)) return joinKinds(a, b);
  return kindFits(a, b) && labelSet(a) === labelSet(b) ? a : undefined;
}

export function conditional(context: Context, e: Conditional): Value {
  const condition = needScalarCondition(
    context,
    expression(context, e.condition),
    'the condition of `if`',
  );
  const branch = { ...context, guarded: true };
  const then = itemsOf(elaborate(branch, e.then));
  const otherwise = itemsOf(elaborate(branch, e.otherwise));
  if (then.length !== otherwise.length) {
    return fail(context, 'M305', e.otherwise.span, {
      what: 'this branch',
      found: count(otherwise.length, 'value'),
      wanted: `the other gives ${count(then.length, 'value')}`,
    });
  }
  return tuple(
    then.map((value, i) => choose(context, condition, value, otherwise[i], e)),
    e.span,
  );
}

function choose(
  context: Context,
  condition: TypedExpression,
  then: TypedExpression,
  otherwise: TypedExpression,
  e: Conditional,
): TypedExpression {
  const { span } = e;
  if (anyUnknown(then, otherwise)) return unknownNode(span);
  if (!shapesAgree(context, then.type.shape, otherwise.type.shape, span)) {
    return fail(
      context,
      'M110',
      span,
      { left: showShape(then.type.shape), right: showShape(otherwise.type.shape) },
      {
        related: [
          ...axisOrigins(context, then, undefined),
          ...axisOrigins(context, otherwise, undefined),
        ],
        ...(then.type.shape.length === 0 || otherwise.type.shape.length === 0
          ? { help: 'full(v, …) makes a tensor of a scalar' }
          : {}),
      },
    );
  }
  const element = commonKind(then.type.element, otherwise.type.element);
  if (element === undefined) {
    return fail(context, 'M205', span, {
      left: showFullType(then.type),
      right: showFullType(otherwise.type),
    });
  }
  if (isUnknown(condition.type)) return unknownNode(span);
  const shape = joinShapes(then.type.shape, otherwise.type.shape);
  const row = shape.length === 1 ? joinRows(then.type, otherwise.type) : {};
  return {
    kind: 'conditional',
    condition,
    then,
    otherwise,
    type: { element, shape, ...row },
    span,
  };
}

/** `[a, b, c]`: items of one shape, stacked along a new first axis. */
export function tensorLiteral(context: Context, e: Tensor): TypedExpression {
  if (e.items.length === 0) return fail(context, 'M413', e.span, { what: 'this list' });
  const items = e.items.map((item) => expression(context, item));
  const [first] = items;
  if (anyUnknown(...items)) return unknownNode(e.span);
  let element: ElementKind | undefined = first.type.element;
  let { shape } = first.type;
  for (const item of items) {
    if (item === first) continue;
    if (!shapesAgree(context, shape, item.type.shape, item.span)) {
      complain(
        context,
        'M111',
        item.span,
        { left: showShape(shape), right: showShape(item.type.shape) },
        { related: [{ span: first.span, message: `the first item is ${showShape(shape)}` }] },
      );
      return unknownNode(e.span);
    }
    shape = joinShapes(shape, item.type.shape);
    element = element === undefined ? undefined : commonKind(element, item.type.element);
  }
  if (element === undefined) {
    const odd = items.find((i) => commonKind(first.type.element, i.type.element) === undefined);
    return fail(context, 'M205', (odd ?? first).span, {
      left: showFullType(first.type),
      right: showFullType((odd ?? first).type),
    });
  }
  const length = plainAxis(numberDim(items.length));
  return { kind: 'tensor', items, type: { element, shape: [length, ...shape] }, span: e.span };
}
