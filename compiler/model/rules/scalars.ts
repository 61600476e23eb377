// Functions whose result is a scalar.
import type { Call } from '../../../grammar/ast.ts';
import { shapesAgree, bothOrigins } from '../align.ts';
import type { Matched } from '../arguments.ts';
import type { ScalarName } from '../builtins.ts';
import { complain, fail, unknownNode, type Context } from '../context.ts';
import { expression } from '../expression.ts';
import { knownConstant } from '../integers.ts';
import { needNumbers, needScalar, needWholeScalar } from '../kinds.ts';
import { isUnknown, joinKinds, realType, showShape } from '../type-of.ts';
import type { TypedExpression } from '../types.ts';
import { argument, callNode, needRank, needSquare, numbers } from './common.ts';
import { perspective } from './perspective.ts';

export function scalarCall(
  context: Context,
  name: ScalarName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const { span } = e;
  if (name === 'norm') return norm(context, matched, e);
  if (name === 'perspective') return perspective(context, matched, e);
  const args = numbers(context, name, matched, span);
  if (args === undefined) return unknownNode(span);
  const [x, y] = args;
  const checked = check(context, name, x, y);
  if (checked.some((c) => isUnknown(c.type))) return unknownNode(span);
  const whole = name === 'sumsq' || name === 'dot' || name === 'trace';
  const element = checked.reduce(
    (kind, a) => joinKinds(kind, a.type.element),
    joinKinds('bool', 'bool', whole ? 'int' : 'real'),
  );
  const result = element === 'complex' && name === 'sumsq' ? 'real' : element;
  return callNode(name, checked, { element: result, shape: [] }, span);
}

function check(
  context: Context,
  name: Exclude<ScalarName, 'norm' | 'perspective'>,
  x: TypedExpression,
  y: TypedExpression,
): readonly TypedExpression[] {
  switch (name) {
    case 'sumsq':
    case 'entropy':
      return [x];
    case 'dot':
      return [x, sameShape(context, x, y)];
    case 'trace':
    case 'det':
    case 'logdet':
    case 'lambda_max':
    case 'lambda_min':
      return [needSquare(context, name, x)];
    case 'quad_over_lin':
      return [x, needScalar(context, y, 'the divisor of `quad_over_lin`')];
    case 'geo_mean':
      return [needRank(context, name, x, 1)];
    case 'sum_largest':
      return [
        needRank(context, name, x, 1),
        needWholeScalar(context, y, 'the second argument of `sum_largest`'),
      ];
  }
}

function sameShape(context: Context, x: TypedExpression, y: TypedExpression): TypedExpression {
  if (shapesAgree(context, x.type.shape, y.type.shape, y.span)) return y;
  return fail(
    context,
    'M101',
    y.span,
    { op: 'dot', left: showShape(x.type.shape), right: showShape(y.type.shape) },
    { related: bothOrigins(context, x, y) },
  );
}

/** `norm(x)`, `norm(x, p)`, `norm(X, "nuc")`. */
function norm(context: Context, matched: readonly Matched[], e: Call): TypedExpression {
  const [first, second] = matched;
  const { span } = e;
  const operand = needNumbers(context, argument(context, first, span), '`norm`');
  const order =
    second.argument === undefined ? undefined : expression(context, second.argument.value);
  if (isUnknown(operand.type)) return unknownNode(span);
  if (order === undefined) return { kind: 'norm', operand, p: 2, type: realType, span };
  if (order.kind === 'text') {
    const p = order.value;
    if (p !== 'fro' && p !== 'op' && p !== 'nuc') return badOrder(context, order);
    const matrix = needRank(context, 'norm', operand, 2);
    if (isUnknown(matrix.type)) return unknownNode(span);
    return { kind: 'norm', operand: matrix, p, type: realType, span };
  }
  if (isUnknown(order.type)) return unknownNode(span);
  const p = knownConstant(context.shared, order, false);
  if (p === undefined || !(p >= 1)) return badOrder(context, order);
  return { kind: 'norm', operand, p, type: realType, span };
}

function badOrder(context: Context, order: TypedExpression): TypedExpression {
  const wanted = 'a number of at least 1, inf, or for a matrix "fro", "op" or "nuc"';
  complain(context, 'M207', order.span, { what: 'the order of a norm', wanted });
  return unknownNode(order.span);
}
