// Reductions: whole, or along one axis. `count` also gives the number of elements of a set.
import type { Call } from '../../../grammar/ast.ts';
import type { Matched } from '../arguments.ts';
import type { ReductionName } from '../builtins.ts';
import { fail, unknownNode, type Context } from '../context.ts';
import { expression } from '../expression.ts';
import { needCondition, needNumbers } from '../kinds.ts';
import { resolve } from '../names.ts';
import { lookUp } from '../scope.ts';
import { setOf } from '../sets.ts';
import { actualSet } from '../align.ts';
import { intType, isUnknown, joinKinds, oneDim, showType, zeroDim } from '../type-of.ts';
import type { Axis, ElementKind, TypedExpression } from '../types.ts';
import { axisOf } from './common.ts';

export function reduction(
  context: Context,
  name: ReductionName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const [first, axisArgument] = matched;
  const counted = name === 'count' ? countOf(context, first, e) : undefined;
  if (counted !== undefined) return counted;
  if (first.argument === undefined) return unknownNode(e.span);
  const given = expression(context, first.argument.value);
  const operand = operandOf(context, name, given);
  const axis = isUnknown(operand.type) ? 'bad' : axisOf(context, axisArgument, operand);
  if (axis === 'bad') return unknownNode(e.span);
  const { shape } = operand.type;
  const rest = axis === undefined ? [] : shape.filter((_, i) => i !== axis);
  if (name === 'argmax' || name === 'argmin') {
    return extremePlace(context, name, operand, axis, rest, e);
  }
  const element = resultKind(name, operand.type.element);
  const type = { element, shape: rest };
  return { kind: 'reduce', fn: name, operand, axis, first: undefined, type, span: e.span };
}

/** `count(I)` of a set. */
function countOf(context: Context, first: Matched, e: Call): TypedExpression | undefined {
  const value = first.argument?.value;
  if (value === undefined) return undefined;
  const isSet =
    value.kind === 'SetLiteral' ||
    value.kind === 'SetComprehension' ||
    value.kind === 'Range' ||
    (value.kind === 'Name' &&
      lookUp(context.scope, value.name) !== undefined &&
      resolve(context, value)?.kind === 'set');
  if (!isSet) return undefined;
  const set = setOf(context, value);
  if (set === undefined) return unknownNode(e.span);
  if (set.size !== undefined) return { kind: 'size', dim: set.size, type: intType, span: e.span };
  return { kind: 'count', set, type: intType, span: e.span };
}

function operandOf(context: Context, name: ReductionName, e: TypedExpression): TypedExpression {
  if (name === 'all' || name === 'any' || name === 'count') {
    return needCondition(context, e, `what \`${name}\` asks`);
  }
  const operand = needNumbers(context, e, `\`${name}\``);
  const ordered = name === 'sum' || name === 'prod' || name === 'mean';
  if (operand.type.element !== 'complex' || ordered) return operand;
  return fail(context, 'M201', e.span, { what: `\`${name}\``, found: 'complex numbers' });
}

function resultKind(
  name: Exclude<ReductionName, 'argmax' | 'argmin'>,
  of: ElementKind,
): ElementKind {
  switch (name) {
    case 'sum':
    case 'prod':
      return joinKinds(of, 'int');
    case 'mean':
    case 'var':
    case 'std':
    case 'logsumexp':
      return joinKinds(of, 'real');
    case 'min':
    case 'max':
      return of;
    case 'all':
    case 'any':
      return 'bool';
    case 'count':
      return 'int';
  }
}

/** `argmax` and `argmin` give an element of the axis: its number, or its label. */
function extremePlace(
  context: Context,
  fn: 'argmax' | 'argmin',
  operand: TypedExpression,
  axis: number | undefined,
  rest: readonly Axis[],
  e: Call,
): TypedExpression {
  const { shape } = operand.type;
  if (axis === undefined && shape.length !== 1) {
    return fail(
      context,
      'M113',
      e.span,
      { name: fn, wanted: 'a vector, or an axis', found: showType(operand.type) },
      { help: `write ${fn}(…, axis = ${Math.max(1, shape.length)})` },
    );
  }
  const along = shape[axis ?? 0];
  const { element, first } = elementAlong(along);
  const type = { element, shape: rest };
  return { kind: 'reduce', fn, operand, axis: axis ?? 0, first, type, span: e.span };
}

/** What a position on an axis stands for. */
export function elementAlong(axis: Axis): {
  readonly element: ElementKind;
  readonly first: typeof oneDim;
} {
  const set = actualSet(axis.set);
  if (set === undefined) return { element: 'int', first: oneDim };
  if (set.elements.kind === 'range') return { element: 'int', first: set.elements.first ?? oneDim };
  return { element: { labels: set }, first: zeroDim };
}
