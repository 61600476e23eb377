// What is known of a point with several objectives. Where weights exist, none negative, not all zero, for which the point is stationary for the weighted sum, no
// direction improves all objectives at first order (Fliege & Svaiter 2000, lemma 2.1). Where all objectives are convex and a bound on the weighted sum is
// proved, no allowed point is better in all of them: the point is weakly Pareto optimal (Miettinen 1999, theorem 3.1.4).
import type { MeasureProgram, Values } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import { checked, type Assessment } from './assessment.ts';
import { relativeGap, type Tolerances } from './judge.ts';
import { measuredNumber } from './measured.ts';
import { RuntimeFault } from '../fault.ts';

/** The input through which weights are given with a point. */
export const weightsInput = 'weights of the objectives';

export interface ParetoSpec {
  readonly kind: 'pareto';
  readonly sense: 'minimize' | 'maximize';
  /** How many objectives there are. */
  readonly count: number;
  /** Names of measures: the objectives as written; their gradients in the sense of minimisation, a row each. */
  readonly objectives: string;
  readonly gradients: string | undefined;
  /** P(x - J'w) - x for given weights w, where the variables are restricted and P is known. */
  readonly moved: string | undefined;
  /** Of the weighted sum in the sense of minimisation. */
  readonly value: string;
  readonly slope: string | undefined;
  readonly bound: string | undefined;
  readonly texts: { readonly slope: string | undefined; readonly bound: string | undefined };
  /** Whether all objectives and the allowed set are convex, where all of `conditions` hold. */
  readonly convex: boolean;
  readonly conditions: readonly string[];
}

export const objectivesAt = (
  { objectives }: ParetoSpec,
  measures: MeasureProgram,
  point: Values,
): readonly number[] => [...measures.evaluate(objectives, point).data];

interface Shown {
  readonly weights: readonly number[];
  readonly convex: boolean;
  readonly slope: number;
  /** Relative; undefined where no bound is known. */
  readonly gap: number | undefined;
}

function shown(spec: ParetoSpec, measures: MeasureProgram, point: Values): Shown {
  const weights = balance(spec, measures, point);
  const weighted = withWeights(point, weights);
  const at = (name: string): number => measuredNumber(measures, name, weighted);
  const convex = spec.convex && spec.conditions.every((name) => at(name) === 1);
  const bound = convex && spec.bound !== undefined ? at(spec.bound) : NaN;
  return {
    weights,
    convex,
    slope: spec.slope === undefined ? NaN : at(spec.slope),
    gap: Number.isNaN(bound) ? undefined : relativeGap(at(spec.value), bound, 'minimize'),
  };
}

export function paretoDistance(spec: ParetoSpec, measures: MeasureProgram, point: Values): number {
  const { gap, slope } = shown(spec, measures, point);
  return gap ?? slope;
}

export function assessPareto(
  spec: ParetoSpec,
  measures: MeasureProgram,
  point: Values,
  { optimality }: Tolerances,
): Assessment {
  const { weights, convex, slope, gap } = shown(spec, measures, point);
  const told = `Weights that show it: ${weights.map(weightText).join(', ')}.`;
  if (gap === undefined && Number.isNaN(slope))
    return {
      promise: 'stationary',
      status: 'not converged',
      checks: [],
      notes: ['How far this point is from a Pareto-stationary one could not be measured.'],
      residual: Infinity,
    };
  const slopeCheck = checked({
    name: 'stationarity',
    value: slope,
    limit: optimality,
    text: `of the objectives' weighted sum: ${spec.texts.slope ?? 'relative'}`,
    decides: gap === undefined,
  });
  const gapCheck = checked({
    name: 'duality gap',
    value: gap ?? NaN,
    limit: optimality,
    text: `of the objectives' weighted sum: ${spec.texts.bound ?? 'relative'}`,
    decides: true,
  });
  const decisive = gap === undefined ? slopeCheck : gapCheck;
  const status = !decisive.holds ? 'not converged' : convex ? 'optimal' : 'stationary';
  return {
    promise: convex ? 'optimal' : 'stationary',
    status,
    checks: [
      ...(gap === undefined ? [] : [gapCheck]),
      ...(Number.isNaN(slope) ? [] : [slopeCheck]),
    ],
    notes: status === 'not converged' ? [] : [`${meaning[status]} ${told}`],
    residual: gap ?? slope,
  };
}

