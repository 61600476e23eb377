// Measures of a problem, as a certificate needs them: numbers at a point, a verdict, a residual for stop rules. One code for `run`, for `compare` and for
// generated programs.
import type { MeasureProgram, Values } from '../program.ts';
import type { Measures } from '../run.ts';
import {
  assess,
  distanceOf,
  goalsOf,
  objectivesOf,
  ownGapOf,
  settledPoint,
  type BeyondSpec,
} from './beyond.ts';
import type { Certificate } from './certificate.ts';
import type { LowerProver } from './levels.ts';
import { defaultTolerances, judge, relativeGap, type Evidence, type Tolerances } from './judge.ts';

export interface CertifierSpec {
  readonly sense: Evidence['sense'];
  /** What the class of the problem allows at best. */
  readonly promise: Evidence['promise'];
  /** By name, each where it is known: `value`, `violation`, `stationarity`, `bound`, and the names of `metrics`. */
  readonly measures: MeasureProgram;
  /** Scalar metrics, by the names they have for people and in `measures`. */
  readonly metrics?: readonly { readonly name: string; readonly measure: string }[];
  /** What is measured, in words. */
  readonly texts?: { readonly stationarity?: string; readonly bound?: string };
  readonly notes?: readonly string[];
  /** Whether some variables are whole. */
  readonly whole?: boolean;
  /** Of games, variational inequalities and levels. */
  readonly beyond?: BeyondSpec;
  /** Proves bounds of small lower levels. */
  readonly prover?: LowerProver;
}

export interface Certifier {
  readonly sense: Evidence['sense'];
  readonly promise: Evidence['promise'];
  /** Cheap measures of a point: value, violation, metrics. */
  readonly measure: (point: Values) => Measures;
  readonly metrics: (point: Values) => Readonly<Record<string, number>>;
  readonly certify: (
    point: Values,
    tolerances?: Tolerances,
    more?: Partial<Evidence>,
    /** Multipliers of constraints that someone proposes, as the measure `proposed bound` reads them. */
    multipliers?: Values,
  ) => Certificate;
  /** The distance from a certificate: the relative gap where there is a bound, else stationarity. The value at the point may be given where it is known. */
  readonly residual: (point: Values, value?: number) => number;
  /** Whether of two feasible points the one of better value is the better one. In games and with lower levels it need not be. */
  readonly ranked: boolean;
  /** The gap of a comparison, where it needs no reference: the Nikaido-Isoda gap of a game, the natural residual of a variational inequality. */
  readonly ownGap: ((point: Values) => number) | undefined;
  /** The point where a comparison measures: with all lower levels solved for the outer variables; undefined where one could not be. */
  readonly settled: (point: Values, limit?: number) => Values | undefined;
  /** Whether that takes solving levels again. */
  readonly settles: boolean;
  /** The players' goals, where no one number is the value. */
  readonly goals: (point: Values) => readonly PlayersGoal[];
  /** The single objectives as written, where there are several. */
  readonly objectives: (point: Values) => readonly number[];
}

export interface PlayersGoal {
  /** The variables it is over, in words. */
  readonly who: string;
  readonly value: number;
}

/** What a bound is, unless its proof needs more words. */
export const boundText = 'value minus a proven bound, relative';
const stationarityText = 'distance from a stationary point, relative';

