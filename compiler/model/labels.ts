// Texts where elements of a set of labels are meant.
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { quote } from '../../grammar/quote.ts';
import { fail, type Context } from './context.ts';
import { actualSet } from './align.ts';
import type { IndexSet, TypedExpression } from './types.ts';

/** The labels of a set where they are known now. */
export function labelsOf(set: IndexSet): readonly string[] | undefined {
  const elements = actualSet(set)?.elements;
  return elements?.kind === 'labels' || elements?.kind === 'column' ? elements.labels : undefined;
}

export const hasLabels = (set: IndexSet): boolean => {
  const kind = actualSet(set)?.elements.kind;
  return kind === 'labels' || kind === 'column';
};

/** `"milk"` as an element of the set. */
export function labelNode(
  context: Context,
  e: Extract<TypedExpression, { readonly kind: 'text' }>,
  set: IndexSet,
): TypedExpression {
  const labels = labelsOf(set);
  const position = labels?.indexOf(e.value);
  if (labels !== undefined && position === -1) {
    const guess = didYouMean(e.value, labels);
    return fail(
      context,
      'M404',
      e.span,
      { set: set.name ?? 'the set', label: quote(e.value) },
      {
        related: [{ span: set.span, message: 'the set is given here' }],
        ...(guess === undefined ? {} : { help: `did you mean "${quote(guess)}"?` }),
      },
    );
  }
  return {
    kind: 'label',
    set,
    position,
    label: e.value,
    type: { element: { labels: set }, shape: [] },
    span: e.span,
  };
}

/** Texts inside lists and branches as elements of a set; anything else is left alone. */
export function asLabels(context: Context, e: TypedExpression, set: IndexSet): TypedExpression {
  if (e.kind === 'text') return labelNode(context, e, set);
  const type = { ...e.type, element: { labels: set } };
  if (e.type.element !== 'string') return e;
  if (e.kind === 'tensor')
    return { ...e, items: e.items.map((i) => asLabels(context, i, set)), type };
  if (e.kind === 'conditional') {
    const then = asLabels(context, e.then, set);
    return { ...e, then, otherwise: asLabels(context, e.otherwise, set), type };
  }
  if (e.kind === 'comprehension') return { ...e, body: asLabels(context, e.body, set), type };
  return e;
}
