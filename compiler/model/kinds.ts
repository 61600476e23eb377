// What an operand must be: numbers, a condition, a whole number, a scalar. Each gives the operand back, or `unknown` after a message.
import { fail, unknownNode, type Context } from './context.ts';
import {
  isNumeric,
  isOpenRole,
  isUnknown,
  labelSet,
  showFullType,
  showKind,
  showType,
} from './type-of.ts';
import type { TypedExpression } from './types.ts';

export function needNumbers(context: Context, e: TypedExpression, what: string): TypedExpression {
  if (isUnknown(e.type) || isNumeric(e.type.element)) return e;
  if (isOpenRole(labelSet(e.type.element))) return unknownNode(e.span);
  return fail(context, 'M201', e.span, { what, found: kindOf(e) });
}

export function needCondition(context: Context, e: TypedExpression, what: string): TypedExpression {
  if (isUnknown(e.type) || e.type.element === 'bool') return e;
  return fail(
    context,
    'M202',
    e.span,
    { what, found: kindOf(e) },
    {
      ...(isNumeric(e.type.element) ? { help: 'compare it with a number' } : {}),
    },
  );
}

export function needScalarCondition(
  context: Context,
  e: TypedExpression,
  what: string,
): TypedExpression {
  const condition = needCondition(context, e, what);
  if (isUnknown(condition.type) || condition.type.shape.length === 0) return condition;
  return fail(
    context,
    'M119',
    e.span,
    { what, found: showType(e.type) },
    {
      help: 'all(…) or any(…) makes one condition of many',
    },
  );
}

export function needScalar(context: Context, e: TypedExpression, what: string): TypedExpression {
  if (isUnknown(e.type) || e.type.shape.length === 0) return e;
  return fail(context, 'M119', e.span, { what, found: showType(e.type) });
}

export function needWhole(context: Context, e: TypedExpression, what: string): TypedExpression {
  if (isUnknown(e.type)) return e;
  if (isOpenRole(labelSet(e.type.element))) return unknownNode(e.span);
  if (e.type.element === 'int' || e.type.element === 'bool') return e;
  return fail(context, 'M203', e.span, { what, found: kindOf(e) });
}

export function needWholeScalar(
  context: Context,
  e: TypedExpression,
  what: string,
): TypedExpression {
  return needScalar(context, needWhole(context, e, what), what);
}

const kindOf = (e: TypedExpression): string =>
  typeof e.type.element === 'string'
    ? showFullType(e.type)
    : `an element of ${showKind(e.type.element)}`;

/** Silent where any of them is unknown. */
export const anyUnknown = (...nodes: readonly TypedExpression[]): boolean =>
  nodes.some((n) => isUnknown(n.type));