export function createCertifier(spec: CertifierSpec): Certifier {
  const { sense, promise, measures, metrics = [], texts = {}, notes = [], whole = false } = spec;
  const { beyond } = spec;
  const ownGap = beyond === undefined ? undefined : ownGapOf(beyond);
  const known = new Set(measures.names);
  const at = (name: string, point: Values): number =>
    known.has(name) ? measures.evaluate(name, point).data[0] : NaN;
  const violation = (point: Values): number =>
    known.has('violation') ? at('violation', point) : 0;
  const sign = sense === 'maximize' ? -1 : 1;
  /** The better of the bound with proposed multipliers and that with our own, which is not sought where the other leaves no gap: each is a proof. */
  const boundAt = (
    point: Values,
    value: number,
    multipliers: Values | undefined,
    enough: number,
  ): number | undefined => {
    const proposed =
      multipliers !== undefined && known.has('proposed bound')
        ? at('proposed bound', { ...point, ...multipliers })
        : NaN;
    if (relativeGap(value, proposed, sense) <= enough || !known.has('bound'))
      return Number.isNaN(proposed) ? undefined : proposed;
    const own = at('bound', point);
    return sign * proposed > sign * own ? proposed : own;
  };
  const evidence = (point: Values, enough: number, multipliers?: Values): Evidence => {
    const value = known.has('value') ? at('value', point) : undefined;
    if (beyond !== undefined) return evidenceBeyond(point, value);
    const bound =
      promise === 'optimal' && value !== undefined
        ? boundAt(point, value, multipliers, enough)
        : undefined;
    const closed =
      multipliers !== undefined &&
      bound !== undefined &&
      value !== undefined &&
      relativeGap(value, bound, sense) <= enough;
    return {
      promise,
      sense,
      value,
      violation: known.has('violation') ? at('violation', point) : undefined,
      finite: isFinitePoint(point) && (value === undefined || Number.isFinite(value)),
      stationarity:
        known.has('stationarity') && !closed
          ? { value: at('stationarity', point), text: texts.stationarity ?? stationarityText }
          : undefined,
      bound: bound === undefined ? undefined : { value: bound, text: texts.bound ?? boundText },
      unbounded: undefined,
      infeasible: undefined,
      whole,
      notes,
    };
  };
  const evidenceBeyond = (point: Values, value: number | undefined): Evidence => ({
    promise,
    sense,
    value,
    violation: known.has('violation') ? at('violation', point) : undefined,
    finite: isFinitePoint(point) && (value === undefined || Number.isFinite(value)),
    stationarity: undefined,
    bound: undefined,
    unbounded: undefined,
    infeasible: undefined,
    notes,
  });
  /** Whether the gap alone decides. */
  const bounded =
    beyond === undefined && promise === 'optimal' && known.has('value') && known.has('bound');
  const gapAt = (point: Values, given: number | undefined): number => {
    if (!(violation(point) <= defaultTolerances.feasibility) || !isFinitePoint(point))
      return Infinity;
    const value = given ?? at('value', point);
    return Number.isFinite(value) ? relativeGap(value, at('bound', point), sense) : Infinity;
  };
  const sampled = (point: Values): Partial<Evidence> =>
    known.has('standard error') ? { standardError: at('standard error', point) } : {};
  const metricsAt = (point: Values): Record<string, number> =>
    Object.fromEntries(metrics.map(({ name, measure }) => [name, at(measure, point)]));
  return {
    sense,
    promise,
    measure: (point) => ({
      ...(known.has('value') ? { value: at('value', point) } : {}),
      violation: violation(point),
      ...metricsAt(point),
    }),
    metrics: metricsAt,
    certify: (point, tolerances = defaultTolerances, more = {}, multipliers = undefined) => {
      const found = evidence(point, tolerances.optimality, multipliers);
      const assessment =
        beyond !== undefined && found.finite
          ? { assessment: assess(beyond, measures, point, tolerances, spec.prover) }
          : {};
      return judge({ ...found, ...assessment, ...sampled(point), ...more }, tolerances);
    },
    residual: (point, value) => {
      if (bounded) return gapAt(point, value);
      const found = evidence(point, defaultTolerances.optimality);
      if (beyond === undefined || !keeps(found)) return residualOf(found);
      const distance = distanceOf(beyond, measures, point);
      return Number.isNaN(distance) ? Infinity : distance;
    },
    ranked: beyond === undefined,
    ownGap:
      ownGap === undefined
        ? undefined
        : (point) => (keeps(evidence(point, 0)) ? ownGap(measures, point) : Infinity),
    settles: beyond?.kind === 'levels',
    settled: (point, limit) =>
      beyond === undefined ? point : settledPoint(beyond, measures, point, limit),
    goals: (point) => (beyond === undefined ? [] : goalsOf(beyond, measures, point)),
    objectives: (point) => (beyond === undefined ? [] : objectivesOf(beyond, measures, point)),
  };
}

const isFinitePoint = (point: Values): boolean =>
  Object.values(point).every(({ data }) => data.every(Number.isFinite));

/** Finite, within bounds and domains. */
const keeps = ({ finite, violation }: Evidence): boolean =>
  finite && (violation ?? 0) <= defaultTolerances.feasibility;

function residualOf({ finite, violation, value, bound, stationarity, sense }: Evidence): number {
  if (!finite || !((violation ?? 0) <= defaultTolerances.feasibility)) return Infinity;
  if (bound !== undefined && value !== undefined) return relativeGap(value, bound.value, sense);
  return stationarity?.value ?? Infinity;
}
