// Why a method does not match a problem: the first requirement that fails, and the part of the problem that fails it.
import type { Span } from '../../grammar/span.ts';
import type { Reason } from '../problem/fact.ts';

export interface Mismatch {
  readonly kind: 'mismatch';
  /** The requirement and what fails it, as one clause: `h must have a prox, but none is known for this term`. */
  readonly text: string;
  /** The place in the problem. */
  readonly span: Span;
  /** Why, from the facts or the prox tables. */
  readonly because: readonly string[];
  /** The matching is ambiguous: the readings. */
  readonly readings?: readonly string[];
}

export const mismatch = (text: string, span: Span, because: readonly string[] = []): Mismatch => ({
  kind: 'mismatch',
  text,
  span,
  because,
});

/** The innermost reasons, shortest story first. */
export function storyOf(reason: Reason): readonly string[] {
  const inner = reason.because.flatMap(storyOf);
  return inner.length === 0 ? [reason.text] : inner;
}