const meaning = {
  optimal: 'Weakly Pareto optimal: no allowed point is better in all objectives.',
  stationary: 'Pareto stationary: no small step is better in all objectives at first order.',
} as const;

const weightText = (weight: number): string =>
  weight < 1e-12 ? '0' : String(Number(weight.toPrecision(3)));

const withWeights = (point: Values, weights: readonly number[]): Values => ({
  ...point,
  [weightsInput]: { storage: 'dense', shape: [weights.length], data: Float64Array.from(weights) },
});

/** Pairs of weights are moved at most this often. */
const mostMoves = 400;

/**
 * Weights of the shortest step: the largest over the simplex of min over allowed u of w'J(u - x) + |u - x|²/2, whose slope in w is J(u(w) - x), u(w) = P(x - J'w). In
 * each move the best and the worst objective exchange weight, by a curvature that is exact where nothing restricts.
 */
function balance(spec: ParetoSpec, measures: MeasureProgram, point: Values): readonly number[] {
  const { count } = spec;
  const w = Array.from({ length: count }, () => 1 / count);
  const J = spec.gradients === undefined ? undefined : matrix(measures, spec.gradients, point);
  if (J === undefined) return w;
  const G = J.map((a) => J.map((b) => dot(a, b)));
  const scale = Math.max(...G.map((row, k) => row[k]));
  for (let move = 0; move < mostMoves; move++) {
    const slopes = slopesAt(spec, measures, point, J, G, w);
    if (slopes === undefined || slopes.some(Number.isNaN)) return w;
    const to = indexOf(slopes, (a, b) => a > b);
    const from = indexOf(
      slopes.map((slope, k) => (w[k] > 0 ? slope : Infinity)),
      (a, b) => a < b,
    );
    const rise = slopes[to] - slopes[from];
    const bend = G[to][to] + G[from][from] - 2 * G[to][from];
    if (!(rise > 1e-15 * scale) || !(bend > 0)) return w;
    const amount = Math.min(w[from], rise / bend);
    w[to] += amount;
    w[from] -= amount;
  }
  return w;
}

function slopesAt(
  { moved }: ParetoSpec,
  measures: MeasureProgram,
  point: Values,
  J: readonly (readonly number[])[],
  G: readonly (readonly number[])[],
  w: readonly number[],
): readonly number[] | undefined {
  if (moved === undefined) return G.map((row) => -dot(row, w));
  const step = evaluated(measures, moved, withWeights(point, w));
  return step === undefined ? undefined : J.map((row) => dot(row, [...step.data]));
}

function evaluated(measures: MeasureProgram, name: string, point: Values): Tensor | undefined {
  try {
    return measures.evaluate(name, point);
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return undefined;
  }
}

/** Rows of a measure; undefined where it is not finite. */
function matrix(
  measures: MeasureProgram,
  name: string,
  point: Values,
): readonly (readonly number[])[] | undefined {
  const tensor = evaluated(measures, name, point);
  if (tensor === undefined) return undefined;
  const [rows, columns] = tensor.shape;
  const numbers = [...tensor.data];
  if (!numbers.every(Number.isFinite)) return undefined;
  return Array.from({ length: rows }, (_, k) => numbers.slice(k * columns, (k + 1) * columns));
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, k) => sum + x * b[k], 0);

const indexOf = (list: readonly number[], better: (a: number, b: number) => boolean): number =>
  list.reduce((best, value, k) => (better(value, list[best]) ? k : best), 0);
