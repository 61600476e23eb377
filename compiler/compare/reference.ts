// What gaps are measured against: `known.value`, else a proven bound, else the best certified value of the comparison.
import type { Certificate } from '../../runtime/certify/certificate.ts';
import { improvement, relativeDistance } from '../../runtime/compare/gap.ts';
import type { ComparedRun, Note, Reference } from '../../runtime/compare/comparison.ts';
import { formatSmall, formatValue } from '../../runtime/report/number.ts';
import type { Observer } from '../../runtime/observe.ts';
import type { CompareModel } from '../model/types.ts';
import type { Session } from '../session.ts';
import { solveSession } from '../solve.ts';
import type { Settings } from '../program-input.ts';
import { holdsKnown } from './known.ts';

/** What is known before the runs. */
export interface Beforehand {
  readonly known: number | undefined;
  /** Of a solve by a method that the compiler chose. */
  readonly solved: Candidate | undefined;
  readonly notes: readonly Note[];
}

/** A value and what is proven of it. */
export interface Candidate {
  readonly by: string;
  readonly value: number;
  readonly violation: number;
  readonly certificate: Certificate;
}

export interface BeforehandOptions {
  readonly settings: Settings;
  /** Whether a rule or a claim needs gaps while the runs go. */
  readonly needed: boolean;
  readonly observer: () => Observer;
  readonly interrupted: () => boolean;
  readonly breathe: () => Promise<void>;
}

/** A bound is a reference where it is this close to a value that was found. */
const closeEnough = 1e-6;

const solveLimits = { iterations: 20_000, seconds: 20 };
const solveTolerance = 1e-12;

export async function referenceBeforehand(
  session: Session,
  compare: CompareModel,
  options: BeforehandOptions,
): Promise<Beforehand> {
  const { plan, known } = session.program;
  const several = plan.beyond?.spec.kind === 'pareto';
  if (plan.sense === 'find' || session.program.ownGap !== undefined || several)
    return { known: undefined, solved: undefined, notes: [] };
  const declared = bestKnown(known, plan.sense);
  const notes: Note[] = [];
  if (declared !== undefined) {
    if (holdsKnown(session, options.settings)) return { known: declared, solved: undefined, notes };
    notes.push({
      kind: 'note',
      text: 'known.value is not used where params or data differ from what the file says, as it may not hold there',
    });
  }
  const provable = plan.promise === 'optimal' && plan.bound !== undefined;
  if (!provable && !options.needed) return { known: undefined, solved: undefined, notes };
  const outcome = await solveSession(
    session,
    {
      method: undefined,
      args: [],
      label: undefined,
      via: [],
      sweep: new Map(),
      span: compare.span,
    },
    {
      seed: options.settings.seed,
      dataSeed: options.settings.dataSeed,
      limits: solveLimits,
      tolerance: solveTolerance,
      observers: [options.observer()],
      interrupted: options.interrupted,
      breathe: options.breathe,
    },
  );
  if (!outcome.ok || outcome.result.value === undefined)
    return { known: undefined, solved: undefined, notes };
  const { method, value, certificate } = outcome.result;
  const violation = certificate.checks.find(({ name }) => name === 'feasibility')?.value ?? NaN;
  return {
    known: undefined,
    solved: { by: `${method}, solved beforehand`, value, violation, certificate },
    notes,
  };
}

/** The best of the values of the `known` blocks. */
export function bestKnown(
  known: Session['program']['known'],
  sense: 'minimize' | 'maximize',
): number | undefined {
  const values = known.flatMap(({ value }) => (value === undefined ? [] : [value[0]]));
  if (values.length === 0) return undefined;
  return sense === 'maximize' ? Math.max(...values) : Math.min(...values);
}

/** The reference that rules use while the runs go. */
export function provisionalReference(
  sense: 'minimize' | 'maximize' | 'find',
  { known, solved }: Beforehand,
): number | undefined {
  if (known !== undefined) return known;
  if (solved === undefined || sense === 'find') return undefined;
  return (boundOf(sense, [solved]) ?? bestOf(sense, [solved]))?.value;
}

