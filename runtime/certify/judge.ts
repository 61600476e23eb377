// From measured numbers to a status. Tolerances apply to these numbers, never to a method's own test.
import type { Assessment } from './assessment.ts';
import type { Certificate, Check, CheckName, Status } from './certificate.ts';

/** What the certificate's program measured at the answer. */
export interface Evidence {
  /** What the class of the problem allows at best. */
  readonly promise: 'optimal' | 'stationary' | 'feasible';
  readonly sense: 'minimize' | 'maximize' | 'find';
  readonly value: number | undefined;
  /** Undefined where nothing constrains. */
  readonly violation: number | undefined;
  readonly finite: boolean;
  /** Relative distance from stationarity, with what it is in words. */
  readonly stationarity: { readonly value: number; readonly text: string } | undefined;
  /** A proven bound on the optimal value. */
  readonly bound: { readonly value: number; readonly text: string } | undefined;
  /** Evidence that the goal has no bound: a feasible value beyond all measure, in words. */
  readonly unbounded: string | undefined;
  /** Proof that no point keeps the constraints, in words. */
  readonly infeasible: string | undefined;
  /** Whether some variables are whole: an answer that keeps the constraints is then worth more than nothing, though its value be unproved. */
  readonly whole?: boolean;
  /** Of games, variational inequalities and levels: it stands for the class, the bound and the slope of one goal. */
  readonly assessment?: Assessment;
  /** Of the value, where a sample stands for an expectation. */
  readonly standardError?: number;
  /** Further sentences: conditional facts that were decided, what a proof rests on. */
  readonly notes: readonly string[];
}

export interface Tolerances {
  /** Relative gap and stationarity. */
  readonly optimality: number;
  /** Relative violation. */
  readonly feasibility: number;
}

export const defaultTolerances: Tolerances = { optimality: 1e-6, feasibility: 1e-6 };

/** |value - bound| / max(1, |value|): the gap as the language defines it. A value better than a proven bound by rounding counts as 0. */
export function relativeGap(
  value: number,
  bound: number,
  sense: 'minimize' | 'maximize' | 'find',
): number {
  const above = sense === 'maximize' ? bound - value : value - bound;
  return Math.max(above, 0) / Math.max(1, Math.abs(value));
}

export function judge(evidence: Evidence, tolerances: Tolerances = defaultTolerances): Certificate {
  const none = evidence.infeasible !== undefined || evidence.unbounded !== undefined;
  // Without an optimum there is no gap and no slope to speak of.
  const checks = checksOf(evidence, tolerances).filter(
    ({ name }) => !none || name === 'feasibility',
  );
  const status = statusOf(evidence, checks);
  return {
    status,
    tolerance: tolerances.optimality,
    promise: evidence.assessment?.promise ?? evidence.promise,
    checks,
    bound: evidence.bound?.value,
    ...(evidence.standardError === undefined ? {} : { standardError: evidence.standardError }),
    notes: notesOf(evidence, status),
  };
}

function checksOf(evidence: Evidence, { optimality, feasibility }: Tolerances): readonly Check[] {
  const check = (
    name: CheckName,
    value: number,
    limit: number,
    text: string,
    decides: boolean,
  ): Check => ({ name, value, limit, holds: value <= limit, decides, text });
  const { promise, value, bound, stationarity, violation, sense } = evidence;
  const gap =
    bound === undefined || value === undefined ? undefined : relativeGap(value, bound.value, sense);
  return [
    check(
      'feasibility',
      violation ?? 0,
      feasibility,
      'largest violation, relative',
      violation !== undefined,
    ),
    ...(evidence.assessment?.checks ?? []),
    ...(gap === undefined || bound === undefined
      ? []
      : [check('duality gap', gap, optimality, bound.text, promise === 'optimal')]),
    ...(stationarity === undefined
      ? []
      : [
          check(
            'stationarity',
            stationarity.value,
            optimality,
            stationarity.text,
            promise === 'stationary' || (promise === 'optimal' && gap === undefined),
          ),
        ]),
  ];
}

function statusOf(evidence: Evidence, checks: readonly Check[]): Status {
  if (evidence.infeasible !== undefined) return 'infeasible';
  if (evidence.unbounded !== undefined) return 'unbounded';
  if (!evidence.finite || !held(checks, 'feasibility')) return 'not converged';
  if (evidence.assessment !== undefined) return evidence.assessment.status;
  if (evidence.promise === 'feasible') return 'feasible';
  if (evidence.promise === 'optimal') {
    return held(checks, 'duality gap') ||
      (!made(checks, 'duality gap') && held(checks, 'stationarity'))
      ? 'optimal'
      : evidence.whole === true
        ? 'feasible'
        : 'not converged';
  }
  return held(checks, 'stationarity') ? 'stationary' : 'not converged';
}

const made = (checks: readonly Check[], name: CheckName): boolean =>
  checks.some((check) => check.name === name);

const held = (checks: readonly Check[], name: CheckName): boolean =>
  checks.some((check) => check.name === name && check.holds);

function notesOf(evidence: Evidence, status: Status): readonly string[] {
  return [
    ...(evidence.infeasible === undefined ? [] : [evidence.infeasible]),
    ...(evidence.unbounded === undefined ? [] : [evidence.unbounded]),
    ...(evidence.finite ? [] : ['The answer or its value is not finite.']),
    ...(status === 'feasible' && evidence.whole === true
      ? [
          'The answer keeps all constraints; that no other whole point is better could not be proved.',
        ]
      : []),
    ...(evidence.assessment?.notes ?? []),
    ...(status === 'stationary' && evidence.assessment === undefined
      ? ['The problem is not known to be convex: a stationary point is what can be certified.']
      : []),
    ...(evidence.standardError === undefined
      ? []
      : [
          `The value is the mean over a fixed sample, with a standard error of ${evidence.standardError.toPrecision(2)}. The certificate is about that sample; gaps to the expectation itself that are smaller are not resolved.`,
        ]),
    ...evidence.notes,
  ];
}
