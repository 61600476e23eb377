// Proof trees: small constructors.
import type { Node } from '../../tensor/ir.ts';
import type { Reason, Truth } from '../fact.ts';

export const reason = (text: string, node?: Node, because: readonly Reason[] = []): Reason => ({
  text,
  node,
  because,
});

export const yes = (why: Reason): Truth => ({ kind: 'yes', reason: why });
export const no = (why: Reason): Truth => ({ kind: 'no', reason: why });
export const unknown = (why: Reason): Truth => ({ kind: 'unknown', reason: why });
