// What the rules of built-ins share: arguments as expressions, axes, and the message for one that does not fit.
import type { Span } from '../../../grammar/span.ts';
import type { Dim } from '../../tensor/dim.ts';
import type { Matched } from '../arguments.ts';
import type { CallName } from '../builtins.ts';
import { complain, fail, type Context } from '../context.ts';
import { expression } from '../expression.ts';
import { knownConstant } from '../integers.ts';
import { needNumbers } from '../kinds.ts';
import { axisOrigins } from '../origins.ts';
import { intType, isUnknown, showType } from '../type-of.ts';
import type { TensorType, TypedExpression } from '../types.ts';

/** The argument as an expression; its default where it was left out. */
export function argument(context: Context, matched: Matched, span: Span): TypedExpression {
  if (matched.argument !== undefined) return expression(context, matched.argument.value);
  return { kind: 'number', value: matched.value ?? 0, type: intType, span };
}

/** All arguments as numbers. Undefined where one is unknown. */
export function numbers(
  context: Context,
  name: string,
  matched: readonly Matched[],
  span: Span,
): readonly TypedExpression[] | undefined {
  const args = matched.map((m) => needNumbers(context, argument(context, m, span), `\`${name}\``));
  return args.some((a) => isUnknown(a.type)) ? undefined : args;
}

export function misfit(
  context: Context,
  name: string,
  wanted: string,
  e: TypedExpression,
): TypedExpression {
  return fail(
    context,
    'M113',
    e.span,
    { name, wanted, found: showType(e.type) },
    { related: axisOrigins(context, e, undefined) },
  );
}

/** The 0-based axis that an `axis = k` names. `bad` after a message. */
export function axisOf(
  context: Context,
  matched: Matched,
  operand: TypedExpression,
): number | 'bad' | undefined {
  if (matched.argument === undefined) return undefined;
  const e = expression(context, matched.argument.value);
  if (isUnknown(e.type)) return 'bad';
  const value = knownConstant(context.shared, e, false);
  if (value === undefined || !Number.isInteger(value)) {
    complain(context, 'M207', e.span, { what: 'an axis', wanted: 'a whole number' });
    return 'bad';
  }
  if (value >= 1 && value <= operand.type.shape.length) return value - 1;
  const shape = showType(operand.type);
  const related = axisOrigins(context, operand, undefined);
  complain(context, 'M114', e.span, { axis: value, shape }, { related });
  return 'bad';
}

export function callNode(
  name: CallName,
  args: readonly TypedExpression[],
  type: TensorType,
  span: Span,
  axis?: number,
): TypedExpression {
  return { kind: 'call', name, args, axis, type, span };
}

export const isSquare = (context: Context, e: TypedExpression): boolean => {
  const { shape } = e.type;
  return shape.length === 2 && context.shared.sizes.agree(shape[0].size, shape[1].size, e.span);
};

/** A square matrix, or `unknown` after a message. */
export function needSquare(context: Context, name: string, e: TypedExpression): TypedExpression {
  if (isUnknown(e.type) || isSquare(context, e)) return e;
  return misfit(context, name, 'a square matrix', e);
}

export function needRank(
  context: Context,
  name: string,
  e: TypedExpression,
  rank: 1 | 2,
): TypedExpression {
  if (isUnknown(e.type) || e.type.shape.length === rank) return e;
  return misfit(context, name, rank === 1 ? 'a vector' : 'a matrix', e);
}

/** The smaller of two sizes where it is known, else the second. */
export function smaller(context: Context, a: Dim, b: Dim): Dim {
  const [p, q] = [context.shared.sizes.value(a), context.shared.sizes.value(b)];
  return p !== undefined && q !== undefined && p < q ? a : b;
}
