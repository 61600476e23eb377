// One run of a comparison: a method at one point of the sweep with one seed, whatever becomes of it.
import { defaultTolerances, type Evidence, type Tolerances } from '../../runtime/certify/judge.ts';
import type { Certificate } from '../../runtime/certify/certificate.ts';
import type { ComparedRun, Failure, SweepPoint } from '../../runtime/compare/comparison.ts';
import { objectiveColumn } from '../../runtime/compare/front.ts';
import { feasibleTo, gapOf, type GapMeasure } from '../../runtime/compare/gap.ts';
import { RuntimeFault } from '../../runtime/fault.ts';
import type { Observer } from '../../runtime/observe.ts';
import type { Values } from '../../runtime/program.ts';
import { run, type Limits, type Measures, type RunOutcome } from '../../runtime/run.ts';
import { noCounts, type TraceRow } from '../../runtime/trace.ts';
import type { TypedRun } from '../model/types.ts';
import { ranOn } from '../ran-on.ts';
import { solutionOf } from '../solution.ts';
import { nativeEvidence } from '../prove-none.ts';
import { explainerOf } from '../solve.ts';
import type { Session } from '../session.ts';
import type { Specialised } from '../specialise.ts';
import { cloudsAt } from './clouds.ts';
import { failureOf, thrownFailure } from './failure.ts';
import { numbersOf } from './numbers.ts';

export interface RunTask {
  readonly session: Session;
  /** What rows on the way are measured with. */
  readonly rows: Session;
  readonly run: TypedRun;
  readonly specialised: Specialised;
  readonly point: SweepPoint;
  readonly seed: number;
  readonly gap: GapMeasure;
  readonly rule: (row: TraceRow) => boolean;
  readonly watches: readonly ((row: TraceRow) => boolean)[];
  /** Rules or watches ask for the certificate: it is measured wherever they are asked. */
  readonly certified: boolean;
  readonly limits: Limits;
  readonly tolerance: number | undefined;
  readonly observers: readonly Observer[];
  readonly interrupted: () => boolean;
  readonly breathe: () => Promise<void>;
}

/** Runs and certifies. A fault of ours is kept as the run's failure: the others go on. */
export async function comparedRun(task: RunTask): Promise<ComparedRun> {
  const { session, specialised } = task;
  const path: (readonly number[])[] = [];
  try {
    const outcome = await run({
      program: specialised.create(task.seed),
      measure: (point) => measured(task, task.rows, point),
      detail: (point) => {
        const at = numbersOf(session, point);
        if (at !== undefined) path.push(at);
        return task.certified || gapIsResidual(session)
          ? {}
          : certificateMeasures(task.rows, point);
      },
      rule: task.rule,
      watches: task.watches,
      limits: task.limits,
      observers: task.observers,
      interrupted: task.interrupted,
      breathe: task.breathe,
      explain: explainerOf(session),
    });
    return finished(task, outcome, path);
  } catch (error) {
    return unfinished(task.run, task.point, task.seed, thrownFailure(error));
  }
}

function measured({ gap, certified }: RunTask, session: Session, point: Values): Measures {
  const measures = measureOrNaN(session, point);
  const { violation, ...others } = measures;
  const own = ownGap(session, point);
  const residual = gapIsResidual(session) && own !== undefined ? { residual: own } : undefined;
  return {
    ...others,
    ...objectivesAt(session, point),
    gap: own ?? gapOf(gap, measures.value, violation),
    feasibility: violation,
    ...(residual ?? (certified ? certificateMeasures(session, point) : {})),
  };
}

/** Of games and variational inequalities the gap is all that the certificate measures, unless slopes of single players are shown too. */
function gapIsResidual({ program: { ownGap: own, plan } }: Session): boolean {
  const spec = plan.beyond?.spec;
  return own !== undefined && !(spec?.kind === 'game' && spec.residual === undefined);
}

/** The gap that needs no reference: of games and variational inequalities. */
function ownGap({ program }: Session, point: Values): number | undefined {
  if (program.ownGap === undefined) return undefined;
  try {
    return program.ownGap(point);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return Infinity;
  }
}

/** With lower levels, at their solution for the outer variables. A point that the program cannot measure (a matrix that is not positive definite, say) is no feasible point. */
function measureOrNaN({ program }: Session, point: Values): Measures {
  try {
    const settled = program.settled(point);
    return settled === undefined
      ? { ...program.measure(point), value: NaN, violation: Infinity }
      : program.measure(settled);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return { value: NaN, violation: Infinity };
  }
}

