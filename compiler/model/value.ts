// What elaborating an expression gives: a typed expression, or a tuple of them, which must be taken apart where it stands.
import type { Span } from '../../grammar/span.ts';
import type { TypedExpression } from './types.ts';

export interface TupleValue {
  readonly kind: 'tuple';
  readonly items: readonly TypedExpression[];
  readonly span: Span;
}

export type Value = TypedExpression | TupleValue;

export const itemsOf = (value: Value): readonly TypedExpression[] =>
  value.kind === 'tuple' ? value.items : [value];

export const tuple = (items: readonly TypedExpression[], span: Span): Value =>
  items.length === 1 ? items[0] : { kind: 'tuple', items, span };
