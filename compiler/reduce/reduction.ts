// A reduction turns one problem into another and maps the solution back.
import type { Span } from '../../grammar/span.ts';
import type { MatchContext } from '../match/match.ts';
import type { MethodUse, ScalarizeRule, SystemRule } from '../model/types.ts';
import type { Facts } from '../problem/facts/facts.ts';
import type { Problem } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

export interface ReductionInput {
  readonly graph: Graph;
  readonly problem: Problem;
  /** Facts over the variables of the level. */
  readonly facts: Facts;
  /** `smooth(mu)`, `scalarize(w)`: values over data and params. */
  readonly args: readonly Node[];
  /** `unroll(T, method)` */
  readonly method?: MethodUse | undefined;
  /** `scalarize(w, "…")`: a weighted sum where nothing is said. */
  readonly rule?: ScalarizeRule | undefined;
  /** `implicit("…")`: by factorisation where nothing is said. */
  readonly system?: SystemRule | undefined;
  /** Methods for problems within the problem, where there are any at hand. */
  readonly context: MatchContext | undefined;
  /** Where the reduction is asked for. */
  readonly span: Span;
}

export type Acceptance =
  | { readonly kind: 'accepts'; readonly because: string }
  /** `span` is the part of the problem that stands in the way. */
  | { readonly kind: 'refuses'; readonly because: string; readonly span: Span };

/** Values by the names of variables, each in its own shape. */
export type VariableValues = ReadonlyMap<string, Node>;

export interface Reduced {
  readonly problem: Problem;
  /** Values of the variables of the problem before, from those of the reduced one. Pure. */
  readonly invert: (values: VariableValues) => VariableValues;
  /** What changed, in words, for reports. */
  readonly note: string;
}

export interface Reduction {
  readonly name: string;
  readonly accepts: (input: ReductionInput) => Acceptance;
  /** Only for what it accepts. */
  readonly apply: (input: ReductionInput) => Reduced;
}

export const refuses = (because: string, span: Span): Acceptance => ({
  kind: 'refuses',
  because,
  span,
});
