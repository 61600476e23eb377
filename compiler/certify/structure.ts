// What the certificate needs to know of a problem's expressions. Asked of the facts; passed in so that this room depends on questions, not on
// how they are answered.
import type { Node } from '../tensor/ir.ts';

/** A fact that holds, fails, or holds under conditions on data and params. */
export type Answer =
  | { readonly holds: true; readonly conditions: readonly Node[] }
  | { readonly holds: false; readonly because: string };

export const noConditions: Answer = { holds: true, conditions: [] };

export interface StructureQuestions {
  /** Is the expression convex in the variables together? */
  readonly convex: (expression: Node, variables: readonly Node[]) => Answer;
  /** Is it differentiable everywhere? */
  readonly smooth: (expression: Node, variables: readonly Node[]) => boolean;
  /** A modulus of strong convexity, as an expression of data and params; undefined where none is known. */
  readonly strongConvexity: (expression: Node, variables: readonly Node[]) => Node | undefined;
  /** Is the operator, in the shape of the only variable, monotone? */
  readonly monotone: (operator: Node, variables: readonly Node[]) => Answer;
}
