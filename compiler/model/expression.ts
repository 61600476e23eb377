// Elaboration of expressions: one rule for each kind of syntax.
import type { Expr, NodeOf } from '../../grammar/ast.ts';
import { binaryChain } from './arithmetic.ts';
import { binder } from './binders.ts';
import { call } from './calls.ts';
import { comparison } from './comparisons.ts';
import { comprehension } from './comprehensions.ts';
import { fail, unknownNode, type Context } from './context.ts';
import { index } from './indexing.ts';
import { named } from './names.ts';
import { implicit, recurrence } from './recurrences.ts';
import { conditional, tensorLiteral, unary } from './simple.ts';
import { transpose } from './transposes.ts';
import { rangeValue } from './ranges.ts';
import { boolType, count, intType, realType } from './type-of.ts';
import type { TypedExpression } from './types.ts';
import type { Value } from './value.ts';

type Rules = { readonly [K in Expr['kind']]: (context: Context, e: NodeOf<K>) => Value };

const wholeNumber = /^\d+$/;

const rules: Rules = {
  Name: named,
  Number: (_, e) => ({
    kind: 'number',
    value: e.value,
    type: wholeNumber.test(e.text) ? intType : realType,
    span: e.span,
  }),
  Bool: (_, e) => ({ kind: 'bool', value: e.value, type: boolType, span: e.span }),
  Text: (_, e) => ({
    kind: 'text',
    value: e.value,
    type: { element: 'string', shape: [] },
    span: e.span,
  }),
  Duration: (context, e) =>
    context.place === 'stop'
      ? { kind: 'number', value: e.seconds, type: realType, span: e.span }
      : fail(context, 'M008', e.span, { what: 'a duration' }),
  End: (context, e) =>
    context.end === undefined
      ? fail(context, 'M008', e.span, { what: '`end`' })
      : { ...context.end, span: e.span },
  Unary: unary,
  Binary: binaryChain,
  Comparison: comparison,
  Range: rangeValue,
  Transpose: transpose,
  Index: index,
  Call: call,
  Binder: binder,
  Recurrence: recurrence,
  Implicit: implicit,
  Conditional: conditional,
  Tuple: (context, e) => ({
    kind: 'tuple',
    items: e.items.map((item) => expression(context, item)),
    span: e.span,
  }),
  Tensor: tensorLiteral,
  Comprehension: comprehension,
  SetLiteral: (context, e) => fail(context, 'M006', e.span, setMisused),
  SetComprehension: (context, e) => fail(context, 'M006', e.span, setMisused),
  Bad: (_, e) => unknownNode(e.span),
};

const setMisused = { name: '{…}', what: 'a set', wanted: 'a value' };

function rule<K extends Expr['kind']>(
  context: Context,
  e: { [P in K]: NodeOf<P> & { readonly kind: P } }[K],
  table: { readonly [P in K]: (context: Context, e: NodeOf<P>) => Value },
): Value {
  const apply: (context: Context, e: NodeOf<K>) => Value = table[e.kind];
  return apply(context, e);
}

export const deepest = 400;
const most = 100_000;

/** A value: one expression or a tuple. */
export function elaborate(context: Context, e: Expr): Value {
  const { shared } = context;
  if (shared.depth >= deepest) {
    if (shared.tooDeep) return unknownNode(e.span);
    shared.tooDeep = true;
    return fail(context, 'M902', e.span, {});
  }
  if (shared.nodes++ > most) {
    if (shared.tooLarge) return unknownNode(e.span);
    shared.tooLarge = true;
    return fail(context, 'M903', e.span, { limit: most.toLocaleString('en') });
  }
  shared.depth++;
  const value = rule(context, e, rules);
  shared.depth--;
  return value;
}

/** One expression; a tuple is an error. */
export function expression(context: Context, e: Expr): TypedExpression {
  const value = elaborate(context, e);
  if (value.kind !== 'tuple') return value;
  return fail(
    context,
    'M305',
    e.span,
    {
      what: 'this',
      found: `${count(value.items.length, 'value')}`,
      wanted: 'one is needed here',
    },
    { help: 'take it apart: let (a, b) = …' },
  );
}
