// `a..b` as a value: the vector of its numbers.
import type { Range } from '../../grammar/ast.ts';
import { fail, unknownNode, type Context } from './context.ts';
import { expression } from './expression.ts';
import { toDim } from './integers.ts';
import { needWholeScalar } from './kinds.ts';
import { rangeSize } from './sets.ts';
import { anyUnknown } from './kinds.ts';
import { vectorType } from './type-of.ts';
import type { TypedExpression } from './types.ts';

export function rangeValue(context: Context, e: Range): TypedExpression {
  const from = needWholeScalar(context, expression(context, e.from), 'the start of a range');
  const to = needWholeScalar(context, expression(context, e.to), 'the end of a range');
  if (anyUnknown(from, to)) return unknownNode(e.span);
  const first = toDim(context.shared, from);
  const last = toDim(context.shared, to);
  if (first === undefined || last === undefined) {
    const span = first === undefined ? from.span : to.span;
    return fail(context, 'M118', span, { what: 'the end of a range that is a vector' });
  }
  return { kind: 'range', first, type: vectorType('int', rangeSize(first, last)), span: e.span };
}
