// One solve: the session and the method brought together, run, certified.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { rounding32 } from '../runtime/rounding32.ts';
import type { Branched } from '../runtime/certify/branch.ts';
import { defaultTolerances, type Evidence } from '../runtime/certify/judge.ts';
import type { Observer } from '../runtime/observe.ts';
import { RuntimeFault } from '../runtime/fault.ts';
import { dense } from '../runtime/kernels/tensors.ts';
import type { NonFinite, Program, Values } from '../runtime/program.ts';
import type { Limits } from '../runtime/run.ts';
import type { SolveResult } from '../runtime/result.ts';
import { addWork, noWork, type SearchWork } from '../runtime/search-work.ts';
import { solveProgram, type Solved } from '../runtime/solve.ts';
import { dispatchStats } from './dispatches.ts';
import { compileProblem } from './problem-program.ts';
import { nativeEvidence, runawayEvidence } from './prove-none.ts';
import { proofLimits, proveNoWhole, proveWhole, type ProofLimits } from './prove-whole.ts';
import { searchOuter } from './outer-search.ts';
import { reduceProblem } from './reduce/reduce.ts';
import { ranOn, statsOf } from './ran-on.ts';
import { solutionOf } from './solution.ts';
import type { ScalarizeRule, TypedExpression } from './model/types.ts';
import type { Session } from './session.ts';
import { deviceTrouble, explainValue, faultMessage, troubleOf } from './trouble.ts';
import { stopRule } from './stop-rule.ts';
import { addCounts } from '../runtime/search-work.ts';
import { startingAt } from './polish.ts';
import { leastTolerance32 } from './tolerance32.ts';
import { requestsOf, specialise, type MethodTask, type Specialised } from './specialise.ts';

export interface SolveOptions {
  readonly seed: number;
  readonly dataSeed: number;
  readonly limits?: Partial<Limits>;
  readonly tolerance?: number;
  /** What ran in 32 bits goes on in 64 from where it ended. */
  readonly polish?: boolean;
  /** `stop when` of the file; the limits of the command line override it. */
  readonly stop?: TypedExpression | undefined;
  readonly observers?: readonly Observer[];
  readonly interrupted?: () => boolean;
  readonly breathe?: () => Promise<void>;
  /** Whether the kernels of a GPU are counted, which takes a few iterations more. */
  readonly stats?: boolean;
}

