// Calls of a pattern's functions: `f(u)`, `f(u, i)`, `f(c, u)`, `F(u)`.
import type { Call } from '../../grammar/ast.ts';
import { quote } from '../../grammar/quote.ts';
import { shapesAgree } from './align.ts';
import { complain, unknownNode, type Context } from './context.ts';
import { expression } from './expression.ts';
import { anyUnknown } from './kinds.ts';
import { axisOrigins } from './origins.ts';
import type { Meaning } from './scope.ts';
import { count, isUnknown, showShape, showType } from './type-of.ts';
import type { TypedExpression } from './types.ts';

type Role = Extract<Meaning, { readonly kind: 'patternFunction' }>;

export function patternCall(context: Context, role: Role, e: Call): TypedExpression {
  const { name } = role.function;
  const args = e.args.map((a) => expression(context, a.value));
  const wanted = count(role.takes.length, 'argument');
  if (args.length !== role.takes.length) {
    complain(
      context,
      'M602',
      e.span,
      { name: quote(name), wanted, found: String(args.length) },
      { related: [{ span: role.function.span, message: 'the pattern is here' }] },
    );
    return unknownNode(e.span);
  }
  if (anyUnknown(...args)) return unknownUnlessIndex(role, args, e);
  for (const [i, arg] of args.entries()) {
    const takes = role.takes[i];
    const fits =
      takes === undefined
        ? arg.type.shape.length === 0
        : shapesAgree(context, takes, arg.type.shape, arg.span);
    if (fits) continue;
    const shape = takes === undefined ? 'an element of its set' : showShape(takes);
    complain(
      context,
      'M602',
      arg.span,
      { name: quote(name), wanted: shape, found: showType(arg.type) },
      { related: axisOrigins(context, arg, undefined) },
    );
    return unknownNode(e.span);
  }
  return result(role, args, e);
}

const result = (role: Role, args: readonly TypedExpression[], e: Call): TypedExpression => ({
  kind: 'patternCall',
  function: role.function,
  args,
  type: { element: 'real', shape: role.shape },
  span: e.span,
});

/** In the generic check of a method an element of a set has no type; the value has one all the same. */
function unknownUnlessIndex(
  role: Role,
  args: readonly TypedExpression[],
  e: Call,
): TypedExpression {
  const values = args.filter((_, i) => role.takes[i] !== undefined);
  return values.some((v) => isUnknown(v.type)) ? unknownNode(e.span) : result(role, args, e);
}
