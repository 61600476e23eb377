// `grad`, `jac`, `hess`, `hvp`, `jvp`, `laplacian`.
import type { Call } from '../../../grammar/ast.ts';
import { quote } from '../../../grammar/quote.ts';
import { shapesAgree } from '../align.ts';
import type { Matched } from '../arguments.ts';
import type { DerivativeName } from '../builtins.ts';
import { complain, fail, unknownNode, type Context } from '../context.ts';
import { dependsOn } from '../dependencies.ts';
import { expression } from '../expression.ts';
import { anyUnknown, needNumbers } from '../kinds.ts';
import { isUnknown, realType, showShape, showType } from '../type-of.ts';
import type {
  Axis,
  Declaration,
  DerivativeTarget,
  Local,
  TensorType,
  TypedExpression,
} from '../types.ts';
import { argument } from './common.ts';

export function derivative(
  context: Context,
  op: DerivativeName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const [of, by, along] = matched;
  const value = needNumbers(context, argument(context, of, e.span), `\`${op}\``);
  const target = targetOf(context, op, by);
  const direction =
    along === undefined
      ? undefined
      : needNumbers(context, argument(context, along, e.span), `the direction of \`${op}\``);
  if (
    target === undefined ||
    anyUnknown(value, target) ||
    (direction !== undefined && isUnknown(direction.type))
  ) {
    return unknownNode(e.span);
  }
  const scalar = op !== 'jac' && op !== 'jvp';
  if (scalar && value.type.shape.length > 0) {
    return fail(
      context,
      'M119',
      value.span,
      { what: `what \`${op}\` differentiates`, found: showType(value.type) },
      op === 'grad' ? { help: 'jac(e, x) is the derivative of a vector' } : {},
    );
  }
  if (
    direction !== undefined &&
    !shapesAgree(context, target.type.shape, direction.type.shape, direction.span)
  ) {
    return fail(context, 'M112', direction.span, {
      what: `the direction of \`${op}\``,
      wanted: `${showShape(target.type.shape)} like \`${nameOf(target).name}\``,
      found: showShape(direction.type.shape),
    });
  }
  warnIfZero(context, value, target);
  const type = typeOf(op, value.type.shape, target.type.shape);
  return { kind: 'derivative', op, expression: value, target, direction, type, span: e.span };
}

function typeOf(op: DerivativeName, of: readonly Axis[], by: readonly Axis[]): TensorType {
  const real = (shape: readonly Axis[]): TensorType => ({ element: 'real', shape });
  switch (op) {
    case 'grad':
    case 'hvp':
      return real(by);
    case 'jac':
      return real([...of, ...by]);
    case 'hess':
      return real([...by, ...by]);
    case 'jvp':
      return real(of);
    case 'laplacian':
      return realType;
  }
}

/** A name or an entry of one. Undefined after a message. */
function targetOf(context: Context, op: string, by: Matched): DerivativeTarget | undefined {
  const syntax = by.argument?.value;
  if (syntax === undefined) return undefined;
  const target = expression(context, syntax);
  if (isUnknown(target.type)) return undefined;
  if (target.kind === 'reference' || target.kind === 'local') return target;
  if (target.kind === 'indexed') {
    const { operand } = target;
    if (operand.kind === 'reference' || operand.kind === 'local') return target;
  }
  complain(context, 'M307', syntax.span, { op });
  return undefined;
}

function nameOf(target: DerivativeTarget): Declaration | Local {
  const base: TypedExpression = target.kind === 'indexed' ? target.operand : target;
  if (base.kind === 'reference') return base.to;
  if (base.kind === 'local') return base.local;
  throw new Error('a derivative target is a name');
}

function warnIfZero(context: Context, value: TypedExpression, target: DerivativeTarget): void {
  const name = nameOf(target);
  if (context.place === 'function' || dependsOn(context.shared, value, name)) return;
  complain(context, 'M308', value.span, { name: quote(name.name) });
}
