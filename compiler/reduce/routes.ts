// The ways from a problem with lower levels to one of a single level, each with the reason why it applies or what stands in its way.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { MatchContext } from '../match/match.ts';
import { report as reportMatch } from '../match/messages.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts } from '../problem/facts/facts.ts';
import { constructsLeft } from '../problem/not-yet.ts';
import type { Graph } from '../tensor/graph.ts';
import { report } from './messages.ts';
import { reductions, type ReductionRequest } from './reduce.ts';
import type { Acceptance } from './reduction.ts';

export interface Route {
  /** As it stands after `via`. */
  readonly text: string;
  readonly request: ReductionRequest;
  readonly answer: Acceptance;
}

/** Steps of `unroll`, and the price of `penalty`, where nobody said. */
const usualSteps = 200;
const usualPrice = 1e4;

/** Methods that `unroll` is tried with: plain ones, those with constant steps first. A step that is measured from the last move says nothing, and has a wild derivative, once the
 * iterates rest. */
const unrolled = [
  'gradient_descent',
  'ista',
  'projected_gradient',
  'proximal_gradient',
  'past_extragradient',
] as const;

/** In order of preference, each found out when it is asked for. */
const preferred: readonly ((graph: Graph, context: MatchContext, span: Span) => Route)[] = [
  (graph, context, span) => routeOf(graph, context, 'dual', { name: 'dual', args: [], span }),
  (graph, context, span) =>
    routeOf(graph, context, 'implicit', { name: 'implicit', args: [], span }),
  unrolledRoute,
  (graph, context, span) =>
    routeOf(graph, context, 'value_function', { name: 'value_function', args: [], span }),
  (graph, context, span) =>
    routeOf(graph, context, `penalty(${usualPrice})`, {
      name: 'penalty',
      args: [graph.constant(usualPrice)],
      span,
    }),
];

/** All routes. None for a problem without lower levels. */
export const routesOf = (graph: Graph, context: MatchContext, span: Span): readonly Route[] =>
  context.lowered.problem.level.lower.length === 0
    ? []
    : preferred.map((find) => find(graph, context, span));

/** The routes up to the first that applies. */
export function routesUntil(graph: Graph, context: MatchContext, span: Span): readonly Route[] {
  const found: Route[] = [];
  for (const find of preferred) {
    const route = find(graph, context, span);
    found.push(route);
    if (route.answer.kind === 'accepts') break;
  }
  return found;
}

function routeOf(
  graph: Graph,
  context: MatchContext,
  text: string,
  request: ReductionRequest,
): Route {
  const { problem } = context.lowered;
  const facts = createFacts(
    graph,
    problem.level.variables.map(({ input }) => input),
    assumptionsOf(problem),
  );
  const reduction = reductions[request.name];
  const answer: Acceptance =
    reduction === undefined
      ? { kind: 'refuses', because: 'it is not built yet', span: request.span }
      : reduction.accepts({ graph, problem, facts, context, ...request });
  return { text, request, answer };
}

/** With the first method that matches. */
function unrolledRoute(graph: Graph, context: MatchContext, span: Span): Route {
  let first: Route | undefined;
  for (const name of unrolled) {
    const method = context.methods.get(name);
    if (method === undefined) continue;
    const route = routeOf(graph, context, `unroll(${usualSteps}, ${name})`, {
      name: 'unroll',
      args: [graph.constant(usualSteps)],
      method: { name, method, args: [], syntax: [], span },
      span,
    });
    if (route.answer.kind === 'accepts') return route;
    first ??= route;
  }
  return (
    first ??
    routeOf(graph, context, 'unroll', {
      name: 'unroll',
      args: [graph.constant(usualSteps)],
      span,
    })
  );
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
