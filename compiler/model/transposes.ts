// `A'`: of a matrix a node, of a vector only its reading as a row.
import type { Transpose } from '../../grammar/ast.ts';
import { elementwise } from './align.ts';
import { fail, type Context } from './context.ts';
import { expression } from './expression.ts';
import { needNumbers } from './kinds.ts';
import { isUnknown, showType } from './type-of.ts';
import type { TypedExpression } from './types.ts';

export function transpose(context: Context, e: Transpose): TypedExpression {
  let times = 1;
  let inner = e.operand;
  while (inner.kind === 'Transpose') {
    times++;
    inner = inner.operand;
  }
  const operand = needNumbers(context, expression(context, inner), "`'`");
  if (isUnknown(operand.type)) return operand;
  if (operand.type.shape.length > 2) {
    return fail(context, 'M108', e.span, { shape: showType(operand.type) });
  }
  if (times % 2 === 0) return operand;
  return transposed(operand, e);
}

function transposed(operand: TypedExpression, e: Transpose): TypedExpression {
  const { shape, element } = operand.type;
  const { span } = e;
  const conjugate = element === 'complex';
  if (shape.length === 2) {
    const type = { element, shape: [shape[1], shape[0]] };
    return { kind: 'transpose', operand, conjugate, type, span };
  }
  const value = conjugate ? elementwise('conj', [operand], operand.type, span) : operand;
  if (shape.length === 0) return value;
  const row = operand.type.row === 'transposed' ? {} : ({ row: 'transposed' } as const);
  return { ...value, type: { element, shape, ...row }, span };
}
