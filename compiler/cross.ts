// One problem by every route that applies: through reductions, and by methods that take it as it is. Certified values that differ are reported.
import type { SolveResult } from '../runtime/result.ts';
import type { MethodModel } from './model/method-types.ts';
import { surveyMethods } from './match/survey.ts';
import { routesOf } from './reduce/routes.ts';
import type { Session } from './session.ts';
import { solveSession, type SolveOptions } from './solve.ts';
import { matchContext, type MethodTask } from './specialise.ts';
import { isError } from '../grammar/diagnostic.ts';

export interface CrossRoute {
  /** `via implicit`, `extragradient_search`. */
  readonly route: string;
  readonly outcome:
    | {
        readonly kind: 'solved';
        readonly result: SolveResult;
        /** The largest gap of a lower level, where one was measured. */
        readonly lowerGap: number | undefined;
        readonly seconds: number;
      }
    | { readonly kind: 'obstacle'; readonly because: string };
}

export interface Disagreement {
  readonly routes: readonly [string, string];
  readonly values: readonly [number, number];
  /** Both optimal: one must be wrong. Else they may be different stationary points. */
  readonly grave: boolean;
}

export interface Cross {
  readonly problem: string;
  readonly routes: readonly CrossRoute[];
  readonly disagreements: readonly Disagreement[];
}

/** Methods tried as they are, at most. */
const mostMethods = 6;

/** Seconds for each route unless the person says otherwise. */
const usualSeconds = 20;

export async function crossSession(session: Session, options: SolveOptions): Promise<Cross> {
  const routes: CrossRoute[] = [];
  for (const planned of plan(session)) {
    if (options.interrupted?.() === true) break;
    routes.push({
      route: planned.route,
      outcome: planned.kind === 'obstacle' ? planned : await solved(session, planned.task, options),
    });
  }
  return { problem: session.model.name, routes, disagreements: disagreementsOf(routes) };
}

type Planned =
  | { readonly kind: 'task'; readonly route: string; readonly task: MethodTask }
  | { readonly kind: 'obstacle'; readonly route: string; readonly because: string };

function plan(session: Session): readonly Planned[] {
  const { lowering, problem } = session.lowered;
  const context = matchContext(session, problem);
  const { span } = session.model;
  const task = (method?: MethodModel): MethodTask => ({
    method,
    args: [],
    label: undefined,
    via: [],
    sweep: new Map(),
    span,
  });
  const routes = routesOf(lowering.graph, context, span).map(
    ({ text, request, answer }): Planned =>
      answer.kind === 'accepts'
        ? { kind: 'task', route: `via ${text}`, task: { ...task(), requests: [request] } }
        : { kind: 'obstacle', route: `via ${request.name}`, because: answer.because },
  );
  const { goals, lower } = problem.level;
  const single = lower.length === 0 && goals.length === 1;
  const own: readonly Planned[] = single ? [{ kind: 'task', route: 'as it is', task: task() }] : [];
  const matching = surveyMethods(context)
    .filter(({ matches, needs, why }) => matches && needs === undefined && why === undefined)
    .slice(0, mostMethods)
    .flatMap(({ method: name }): readonly Planned[] => {
      const method = context.methods.get(name);
      return method === undefined ? [] : [{ kind: 'task', route: name, task: task(method) }];
    });
  return [...own, ...routes, ...matching];
}

async function solved(
  session: Session,
  task: MethodTask,
  options: SolveOptions,
): Promise<CrossRoute['outcome']> {
  const begun = performance.now();
  const limits = { seconds: usualSeconds, ...options.limits };
  const found = await solveSession(session, task, { ...options, limits });
  if (!found.ok) {
    const [first] = found.diagnostics.filter(isError);
    return { kind: 'obstacle', because: first?.message ?? 'it could not be solved' };
  }
  const gaps = found.result.certificate.checks
    .filter(({ name }) => name === 'lower-level gap')
    .map(({ value }) => value);
  return {
    kind: 'solved',
    result: found.result,
    lowerGap: gaps.length === 0 ? undefined : Math.max(...gaps),
    seconds: (performance.now() - begun) / 1000,
  };
}

/** Values of certified answers that differ by more than this, relative, disagree. */
const agreement = 1e-5;

function disagreementsOf(routes: readonly CrossRoute[]): readonly Disagreement[] {
  const certified = routes.flatMap(({ route, outcome }) => {
    if (outcome.kind !== 'solved') return [];
    const { status, value } = outcome.result;
    return (status === 'optimal' || status === 'stationary') && value !== undefined
      ? [{ route, status, value }]
      : [];
  });
  return certified.flatMap((a, k) =>
    certified.slice(k + 1).flatMap((b): readonly Disagreement[] =>
      Math.abs(a.value - b.value) <= agreement * Math.max(1, Math.abs(a.value), Math.abs(b.value))
        ? []
        : [
            {
              routes: [a.route, b.route],
              values: [a.value, b.value],
              grave: a.status === 'optimal' && b.status === 'optimal',
            },
          ],
    ),
  );
}