/** The reference once all runs at a point are done. */
export function finalReference(
  sense: 'minimize' | 'maximize' | 'find',
  { known, solved }: Beforehand,
  runs: readonly ComparedRun[],
): Reference | undefined {
  if (sense === 'find') return undefined;
  if (known !== undefined) return { value: known, from: 'known', text: 'known.value of the file' };
  const candidates = [...(solved === undefined ? [] : [solved]), ...runs.flatMap(candidateOf)];
  return boundOf(sense, solved === undefined ? candidates : [solved]) ?? bestOf(sense, candidates);
}

/** The tightest proven bound, where a value comes close to it. */
function boundOf(
  sense: 'minimize' | 'maximize',
  candidates: readonly Candidate[],
): Reference | undefined {
  const bounds = candidates.flatMap(({ certificate: { bound } }) =>
    bound === undefined || !Number.isFinite(bound) ? [] : [bound],
  );
  const best = bestOf(sense, candidates);
  if (bounds.length === 0 || best === undefined) return undefined;
  const bound = sense === 'maximize' ? Math.min(...bounds) : Math.max(...bounds);
  const distance = relativeDistance(best.value, bound);
  if (!(distance <= closeEnough)) return undefined;
  return {
    value: bound,
    from: 'bound',
    text: `proven bound; the best value found is within ${formatSmall(distance)}`,
  };
}

/** The best value of a certified answer, else of a feasible one. */
function bestOf(
  sense: 'minimize' | 'maximize',
  candidates: readonly Candidate[],
): Reference | undefined {
  const feasible = candidates.filter(
    ({ value, certificate }) =>
      Number.isFinite(value) &&
      certificate.checks.some(({ name, holds }) => name === 'feasibility' && holds),
  );
  const certified = feasible.filter(({ certificate: { status } }) => status !== 'not converged');
  const pool = certified.length > 0 ? certified : feasible;
  const sign = sense === 'maximize' ? -1 : 1;
  const best = pool.reduce<Candidate | undefined>(
    (a, b) => (a === undefined || sign * b.value < sign * a.value ? b : a),
    undefined,
  );
  if (best === undefined) return undefined;
  const kind = certified.length > 0 ? 'best certified value' : 'best feasible value, not certified';
  return { value: best.value, from: 'best', text: `${kind}, by ${best.by}` };
}

function candidateOf(run: ComparedRun): readonly Candidate[] {
  const { label, value, certificate, trace } = run;
  if (value === undefined || certificate === undefined) return [];
  return [{ by: label, value, violation: trace.at(-1)?.values.feasibility ?? NaN, certificate }];
}

/** Errors of the file: a certified value better than `known`, or a proof that it cannot be reached. */
export function knownProblems(
  sense: 'minimize' | 'maximize' | 'find',
  known: number,
  runs: readonly ComparedRun[],
  tolerance: number,
  /** Whether a better value at a feasible point is a better answer. */
  ranked = true,
): readonly Note[] {
  if (sense === 'find') return [];
  const candidates = runs.flatMap(candidateOf);
  const better = candidates
    .filter(
      ({ value, violation, certificate: { status } }) =>
        improvement(sense, value, known) > tolerance &&
        ((ranked && violation === 0) ||
          (status !== 'not converged' && violation <= tolerance / 100)),
    )
    .sort((a, b) => improvement(sense, b.value, known) - improvement(sense, a.value, known));
  if (better.length > 0) {
    const [{ by, value }] = better;
    return [
      {
        kind: 'error',
        text: `known.value is wrong: ${by} found ${formatValue(value)} at a feasible point, better than ${formatValue(known)}`,
      },
    ];
  }
  const proof = candidates.find(
    ({ certificate: { bound, status } }) =>
      status === 'optimal' && bound !== undefined && improvement(sense, known, bound) > tolerance,
  );
  if (proof === undefined) return [];
  return [
    {
      kind: 'error',
      text: `known.value is wrong: ${formatValue(known)} cannot be reached, the bound ${formatValue(proof.certificate.bound ?? NaN)} is proven (${proof.by})`,
    },
  ];
}
