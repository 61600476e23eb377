// Facts about expressions, each with the reason for it: a proof tree that `explain` prints and errors quote.
import type { Node } from '../tensor/ir.ts';

/** Why a fact holds, or which part breaks it. `node` is the expression the step speaks of. */
export interface Reason {
  readonly text: string;
  readonly node: Node | undefined;
  readonly because: readonly Reason[];
}

/** Proved, refuted, not decided, or true exactly when a condition on data and params holds (a bool scalar of the IR, evaluated once
 * after data and params are in). */
export type Truth =
  | { readonly kind: 'yes'; readonly reason: Reason }
  | { readonly kind: 'no'; readonly reason: Reason }
  | { readonly kind: 'unknown'; readonly reason: Reason }
  | { readonly kind: 'if'; readonly condition: Node; readonly reason: Reason };

export type Curvature = 'constant' | 'affine' | 'convex' | 'concave' | 'unknown';

export interface CurvatureFact {
  readonly curvature: Curvature;
  /** Holds only under this condition on data and params. */
  readonly condition: Node | undefined;
  readonly reason: Reason;
  /** For `unknown`: the smallest subexpression that breaks the rules. */
  readonly culprit: Node | undefined;
}

/** A bound on second derivatives, as an expression of data and params: from above for the Lipschitz constant of the gradient, from below for
 * strong convexity. */
export interface BoundFact {
  readonly bound: Node | undefined;
  /** It holds everywhere, not only within the bounds and domains of the variables. */
  readonly everywhere: boolean;
  /** Holds only under this condition on data and params. */
  readonly condition: Node | undefined;
  readonly reason: Reason;
  /** Where there is no bound: the term or part that has none. */
  readonly culprit: Node | undefined;
}