/** Each objective by its name in the trace, where there are several. */
function objectivesAt({ program }: Session, point: Values): Measures {
  try {
    const entries = program.objectives(point).map((value, k) => [objectiveColumn(k), value]);
    return Object.fromEntries(entries);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return {};
  }
}

/** What the certificate says of a point: `stationarity`, and `residual`, the distance from a proof: the duality gap where there is one. */
function certificateMeasures(session: Session, point: Values): Measures {
  // Where that takes solving lower levels again, the distance alone is measured on the way.
  if (session.program.settles) return { residual: session.program.residual(point) };
  const certificate = certifyOrNothing(session, point, defaultTolerances, {});
  if (certificate === undefined) return {};
  const check = (name: string): number | undefined =>
    certificate.checks.find((c) => c.name === name)?.value;
  // Outside of the constraints no slope and no gap says anything.
  const outside = (check('feasibility') ?? 0) > feasibleTo ? Infinity : undefined;
  const slope = check('stationarity');
  const stationarity = slope === undefined ? undefined : (outside ?? slope);
  const residual =
    outside ??
    check('duality gap') ??
    check('Nikaido-Isoda gap') ??
    check('natural residual') ??
    slope ??
    check('feasibility');
  return {
    ...(stationarity === undefined ? {} : { stationarity }),
    ...(residual === undefined ? {} : { residual }),
  };
}

function certifyOrNothing(
  { program }: Session,
  point: Values,
  tolerances: Tolerances,
  more: Partial<Evidence>,
  multipliers?: Values,
): Certificate | undefined {
  try {
    return program.certify(point, tolerances, more, multipliers);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return undefined;
  }
}

function finished(task: RunTask, outcome: RunOutcome, path: ComparedRun['path']): ComparedRun {
  const { session, specialised, point, seed, tolerance } = task;
  const tolerances = {
    optimality: tolerance ?? defaultTolerances.optimality,
    feasibility: feasibleTo,
  };
  const certificate = certifyOrNothing(
    session,
    outcome.answer,
    tolerances,
    nativeEvidence(session, specialised, outcome.answer),
    specialised.multipliers(),
  );
  const trace = task.rows === session ? outcome.trace : withLastRow(task, outcome);
  const last = trace.at(-1);
  return {
    ...identity(task.run, point, seed),
    status: certificate?.status ?? 'not converged',
    reason: outcome.reason,
    failure: failureOf(session, specialised, outcome.reason),
    trace,
    value: last?.values.value,
    gap: last?.values.gap ?? NaN,
    metrics: Object.fromEntries(
      metricNames(session).map((name) => [name, last?.values[name] ?? NaN]),
    ),
    counts: outcome.counts,
    iterations: outcome.iterations,
    seconds: {
      compile: session.seconds.compile + specialised.compileSeconds,
      first: outcome.seconds.first,
      total: outcome.seconds.total,
    },
    certificate,
    answer: solutionOf(session, outcome.answer),
    ran: ranOn(session, specialised),
    clouds: cloudsAt(session, outcome.answer),
    path,
  };
}

/** The trace with its last row measured on the whole sample. */
function withLastRow(task: RunTask, { trace, answer }: RunOutcome): RunOutcome['trace'] {
  const last = trace.at(-1);
  if (last === undefined) return trace;
  const { session, certified } = task;
  const measures = {
    ...measured(task, session, answer),
    ...(certified || gapIsResidual(session) ? {} : certificateMeasures(session, answer)),
  };
  return [...trace.slice(0, -1), { ...last, values: { ...last.values, ...measures } }];
}

/** Names of the metrics that are numbers. */
export const metricNames = (session: Session): readonly string[] =>
  session.lowered.problem.metrics
    .filter(({ node }) => node.type.shape.length === 0)
    .map(({ name }) => name);

/** A run that never began, or that a fault of ours ended. */
export const unfinished = (
  run: TypedRun,
  point: SweepPoint,
  seed: number,
  failure: Failure,
): ComparedRun => ({
  ...identity(run, point, seed),
  status: 'not converged',
  reason: undefined,
  failure,
  trace: [],
  value: undefined,
  gap: NaN,
  metrics: {},
  counts: noCounts(),
  iterations: 0,
  seconds: { compile: 0, first: 0, total: 0 },
  certificate: undefined,
  answer: [],
  clouds: [],
  path: [],
});

const identity = (
  { label, method, via }: TypedRun,
  point: SweepPoint,
  seed: number,
): Pick<ComparedRun, 'label' | 'method' | 'via' | 'seed' | 'point'> => ({
  label,
  method: method.name,
  via: via.map(({ name }) => name),
  seed,
  point,
});
