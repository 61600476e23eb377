// What is known of a point of a game. Where every player's goal is convex in its own variables, each has a proven bound on its best response to the others,
// and the sum of what they could gain at most is a bound on the Nikaido-Isoda gap (Nikaido & Isoda 1955): where that is 0 nobody gains by moving alone.
// Elsewhere first and second order conditions of each player are what can be shown: they hold at a local equilibrium, not only there.
import type { MeasureProgram, Values } from '../program.ts';
import { checked, largestOf, type Assessment } from './assessment.ts';
import type { Check } from './certificate.ts';
import { extremeEigenvalues, type ProductSpec } from './curvature.ts';
import { measuredNumber } from './measured.ts';
import type { Tolerances } from './judge.ts';

export interface PlayerSpec {
  /** The variables it owns, in words. */
  readonly who: string;
  readonly sense: 'minimize' | 'maximize';
  /** Names of measures. */
  readonly value: string;
  readonly bound: string | undefined;
  /** What its best response's bound holds for, where not everywhere. */
  readonly within: string | undefined;
  /** Whether its goal is convex in its own variables, where all of `conditions` hold. */
  readonly convex: boolean;
  readonly conditions: readonly string[];
  readonly slope: string | undefined;
  readonly curvature: ProductSpec | undefined;
}

export interface GameSpec {
  readonly kind: 'game';
  /** Two goals f and -f. */
  readonly zeroSum: boolean;
  readonly players: readonly PlayerSpec[];
  /** ‖z - P(z - F(z))‖, where all projections are known. */
  readonly residual: string | undefined;
  readonly notes: readonly string[];
}

/** Below this, relative to the largest eigenvalue, a negative one may be rounding. */
const curvatureLimit = 1e-6;

interface Measured {
  /** What all players could gain at most, relative; undefined where it is not known of all. */
  readonly gap: number | undefined;
  readonly convex: readonly boolean[];
}

function measure(spec: GameSpec, measures: MeasureProgram, point: Values): Measured {
  const at = (name: string): number => measuredNumber(measures, name, point);
  const convex = spec.players.map(
    (player) => player.convex && player.conditions.every((name) => at(name) === 1),
  );
  const bounds = spec.players.flatMap(({ bound }, k) =>
    bound === undefined || !convex[k] ? [] : [bound],
  );
  // Known of all players or of none.
  if (bounds.length < spec.players.length) return { convex, gap: undefined };
  const values = spec.players.map(({ value }) => at(value));
  const gains = spec.players.map(({ sense }, k) => {
    const gain = sense === 'maximize' ? at(bounds[k]) - values[k] : values[k] - at(bounds[k]);
    return gain < 0 ? 0 : gain;
  });
  const size = Math.max(1, ...values.map(Math.abs));
  return { convex, gap: gains.reduce((a, b) => a + b, 0) / size };
}

/** How far each player is from first-order optimality in its own variables, or all of them together. */
function slopeOf(spec: GameSpec, measures: MeasureProgram, point: Values): number {
  if (spec.residual !== undefined) return measuredNumber(measures, spec.residual, point);
  return largestOf(
    spec.players.map(({ slope }) =>
      slope === undefined ? NaN : measuredNumber(measures, slope, point),
    ),
  );
}

/** The distance from an equilibrium: the proven gap, else the residual. */
export function gameGap(spec: GameSpec, measures: MeasureProgram, point: Values): number {
  const { gap } = measure(spec, measures, point);
  return gap ?? slopeOf(spec, measures, point);
}

/** What a run waits for. A small gap leaves the players' own variables open to its root: where these are the answer, slopes are waited for too. */
export function gameDistance(spec: GameSpec, measures: MeasureProgram, point: Values): number {
  const gap = gameGap(spec, measures, point);
  if (spec.zeroSum) return gap;
  const slope = slopeOf(spec, measures, point);
  return Number.isNaN(slope) ? gap : Math.max(gap, slope);
}

