// Proofs of curvature: done, perhaps under conditions on data and params, or stuck at a culprit.
import type { Node } from '../../tensor/ir.ts';
import type { Reason } from '../fact.ts';
import { reason } from './reasons.ts';

export type Goal = 'convex' | 'concave';

export interface Proved {
  readonly ok: true;
  /** Bool scalars of data and params; all must hold. */
  readonly conditions: readonly Node[];
  readonly reason: Reason;
}

export interface Stuck {
  readonly ok: false;
  /** The smallest subexpression that breaks the rules. */
  readonly culprit: Node;
  readonly reason: Reason;
}

export type Proof = Proved | Stuck;

export const flip = (goal: Goal): Goal => (goal === 'convex' ? 'concave' : 'convex');

/** Proved by a rule from parts that are proved; stuck where a part is. */
export function proved(text: string, node: Node, parts: readonly Proof[] = []): Proof {
  const conditions: Node[] = [];
  const because: Reason[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    conditions.push(...part.conditions);
    because.push(part.reason);
  }
  return { ok: true, conditions: [...new Set(conditions)], reason: reason(text, node, because) };
}

export const provedIf = (text: string, node: Node, condition: Node): Proof => ({
  ok: true,
  conditions: [condition],
  reason: reason(text, node),
});

export const stuck = (text: string, culprit: Node): Stuck => ({
  ok: false,
  culprit,
  reason: reason(text, culprit),
});

/** The first way that works without conditions, else the first that works, else the first failure. */
export function firstOf(ways: readonly (() => Proof)[]): Proof {
  let best: Proof | undefined;
  for (const way of ways) {
    const proof = way();
    if (proof.ok && proof.conditions.length === 0) return proof;
    if (best === undefined || (proof.ok && !best.ok)) best = proof;
  }
  return best ?? { ok: false, culprit: noNode(), reason: reason('nothing to try') };
}

function noNode(): never {
  throw new Error('firstOf needs at least one way');
}
