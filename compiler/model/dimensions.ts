// Types as written: the kind of element, and dimensions as sizes or sets.
import type { Expr, Name, Type } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { constantValue, type Dim } from '../tensor/dim.ts';
import { complain, type Context } from './context.ts';
import { expression } from './expression.ts';
import { toDim } from './integers.ts';
import { hasLabels } from './labels.ts';
import { meaningOf, resolve, suggest } from './names.ts';
import { lookUp } from './scope.ts';
import { isUnknown, plainAxis, tensorType, unknownType } from './type-of.ts';
import type { Axis, ElementKind, TensorType, TypedExpression } from './types.ts';

/** Undefined after a message. */
export function elaborateType(context: Context, type: Type): TensorType | undefined {
  const element = elementKind(context, type.element);
  const shape = type.dims.map((d) => dimension(context, d));
  const known = shape.filter((axis) => axis !== undefined);
  if (element === undefined || known.length < shape.length) return undefined;
  return tensorType(element, known);
}

export function elementKind(context: Context, name: Name): ElementKind | undefined {
  switch (name.name) {
    case 'real':
    case 'int':
    case 'bool':
    case 'complex':
      return name.name;
  }
  const meaning = resolve(context, name);
  if (meaning?.kind === 'bad') return undefined;
  if (meaning?.kind === 'set' && hasLabels(meaning.set)) return { labels: meaning.set };
  const guess = didYouMean(name.name, ['real', 'int', 'bool', 'complex']);
  complain(
    context,
    'M206',
    name.span,
    { name: quote(name.name) },
    guess === undefined ? {} : { help: `did you mean \`${guess}\`?` },
  );
  return undefined;
}

/** One dimension. Undefined after a message. */
export function dimension(context: Context, e: Expr): Axis | undefined {
  if (e.kind === 'Name') {
    const entry = lookUp(context.scope, e.name);
    if (entry === undefined) {
      complain(context, 'M117', e.span, { name: quote(e.name) }, unfixedHelp(context, e.name));
      return undefined;
    }
    const meaning = meaningOf(context, entry);
    if (meaning.kind === 'set') {
      if (meaning.set.size === undefined) {
        complain(context, 'M118', e.span, { what: 'the size of this set' });
        return undefined;
      }
      return { size: meaning.set.size, set: meaning.set };
    }
  }
  const size = sizeOf(context, expression(context, e), 'a dimension');
  return size === undefined ? undefined : plainAxis(size);
}

const unfixedHelp = (context: Context, name: string): { help: string } => {
  const guess = suggest(name, context).help;
  return { help: guess ?? `no data has this size; declare param ${name} : int` };
};

/** The size that an expression gives. Undefined after a message. */
export function sizeOf(context: Context, e: TypedExpression, what: string): Dim | undefined {
  if (isUnknown(e.type)) return undefined;
  const dim = toDim(context.shared, e);
  if (dim === undefined) {
    complain(context, 'M118', e.span, { what });
    return undefined;
  }
  const value = constantValue(dim);
  if (value !== undefined && value < 0) {
    complain(context, 'M120', e.span, { size: dim.key });
    return undefined;
  }
  return dim;
}

export const typeOrUnknown = (context: Context, type: Type): TensorType =>
  elaborateType(context, type) ?? unknownType;
