// Tensors made from nothing but a shape.
import type { Call } from '../../../grammar/ast.ts';
import type { Matched } from '../arguments.ts';
import type { MakingName } from '../builtins.ts';
import { complain, unknownNode, type Context } from '../context.ts';
import { sizeOf } from '../dimensions.ts';
import { expression } from '../expression.ts';
import { anyUnknown, needNumbers, needScalar } from '../kinds.ts';
import { resolve } from '../names.ts';
import { lookUp } from '../scope.ts';
import { isUnknown, plainAxis, vectorType } from '../type-of.ts';
import type { Axis, TypedExpression } from '../types.ts';
import { argument, callNode } from './common.ts';

export function making(
  context: Context,
  name: MakingName,
  matched: readonly Matched[],
  e: Call,
): TypedExpression {
  const { span } = e;
  switch (name) {
    case 'zeros':
    case 'ones': {
      const shape = shapeOf(context, name, matched, e);
      return shape === undefined
        ? unknownNode(span)
        : callNode(name, [], { element: 'real', shape }, span);
    }
    case 'full': {
      const [value, ...rest] = matched;
      const entry = needScalar(
        context,
        needNumbers(context, argument(context, value, span), '`full`'),
        'the value of `full`',
      );
      const shape = shapeOf(context, name, rest, e);
      if (shape === undefined || anyUnknown(entry)) return unknownNode(span);
      return callNode(name, [entry], { element: entry.type.element, shape }, span);
    }
    case 'eye':
      return eye(context, matched, e);
    case 'linspace':
      return linspace(context, matched, e);
  }
}

/** The shape that arguments give: sizes and sets, or one tensor whose shape is taken. Undefined after a message. */
export function shapeOf(
  context: Context,
  name: string,
  matched: readonly Matched[],
  e: Call,
): readonly Axis[] | undefined {
  if (matched.length === 0) {
    complain(context, 'M304', e.span, { name, argument: 'shape' });
    return undefined;
  }
  const axes: Axis[] = [];
  for (const { argument: given } of matched) {
    const value = given?.value;
    if (value === undefined) return undefined;
    if (value.kind === 'Name' && lookUp(context.scope, value.name) !== undefined) {
      const meaning = resolve(context, value);
      if (meaning?.kind === 'set' && meaning.set.size !== undefined) {
        axes.push({ size: meaning.set.size, set: meaning.set });
        continue;
      }
    }
    const one = expression(context, value);
    if (isUnknown(one.type)) return undefined;
    const tensor = one.type.shape.length > 0 || one.type.element === 'real';
    if (matched.length === 1 && tensor) return one.type.shape;
    const size = sizeOf(context, one, 'a dimension');
    if (size === undefined) return undefined;
    axes.push(plainAxis(size));
  }
  return axes;
}

function eye(context: Context, matched: readonly Matched[], e: Call): TypedExpression {
  const given = matched.filter((m) => m.argument !== undefined);
  const shape = shapeOf(context, 'eye', given, e);
  if (shape === undefined) return unknownNode(e.span);
  const [rows, columns] = shape;
  if (shape.length > 2 || rows === undefined) {
    complain(context, 'M113', e.span, {
      name: 'eye',
      wanted: 'one or two sizes',
      found: `${shape.length} axes`,
    });
    return unknownNode(e.span);
  }
  return callNode('eye', [], { element: 'real', shape: [rows, columns ?? rows] }, e.span);
}

function linspace(context: Context, matched: readonly Matched[], e: Call): TypedExpression {
  const [from, to, count] = matched.map((m) =>
    needScalar(
      context,
      needNumbers(context, argument(context, m, e.span), '`linspace`'),
      'an argument of `linspace`',
    ),
  );
  if (anyUnknown(from, to, count)) return unknownNode(e.span);
  const size = sizeOf(context, count, 'the third argument of `linspace`');
  return size === undefined
    ? unknownNode(e.span)
    : callNode('linspace', [from, to], vectorType('real', size), e.span);
}
