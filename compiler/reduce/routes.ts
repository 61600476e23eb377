// The ways from a problem with lower levels to one of a single level, each with the reason why it applies or what stands in its way.
import type { Span } from '../../grammar/span.ts';
import type { MatchContext } from '../match/match.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts } from '../problem/facts/facts.ts';
import type { Graph } from '../tensor/graph.ts';
import { reductions, type ReductionRequest } from './reduce.ts';
import type { Acceptance } from './reduction.ts';

export interface Route {
  readonly request: ReductionRequest;
  readonly answer: Acceptance;
}

/** In order of preference. */
const names = ['implicit'] as const;

/** None for a problem without lower levels. */
export function routesOf(graph: Graph, context: MatchContext, span: Span): readonly Route[] {
  const { problem } = context.lowered;
  if (problem.level.lower.length === 0) return [];
  const facts = createFacts(
    graph,
    problem.level.variables.map(({ input }) => input),
    assumptionsOf(problem),
  );
  return names.flatMap((name): readonly Route[] => {
    const reduction = reductions[name];
    if (reduction === undefined) return [];
    const request: ReductionRequest = { name, args: [], span };
    const answer = reduction.accepts({ graph, problem, facts, context, args: [], span });
    return [{ request, answer }];
  });
}
