// `sum`, `prod`, `max`, `min`, `all`, `any`, `E`, `P` over bindings.
import type { Binder, BinderOp } from '../../grammar/ast.ts';
import { actualSet } from './align.ts';
import { quantify } from './bindings.ts';
import { complain, unknownNode, type Context } from './context.ts';
import { expression } from './expression.ts';
import { needCondition, needNumbers, needScalarCondition } from './kinds.ts';
import { isUnknown, joinKinds } from './type-of.ts';
import type { BinderNode, ElementKind, TypedExpression } from './types.ts';

export function binder(context: Context, e: Binder): TypedExpression {
  const random = e.op === 'E' || e.op === 'P';
  const inner = quantify(context, e.bindings, e.where, { draws: random, uncertain: false });
  const body = bodyOf(inner.context, e);
  if (inner.failed || isUnknown(body.type)) return unknownNode(e.span);
  const bindings = inner.bindings.filter((b) => b.kind !== 'uncertain');
  if (e.op === 'E' && meansDistribution(context, bindings, e)) return unknownNode(e.span);
  const type = { element: kindOf(e.op, body.type.element), shape: body.type.shape };
  return { kind: 'binder', op: e.op, bindings, where: inner.where, body, type, span: e.span };
}

function bodyOf(context: Context, e: Binder): TypedExpression {
  const body = expression(context, e.body);
  switch (e.op) {
    case 'all':
    case 'any':
      return needCondition(context, body, `what \`${e.op}\` asks`);
    case 'P':
      return needScalarCondition(context, body, 'the event of `P`');
    case 'sum':
    case 'prod':
    case 'max':
    case 'min':
    case 'E':
      return needNumbers(context, body, `\`${e.op}\``);
  }
}

function kindOf(op: BinderOp, body: ElementKind): ElementKind {
  switch (op) {
    case 'sum':
    case 'prod':
      return joinKinds(body, 'int');
    case 'max':
    case 'min':
      return body;
    case 'E':
      return joinKinds(body, 'real');
    case 'P':
      return 'real';
    case 'all':
    case 'any':
      return 'bool';
  }
}

/** The exact mean over a role that a distribution matched is not known. */
function meansDistribution(context: Context, bindings: BinderNode['bindings'], e: Binder): boolean {
  for (const binding of bindings) {
    if (binding.kind !== 'in') continue;
    const { elements } = actualSet(binding.set) ?? binding.set;
    if (elements.kind !== 'role' || !elements.distribution) continue;
    complain(context, 'M610', e.span, { name: elements.role });
    return true;
  }
  return false;
}
