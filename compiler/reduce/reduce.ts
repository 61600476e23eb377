// `via r1 via r2`: reductions one after the other, and the way back through all of them.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { MethodUse, ReductionStep, ScalarizeRule, SystemRule } from '../model/types.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts } from '../problem/facts/facts.ts';
import type { MatchContext } from '../match/match.ts';
import type { Problem } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { dual } from './dual.ts';
import { epigraph } from './epigraph.ts';
import { hadamard } from './hadamard.ts';
import { implicit } from './implicit.ts';
import { report } from './messages.ts';
import { penalty } from './penalty.ts';
import type { Reduction, VariableValues } from './reduction.ts';
import { relax } from './relax.ts';
import { scalarize } from './scalarize.ts';
import { smooth } from './smooth.ts';
import { unroll } from './unroll.ts';
import { valueFunction } from './value-function.ts';

/** All reductions of the language; undefined for those that are not built yet. */
export const reductions: { readonly [R in ReductionStep]: Reduction | undefined } = {
  hadamard,
  epigraph,
  smooth,
  scalarize,
  relax,
  kkt: undefined,
  value_function: valueFunction,
  penalty,
  strong_duality: undefined,
  implicit,
  unroll,
  dual,
  robust: undefined,
  sample: undefined,
};

/** One reduction with its arguments lowered over data and params. */
export interface ReductionRequest {
  readonly name: ReductionStep;
  readonly args: readonly Node[];
  /** `unroll(T, method)` */
  readonly method?: MethodUse | undefined;
  /** `scalarize(w, "…")` */
  readonly rule?: ScalarizeRule | undefined;
  /** `implicit("…")` */
  readonly system?: SystemRule | undefined;
  readonly span: Span;
}

export type ReduceResult =
  | {
      readonly kind: 'reduced';
      readonly problem: Problem;
      readonly invert: (values: VariableValues) => VariableValues;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[] };

export function reduceProblem(
  graph: Graph,
  problem: Problem,
  requests: readonly ReductionRequest[],
  context?: MatchContext,
): ReduceResult {
  let current = problem;
  const ways: ((values: VariableValues) => VariableValues)[] = [];
  const notes: string[] = [];
  for (const { name, args, method, rule, system, span } of requests) {
    const reduction = reductions[name];
    if (reduction === undefined)
      return { kind: 'failed', diagnostics: [report('R002', span, { name })] };
    const variables = current.level.variables.map(({ input }) => input);
    const facts = createFacts(graph, variables, assumptionsOf(current));
    const input = { graph, problem: current, facts, args, method, rule, system, span, context };
    const answer = reduction.accepts(input);
    if (answer.kind === 'refuses') {
      const related = [{ span: answer.span, message: 'here' }];
      const made = report('R001', span, { name, why: answer.because }, { related });
      return { kind: 'failed', diagnostics: [made] };
    }
    const reduced = reduction.apply(input);
    current = reduced.problem;
    ways.unshift(reduced.invert);
    notes.push(reduced.note);
  }
  return {
    kind: 'reduced',
    problem: current,
    invert: (values) => ways.reduce((at, back) => back(at), values),
    notes,
  };
}
