// One solve: the session and the method brought together, run, certified.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { defaultTolerances, type Evidence, type Tolerances } from '../runtime/certify/judge.ts';
import type { Certificate } from '../runtime/certify/certificate.ts';
import type { Observer } from '../runtime/observe.ts';
import type { Values } from '../runtime/program.ts';
import {
  copyValues,
  defaultLimits,
  run,
  type Limits,
  type Measures,
  type RunOutcome,
} from '../runtime/run.ts';
import type { SolutionEntry, SolveResult } from '../runtime/result.ts';
import type { TraceRow } from '../runtime/trace.ts';
import { askedBy } from './compare/question.ts';
import { columnValue } from './compare/columns.ts';
import type { TypedExpression } from './model/types.ts';
import type { Session } from './session.ts';
import { specialise, type MethodTask, type Specialised } from './specialise.ts';

export interface SolveOptions {
  readonly seed: number;
  readonly dataSeed: number;
  readonly limits?: Partial<Limits>;
  readonly tolerance?: number;
  /** `stop when` of the file; the limits of the command line override it. */
  readonly stop?: TypedExpression | undefined;
  readonly observers?: readonly Observer[];
  readonly interrupted?: () => boolean;
  readonly breathe?: () => Promise<void>;
}

export type SolveOutcome =
  | { readonly ok: true; readonly result: SolveResult; readonly specialised: Specialised }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export async function solveSession(
  session: Session,
  task: MethodTask,
  options: SolveOptions,
): Promise<SolveOutcome> {
  const made = await specialise(session, task);
  if (!made.ok) return made;
  const { specialised } = made;
  const tolerances: Tolerances = {
    ...defaultTolerances,
    ...(options.tolerance === undefined ? {} : { optimality: options.tolerance }),
  };
  const best = keepBest(session, tolerances);
  const outcome = await run({
    program: specialised.create(options.seed),
    measure: best.measure,
    rule: stopRule(session, options, tolerances, best.latest),
    limits: { ...defaultLimits, ...options.limits },
    ...(options.observers === undefined ? {} : { observers: options.observers }),
    ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
    ...(options.breathe === undefined ? {} : { breathe: options.breathe }),
  });
  return {
    ok: true,
    specialised,
    result: resultOf(session, specialised, outcome, best.point(), tolerances, options),
  };
}

interface Best {
  readonly measure: (point: Values) => Measures;
  /** The point measured last. */
  readonly latest: () => Values;
  /** The best feasible point measured. */
  readonly point: () => Values | undefined;
}

/** Measures points and keeps the best: what an interrupted run answers. */
function keepBest({ program }: Session, { feasibility }: Tolerances): Best {
  const sign = program.plan.sense === 'maximize' ? -1 : 1;
  let last: Values = {};
  let found: Values | undefined;
  let value = Infinity;
  return {
    measure: (point) => {
      last = point;
      const measures = program.measure(point);
      const here = sign * (measures.value ?? NaN);
      if (measures.violation <= feasibility && here < value) {
        value = here;
        found = copyValues(point);
      }
      return measures;
    },
    latest: () => last,
    point: () => found,
  };
}

/** `stop when` where the file has one; else the run ends when the certificate's residual is small enough, asked at iterations that grow by a fifth. */
function stopRule(
  session: Session,
  options: SolveOptions,
  { optimality }: Tolerances,
  latest: () => Values,
): (row: TraceRow) => boolean {
  const overridden = options.limits !== undefined && Object.keys(options.limits).length > 0;
  if (options.stop !== undefined && !overridden) return conditionRule(session, options.stop);
  let next = 1;
  return (row) => {
    if (row.iteration < next) return false;
    next = Math.max(row.iteration + 1, Math.ceil(row.iteration * 1.2));
    return session.program.residual(latest()) <= optimality;
  };
}

/** A condition over the columns of a row, lowered once. */
export function conditionRule(
  session: Session,
  condition: TypedExpression,
): (row: TraceRow) => boolean {
  const { lowering, frame } = session.lowered;
  const question = askedBy(lowering, frame.scope, condition);
  return (row) =>
    question.answer(
      question.columns.map((column) => columnValue(column, row)),
      [],
      {},
    ) === 1;
}

function resultOf(
  session: Session,
  specialised: Specialised,
  outcome: RunOutcome,
  best: Values | undefined,
  tolerances: Tolerances,
  options: SolveOptions,
): SolveResult {
  const { program } = session;
  const more = nativeEvidence(specialised);
  const { answer, certificate } = betterOf(session, outcome.answer, best, tolerances, more);
  const measured = program.measure(answer);
  return {
    problem: session.model.name,
    method: specialised.label,
    why: specialised.why,
    via: specialised.via,
    status: certificate.status,
    value: measured.value,
    solution: session.lowered.problem.level.variables.map(({ name, labels }): SolutionEntry => {
      const tensor = answer[name];
      return {
        name,
        shape: tensor.shape,
        data: tensor.data,
        labels: labels.map((set) => (set === undefined ? undefined : session.labels.get(set))),
      };
    }),
    metrics: program.metrics(answer),
    certificate,
    counts: outcome.counts,
    iterations: outcome.iterations,
    reason: outcome.reason,
    seconds: {
      compile: session.seconds.compile + specialised.compileSeconds,
      data: session.seconds.data,
      first: outcome.seconds.first,
      iterations: outcome.seconds.total,
    },
    trace: outcome.trace,
    seed: options.seed,
    dataSeed: options.dataSeed,
  };
}

/** The last point, or the best one where the last is certified no better. */
function betterOf(
  session: Session,
  last: Values,
  best: Values | undefined,
  tolerances: Tolerances,
  more: Partial<Evidence>,
): { readonly answer: Values; readonly certificate: Certificate } {
  const { program } = session;
  const certificate = program.certify(last, tolerances, more);
  if (best === undefined || certificate.status !== 'not converged')
    return { answer: last, certificate };
  const other = program.certify(best, tolerances, more);
  const sign = program.plan.sense === 'maximize' ? -1 : 1;
  const valueOf = (point: Values): number => {
    const { value = NaN, violation } = program.measure(point);
    return violation <= tolerances.feasibility && !Number.isNaN(value) ? sign * value : Infinity;
  };
  const better = other.status !== 'not converged' || valueOf(best) < valueOf(last);
  return better ? { answer: best, certificate: other } : { answer: last, certificate };
}

function nativeEvidence({ nativeStatus, label }: Specialised): Partial<Evidence> {
  const status = nativeStatus();
  if (status === 'Infeasible')
    return { infeasible: `${label} proved that no point keeps all constraints.` };
  if (status === 'Unbounded')
    return { unbounded: `${label} found a direction along which the goal has no bound.` };
  return {};
}