export function assessGame(
  spec: GameSpec,
  measures: MeasureProgram,
  point: Values,
  { optimality }: Tolerances,
): Assessment {
  const { gap, convex } = measure(spec, measures, point);
  const slope = slopeOf(spec, measures, point);
  const [within] = spec.players.flatMap((player) => player.within ?? []);
  const first = checked({
    name: spec.residual === undefined ? 'stationarity' : 'natural residual',
    value: slope,
    limit: optimality,
    text:
      spec.residual === undefined
        ? "largest slope of a player's own problem, relative"
        : 'largest entry of z - P(z - F(z)), F the slopes of all players, relative',
    decides: gap === undefined,
  });
  const shown = Number.isNaN(slope) ? [] : [first];
  if (gap !== undefined) {
    const check = checked({
      name: spec.zeroSum ? 'duality gap' : 'Nikaido-Isoda gap',
      value: gap,
      limit: optimality,
      text: `${spec.zeroSum ? 'what both players' : 'what all players'} could gain at most, each by moving alone, proved, relative${within === undefined ? '' : `;${within}`}`,
      decides: true,
    });
    return {
      promise: 'optimal',
      status: check.holds ? 'optimal' : 'not converged',
      checks: [check, ...shown],
      notes: spec.notes,
      residual: gap,
    };
  }
  if (Number.isNaN(slope))
    return {
      promise: 'stationary',
      status: 'not converged',
      checks: [],
      notes: [
        ...spec.notes,
        'The slope of some player is not known at its kinks or its domain: nothing can be shown of this point.',
      ],
      residual: Infinity,
    };
  // Curvature says nothing of a point that is no critical one.
  const second = first.holds ? secondOrder(spec, measures, point, convex) : nothingShown;
  const holds = first.holds && second.checks.every((check) => check.holds);
  return {
    promise: 'stationary',
    status: holds ? 'stationary' : 'not converged',
    checks: [first, ...second.checks],
    notes: [...spec.notes, ...second.notes],
    residual: slope,
  };
}

const nothingShown: ReturnType<typeof secondOrder> = { checks: [], notes: [] };

/** A player whose goal curves the wrong way along a free direction can improve at once: no local equilibrium. */
function secondOrder(
  spec: GameSpec,
  measures: MeasureProgram,
  point: Values,
  convex: readonly boolean[],
): { readonly checks: readonly Check[]; readonly notes: readonly string[] } {
  const others = spec.players.filter((_, k) => !convex[k]);
  const checks = others.flatMap(({ curvature, who, sense }) => {
    if (curvature === undefined) return [];
    const { least, size } = extremeEigenvalues(measures, curvature, point);
    const value = Math.max(-least, 0) / Math.max(1, size);
    const word = sense === 'maximize' ? 'concave' : 'convex';
    return [
      checked({
        name: 'second order',
        value: Number.isNaN(least) ? NaN : value,
        limit: curvatureLimit,
        text: `how far the goal over ${who} is from ${word} in its own free variables here, relative`,
        decides: true,
      }),
    ];
  });
  const broken = others.filter((_, k) => checks[k]?.holds === false);
  const unknown = others.filter(({ curvature }) => curvature === undefined);
  const whoOf = (players: readonly PlayerSpec[]): string =>
    players.map(({ who }) => who).join('; ');
  return {
    checks,
    notes: [
      ...(broken.length > 0 && checks.length === others.length
        ? [
            `This is no local equilibrium: the goal over ${whoOf(broken)} improves to second order by moving alone.`,
          ]
        : [
            `The goal over ${whoOf(others)} is not known to be ${others.length === 1 && others[0].sense === 'maximize' ? 'concave' : 'convex'} in its own variables: conditions of first and second order are what can be certified, an equilibrium among nearby points at best.`,
          ]),
      ...(unknown.length === 0
        ? []
        : [`The second order could not be checked for the goal over ${whoOf(unknown)}.`]),
    ],
  };
}

/** Each player's goal at the point. */
export const playersGoals = (
  { players }: GameSpec,
  measures: MeasureProgram,
  point: Values,
): readonly { readonly who: string; readonly value: number }[] =>
  players.map(({ who, value }) => ({ who, value: measuredNumber(measures, value, point) }));
