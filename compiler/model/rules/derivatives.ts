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
  const found = targetOf(context, op, by);
  const direction =
    along === undefined
      ? undefined
      : needNumbers(context, argument(context, along, e.span), `the direction of \`${op}\``);
  if (
    found === undefined ||
    anyUnknown(value, found.target) ||
    (direction !== undefined && isUnknown(direction.type))
  ) {
    return unknownNode(e.span);
  }
  const { target, name } = found;
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
      wanted: `${showShape(target.type.shape)} like \`${name.name}\``,
      found: showShape(direction.type.shape),
    });
  }
  warnIfZero(context, value, name);
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

interface Target {
  readonly target: DerivativeTarget;
  readonly name: Declaration | Local;
}

/** A name or an entry of one. Undefined after a message. */
function targetOf(context: Context, op: string, by: Matched): Target | undefined {
  const syntax = by.argument?.value;
  if (syntax === undefined) return undefined;
  const target = expression(context, syntax);
  if (isUnknown(target.type)) return undefined;
  if (target.kind === 'reference') return { target, name: target.to };
  if (target.kind === 'local') return { target, name: target.local };
  if (target.kind === 'indexed') {
    const { operand } = target;
    if (operand.kind === 'reference') return { target, name: operand.to };
    if (operand.kind === 'local') return { target, name: operand.local };
  }
  complain(context, 'M307', syntax.span, { op });
  return undefined;
}

function warnIfZero(context: Context, value: TypedExpression, name: Declaration | Local): void {
  if (context.place === 'function' || dependsOn(context.shared, value, name)) return;
  complain(context, 'M308', value.span, { name: quote(name.name) });
}
