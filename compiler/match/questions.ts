// What matching asks of the facts.
import type { BoundFact, Reason } from '../problem/fact.ts';
import type { Node } from '../tensor/ir.ts';

export type Property =
  | 'smooth'
  | 'convex'
  | 'strongly_convex'
  | 'linear'
  | 'quadratic'
  | 'bilinear'
  | 'separable'
  | 'monotone';

export type Answer =
  | { readonly holds: true; readonly conditions: readonly Node[]; readonly reason: Reason }
  | { readonly holds: false; readonly reason: Reason; readonly culprit: Node | undefined };

export interface Questions {
  /** Has the expression the property in the variables together? */
  readonly has: (property: Property, expression: Node, variables: readonly Node[]) => Answer;
  /** An upper bound for the Lipschitz constant of the gradient. */
  readonly lipschitz: (expression: Node, variables: readonly Node[]) => BoundFact;
  /** A lower bound for the modulus of strong convexity. */
  readonly strongConvexity: (expression: Node, variables: readonly Node[]) => BoundFact;
}
