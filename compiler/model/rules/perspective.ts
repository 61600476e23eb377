// `perspective(f, x, t)` is t·f(x/t) for a named function f.
import type { Call, Expr } from '../../../grammar/ast.ts';
import type { Matched } from '../arguments.ts';
import { call } from '../calls.ts';
import { fail, unknownNode, type Context } from '../context.ts';
import { expression } from '../expression.ts';
import { passedFunction } from '../inline.ts';
import { anyUnknown, needNumbers, needScalar } from '../kinds.ts';
import { realType } from '../type-of.ts';
import type { TypedExpression } from '../types.ts';
import { callNode } from './common.ts';

export function perspective(
  context: Context,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const [f, x, t] = matched.map((m) => m.argument?.value);
  const { span } = e;
  if (f === undefined || x === undefined || t === undefined) return unknownNode(span);
  if (f.kind !== 'Name' || passedFunction(context, f) === undefined) {
    return fail(context, 'M113', f.span, {
      name: 'perspective',
      wanted: 'the name of a function',
      found: 'an expression',
    });
  }
  const scale = needScalar(
    context,
    needNumbers(context, expression(context, t), '`perspective`'),
    'the scale of `perspective`',
  );
  const quotient: Expr = {
    kind: 'Binary',
    op: '/',
    left: x,
    right: t,
    opSpan: x.span,
    span: x.span,
  };
  const value = call(context, {
    kind: 'Call',
    callee: f,
    args: [{ kind: 'Argument', value: quotient, span: x.span }],
    span,
  });
  if (value.kind === 'tuple')
    return fail(context, 'M119', span, { what: 'the function of `perspective`', found: 'a tuple' });
  const inner = needScalar(context, value, 'the function of `perspective`');
  if (anyUnknown(scale, inner)) return unknownNode(span);
  return callNode('perspective', [inner, scale], realType, span);
}