export type SolveOutcome =
  | {
      readonly ok: true;
      readonly result: SolveResult;
      readonly specialised: Specialised;
      /** Numerical trouble that ended the run, and what of a stop rule can never hold. */
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export async function solveSession(
  given: Session,
  task: MethodTask,
  options: SolveOptions,
): Promise<SolveOutcome> {
  const session = certifiable(given, task);
  const made = await specialise(session, task);
  if (!made.ok) return made;
  const { specialised } = made;
  const overridden = options.limits !== undefined && Object.keys(options.limits).length > 0;
  const stop =
    options.stop === undefined || overridden ? undefined : stopRule(session, options.stop);
  const in32 = specialised.device !== undefined;
  const tolerance =
    in32 && (options.tolerance ?? 0) < leastTolerance32 ? leastTolerance32 : options.tolerance;
  const attempt = await attempted(session, specialised, options.seed, (program) =>
    solveProgram({
      program,
      certifier: session.program,
      tolerances: tolerance === undefined ? {} : { optimality: tolerance },
      // A native solver ends itself: nothing need be measured on its way.
      rule: stop?.holds ?? (specialised.step === undefined ? () => false : undefined),
      rounding: in32 ? rounding32 : undefined,
      limits: options.limits ?? {},
      observers: options.observers,
      interrupted: options.interrupted,
      breathe: options.breathe,
      proved: (answer) => evidenceOf(session, specialised, options.seed, answer),
      multipliers: specialised.multipliers,
      explain: explainerOf(session),
    }),
  );
  if (!attempt.ok) return attempt;
  if (in32 && options.polish === true)
    return polished(given, task, options, specialised, attempt.solved);
  const { solved, work } = explored(session, specialised, attempt.solved, options);
  // Where the status is settled all the same, the end of the run is no mistake.
  const trouble =
    solved.certificate.status === 'not converged'
      ? troubleOf(session, specialised, solved.outcome.reason)
      : undefined;
  const begun = performance.now();
  const proven = in32
    ? await provenIn64(given, task, options, solved)
    : await provenWhole(session, specialised, solved, options);
  const proof = proven === solved ? undefined : (performance.now() - begun) / 1000;
  return {
    ok: true,
    specialised,
    result: {
      ...withProof(
        await withDispatches(resultOf(session, specialised, proven, options), specialised, options),
        proof,
      ),
      ...searchOf(specialised.searched(), work),
    },
    diagnostics: [
      ...(stop?.diagnostics ?? []),
      ...deviceTrouble(session, specialised),
      ...(trouble === undefined ? [] : [trouble]),
    ],
  };
}

/** Goes on in 64 bits from where the run in 32 ended. */
async function polished(
  session: Session,
  task: MethodTask,
  options: SolveOptions,
  first: Specialised,
  { outcome: rough, answer }: Solved,
): Promise<SolveOutcome> {
  const outcome = await solveSession(startingAt(session, answer), task, {
    ...options,
    polish: false,
  });
  if (!outcome.ok) return outcome;
  const { result } = outcome;
  const before = `after ${rough.iterations} iterations in 32 bits, finished in 64`;
  return {
    ...outcome,
    diagnostics: [...deviceTrouble(session, first), ...outcome.diagnostics],
    result: {
      ...result,
      why: result.why === undefined ? before : `${result.why}; ${before}`,
      iterations: rough.iterations + result.iterations,
      counts: addCounts(rough.counts, result.counts),
      seconds: {
        ...result.seconds,
        first: rough.seconds.first,
        iterations: rough.seconds.total + result.seconds.iterations,
      },
    },
  };
}

/** What a run in 64 bits may take that only seeks a bound. */
const boundLimits: Limits = { iterations: 1000, seconds: 1 };

const goesOn = '32 bits find nothing better; `--polish` goes on in 64.';

/**
 * Where no step in 32 bits moves further, the slope that their rounding leaves may be too large for a bound. One is sought at the point to which a short run in 64
 * bits goes on from there: wherever a bound is found, it is a proof. The answer stays what 32 bits found.
 */
async function provenIn64(
  given: Session,
  task: MethodTask,
  options: SolveOptions,
  solved: Solved,
): Promise<Solved> {
  const { answer, certificate, outcome } = solved;
  const { kind } = outcome.reason;
  const isStuck = kind === 'method' || kind === 'stalled' || kind === 'rounding';
  if (!isStuck || certificate.status !== 'not converged') return solved;
  const { program } = certifiable(given, task);
  const { text } = program.plan.bound ?? {};
  const open = certificate.checks.filter(({ decides, holds }) => decides && !holds);
  const value =
    text !== undefined && open.every(({ name }) => name === 'duality gap')
      ? await boundIn64(given, task, options, solved)
      : undefined;
  const judged =
    value === undefined
      ? certificate
      : program.certify(
          answer,
          { ...defaultTolerances, optimality: certificate.tolerance },
          { bound: { value, text: `${text}; the bound by further steps in 64 bits` } },
        );
  const notes = judged.status === 'not converged' ? [goesOn] : [];
  return { ...solved, certificate: { ...judged, notes: [...judged.notes, ...notes] } };
}

async function boundIn64(
  given: Session,
  task: MethodTask,
  options: SolveOptions,
  { answer, certificate }: Solved,
): Promise<number | undefined> {
  const { stop: _, ...rest } = options;
  const seconds = Math.min(options.limits?.seconds ?? Infinity, boundLimits.seconds);
  const finer = await solveSession(startingAt(given, answer), task, {
    ...rest,
    polish: false,
    stats: false,
    observers: [],
    tolerance: certificate.tolerance / 10,
    limits: { ...boundLimits, seconds },
  });
  return finer.ok ? finer.result.certificate.bound : undefined;
}

/** How long outer variables are searched, in milliseconds. */
const searchTime = 4000;

/** Where the lower solution may jump, the better of the answer and what a search over the outer variables finds. */
function explored(
  session: Session,
  { explores }: Specialised,
  solved: Solved,
  { limits, interrupted }: SolveOptions,
): { readonly solved: Solved; readonly work?: SearchWork } {
  const { status, tolerance } = solved.certificate;
  if (!explores || interrupted?.() === true) return { solved };
  const left = limits?.seconds === undefined ? searchTime : 1000 * limits.seconds;
  const searched = searchOuter(session, finite(solved.answer), Math.min(left, searchTime));
  if (searched === undefined) return { solved };
  const { found, work } = searched;
  if (found === undefined) return { solved, work };
  const { program } = session;
  const certificate = program.certify(found.answer, {
    ...defaultTolerances,
    optimality: tolerance,
  });
  const sign = program.sense === 'maximize' ? -1 : 1;
  const own = solved.measures.value ?? NaN;
  const gain = (sign * (own - found.value)) / Math.max(1, Math.abs(own));
  const isCertified = certificate.status === 'stationary' || certificate.status === 'optimal';
  const wasCertified = status === 'stationary' || status === 'optimal';
  if (wasCertified ? !(isCertified && gain > tolerance) : !isCertified) return { solved, work };
  const notes = [
    ...certificate.notes,
    'The point was found by a search over the outer variables, the lower level solved again at each.',
  ];
  return {
    work,
    solved: {
      ...solved,
      answer: found.answer,
      measures: program.measure(found.answer),
      certificate: { ...certificate, notes },
    },
  };
}

/** Where a run ended without numbers a search begins at zero. */
const finite = (point: Values): Values =>
  Object.fromEntries(
    Object.entries(point).map(([name, { shape, data }]) => [
      name,
      dense(
        [...shape],
        data.map((v) => (Number.isFinite(v) ? v : 0)),
      ),
    ]),
  );

/** What was tried beside the run, where something was. */
function searchOf(
  starts: SearchWork | undefined,
  points: SearchWork | undefined,
): Pick<SolveResult, 'search'> {
  if (starts === undefined && points === undefined) return {};
  return { search: addWork(starts ?? noWork(), points ?? noWork()) };
}

type Attempt =
  | { readonly ok: true; readonly solved: Solved }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Runs the program; a failure before its first iteration, or where an answer is measured, is a message. */
async function attempted(
  session: Session,
  specialised: Specialised,
  seed: number,
  run: (program: Program) => Promise<Solved>,
): Promise<Attempt> {
  let starting = true;
  try {
    const program = specialised.create(seed);
    const done = (): void => void (starting = false);
    const init = (): void | Promise<void> => {
      starting = true;
      const begun = program.init();
      return begun instanceof Promise ? begun.then(done) : done();
    };
    try {
      return { ok: true, solved: await run({ ...program, init }) };
    } finally {
      program.dispose?.();
    }
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return { ok: false, diagnostics: [faultMessage(session, specialised, error, starting)] };
  }
}

const withProof = (result: SolveResult, proof: number | undefined): SolveResult =>
  proof === undefined ? result : { ...result, seconds: { ...result.seconds, proof } };

async function withDispatches(
  result: SolveResult,
  specialised: Specialised,
  { seed, stats }: SolveOptions,
): Promise<SolveResult> {
  const dispatches = stats === true ? await dispatchStats(specialised, seed) : undefined;
  return dispatches === undefined ? result : { ...result, stats: { ...result.stats, dispatches } };
}

/** What the end of the run shows beyond what the certificate measures at the answer. */
function evidenceOf(
  session: Session,
  specialised: Specialised,
  seed: number,
  answer: Values,
): Partial<Evidence> {
  if (specialised.native !== undefined) return nativeEvidence(session, specialised, answer);
  // Along a ray that one player leaves alone, others would answer.
  if (!session.program.ranked) return {};
  return runawayEvidence(session, () => specialised.createHere(seed), answer);
}

const scalarizedNotes: { readonly [R in ScalarizeRule]: string } = {
  sum: 'This is for the weighted sum of the objectives. Where all weights are positive, no point is better in one objective and as good in the others than its optimum.',
  tchebycheff:
    'This is for the largest weighted distance from the ideal point. Where all weights are positive, no point is better in all objectives than its optimum.',
  epsilon:
    'This is for the objectives without a limit and the penalties of the others, which may exceed their limits by a multiple of 1/rho.',
};

/** Several objectives are certified as the one number that the person asked for. */
function certifiable(session: Session, task: MethodTask): Session {
  const { lowering, problem } = session.lowered;
  const [first] = task.via;
  const [goal] = problem.level.goals;
  if (first?.name !== 'scalarize' || goal === undefined || goal.objectives < 2) return session;
  const [request] = requestsOf(session, task);
  const summed = reduceProblem(lowering.graph, problem, [request]);
  if (summed.kind === 'failed') return session;
  const program = compileProblem(lowering.graph, summed.problem, session.input);
  const note = scalarizedNotes[first.rule ?? 'sum'];
  return {
    ...session,
    program: {
      ...program,
      objectives: session.program.objectives,
      certify: (...asked) => {
        const certificate = program.certify(...asked);
        return { ...certificate, notes: [...certificate.notes, note] };
      },
    },
  };
}

/** Where whole variables leave a feasible answer without a proof, branch and bound may give one. */
async function provenWhole(
  session: Session,
  { relaxation, nativeStatus }: Specialised,
  solved: Solved,
  options: SolveOptions,
): Promise<Solved> {
  const { answer, certificate, measures } = solved;
  const { plan } = session.program;
  if (relaxation === undefined || !plan.whole) return solved;
  const limits = limitsOfProof(options);
  const { tolerance, status } = certificate;
  const [, within = ''] = plan.bound?.text.split(';') ?? [];
  const told = (text: string): string => (within === '' ? text : `${text};${within}`);
  const judged = (more: Partial<Evidence>): Solved => ({
    ...solved,
    certificate: session.program.certify(
      answer,
      { ...defaultTolerances, optimality: tolerance },
      more,
    ),
  });
  if (status === 'feasible') {
    const found = await proveWhole(session, relaxation, measures.value, tolerance / 2, limits);
    if (found === undefined) return solved;
    const text = told(`value minus a bound proved over ${boxesText(found)}, relative`);
    return judged({ bound: { value: found.bound, text } });
  }
  if (status !== 'not converged' || nativeStatus() !== 'Infeasible') return solved;
  const found = await proveNoWhole(session, relaxation, limits);
  if (found?.closed !== true) return solved;
  const text = told(`No whole point keeps all constraints: proved over ${boxesText(found)}`);
  return judged({ infeasible: `${text}.` });
}

const boxesText = ({ boxes }: Branched): string =>
  `${boxes} ${boxes === 1 ? 'box' : 'boxes'} of whole points`;

function limitsOfProof({ interrupted, breathe, limits }: SolveOptions): ProofLimits {
  const seconds = limits?.seconds ?? proofLimits.milliseconds / 1000;
  return {
    ...proofLimits,
    milliseconds: Math.min(proofLimits.milliseconds, 1000 * seconds),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(breathe === undefined ? {} : { breathe }),
  };
}

/** What made the goal NaN at a point. */
export function explainerOf(session: Session): (point: Values) => NonFinite | undefined {
  const { value } = session.program.plan;
  return (point) => (value === undefined ? undefined : explainValue(session, value, point));
}

function resultOf(
  session: Session,
  specialised: Specialised,
  { outcome, answer, certificate, measures, seconds }: Solved,
  options: SolveOptions,
): SolveResult {
  const { program } = session;
  const goals = program.goals(answer);
  const objectives = program.objectives(answer);
  return {
    problem: session.model.name,
    method: specialised.label,
    why: specialised.why,
    via: specialised.via,
    status: certificate.status,
    value: measures.value,
    ...(goals.length === 0 ? {} : { goals }),
    ...(objectives.length === 0 ? {} : { objectives }),
    solution: solutionOf(session, answer),
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
      measuring: outcome.seconds.measuring,
      checking: outcome.seconds.checking,
      certificate: seconds.certificate,
    },
    trace: outcome.trace,
    seed: options.seed,
    dataSeed: options.dataSeed,
    ...ranOn(session, specialised),
    stats: statsOf(session, specialised),
  };
}
