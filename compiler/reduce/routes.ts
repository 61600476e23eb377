// The ways from a problem with lower levels to one of a single level, each with the reason why it applies or what stands in its way.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { MatchContext } from '../match/match.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts } from '../problem/facts/facts.ts';
import type { Graph } from '../tensor/graph.ts';
import { constructsLeft } from '../problem/not-yet.ts';
import { report as reportMatch } from '../match/messages.ts';
import { report } from './messages.ts';
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

/** Why no route applies: the construct that waits, else each route's obstacle. */
export function noRoute(
  { lowered: { problem }, model }: MatchContext,
  routes: readonly Route[],
  span: Span,
): Diagnostic {
  const [waits] = constructsLeft(problem);
  if (waits !== undefined) {
    const related = [{ span: waits.span, message: 'here' }];
    const names = { construct: waits.construct, problem: model.name };
    return reportMatch('K005', span, names, { related });
  }
  const refused = routes.flatMap(({ request, answer }) =>
    answer.kind === 'refuses' ? [{ name: request.name, ...answer }] : [],
  );
  const why = refused.map(({ name, because }) => `\`via ${name}\`: ${because}`).join('; ');
  const related = refused.slice(0, 1).map((answer) => ({ span: answer.span, message: 'here' }));
  return report('R003', span, { problem: model.name, why }, { related });
}
