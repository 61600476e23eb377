// What is known of a point of a problem with lower levels: how far each lower level is from its least value, for the outer variables as they are, and the
// slope of the upper goal along the lower solution. An answer whose lower level is not solved is no answer, whatever the slope.
import type { MeasureProgram, Values } from '../program.ts';
import { checked, largestOf, type Assessment } from './assessment.ts';
import type { Check } from './certificate.ts';
import { assessGame, gameDistance, type GameSpec } from './game.ts';
import { defaultTolerances, relativeGap, type Tolerances } from './judge.ts';
import { measuredNumber } from './measured.ts';
import { assessVariational, variationalResidual, type VariationalSpec } from './variational.ts';

interface UnitBase {
  /** In words: "the lower level", "level `follower`". */
  readonly name: string;
  readonly variables: readonly string[];
  readonly choice: 'optimistic' | 'pessimistic';
  /** A measure that is 1 where its bounds leave no point. */
  readonly crossing: string | undefined;
}

export interface GoalUnit extends UnitBase {
  readonly kind: 'goal';
  readonly sense: 'minimize' | 'maximize';
  readonly value: string;
  readonly bound: string | undefined;
  readonly within: string | undefined;
  readonly convex: boolean;
  readonly conditions: readonly string[];
  readonly slope: string | undefined;
}

export type UnitSpec =
  | GoalUnit
  | (UnitBase & { readonly kind: 'game'; readonly game: GameSpec })
  | (UnitBase & { readonly kind: 'variational'; readonly variational: VariationalSpec })
  | (UnitBase & { readonly kind: 'nested'; readonly slope: string | undefined });

export interface LevelsSpec {
  readonly kind: 'levels';
  readonly sense: 'minimize' | 'maximize';
  readonly units: readonly UnitSpec[];
  /** The slope along the lower solution, where all conditions hold. */
  readonly slope:
    | {
        readonly measure: string;
        readonly conditions: readonly string[];
        readonly who: string;
      }
    | undefined;
  readonly notes: readonly string[];
}

/** A lower level counts as solved up to this, whatever tolerance is asked for. */
export const lowerLimit = defaultTolerances.feasibility;

interface UnitResult {
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  readonly holds: boolean;
}

export function assessLevels(
  spec: LevelsSpec,
  measures: MeasureProgram,
  point: Values,
  tolerances: Tolerances,
): Assessment {
  const units = spec.units.map((unit) => assessUnit(unit, measures, point));
  const slope = slopeCheck(spec, measures, point, tolerances);
  const solved = units.every(({ holds }) => holds);
  const checks = [...units.flatMap((unit) => unit.checks), ...(slope === undefined ? [] : [slope])];
  return {
    promise: 'stationary',
    status: solved && slope?.holds === true ? 'stationary' : 'not converged',
    checks,
    notes: [...spec.notes, ...units.flatMap(({ notes }) => notes)],
    residual: largestOf(checks.map(({ value }) => value)),
  };
}

function slopeCheck(
  { slope }: LevelsSpec,
  measures: MeasureProgram,
  point: Values,
  { optimality }: Tolerances,
): Check | undefined {
  if (slope === undefined) return undefined;
  const regular = slope.conditions.every((name) => measuredNumber(measures, name, point) === 1);
  return checked({
    name: 'hypergradient',
    value: regular ? measuredNumber(measures, slope.measure, point) : NaN,
    limit: optimality,
    text: `largest slope of the upper goal by ${slope.who} along the lower solution, on what bounds leave free, relative`,
    decides: true,
  });
}

function assessUnit(unit: UnitSpec, measures: MeasureProgram, point: Values): UnitResult {
  const at = (name: string): number => measuredNumber(measures, name, point);
  if (unit.crossing !== undefined && at(unit.crossing) === 1)
    return {
      holds: false,
      checks: [],
      notes: [
        `${sentence(unit.name)} has no answer for these outer variables: its bounds leave no point.`,
      ],
    };
  switch (unit.kind) {
    case 'goal':
      return assessGoal(unit, measures, point);
    case 'game': {
      const inner = assessGame(unit.game, measures, point, defaultTolerances);
      return renamed(unit.name, inner);
    }
    case 'variational': {
      const inner = assessVariational(unit.variational, measures, point, defaultTolerances);
      return renamed(unit.name, inner);
    }
    case 'nested': {
      const check = checked({
        name: 'stationarity',
        value: unit.slope === undefined ? NaN : at(unit.slope),
        limit: lowerLimit,
        text: `${unit.name}: largest slope of its goal along the solution of the levels below it, relative`,
        decides: true,
      });
      return {
        holds: check.holds,
        checks: [check],
        notes: check.holds
          ? [
              `${sentence(unit.name)} is stationary along the solution of the levels below it; that nothing far away is better for it is not proved.`,
            ]
          : [],
      };
    }
  }
}

/** The certificate of a lower game is about the lower level. */
function renamed(name: string, { status, checks, notes }: Assessment): UnitResult {
  return {
    holds: status === 'optimal' || status === 'stationary',
    checks: checks
      .filter(({ decides }) => decides)
      .map((check) => ({
        ...check,
        name:
          check.name === 'Nikaido-Isoda gap' || check.name === 'duality gap'
            ? 'lower-level gap'
            : check.name,
        text: `${name}: ${check.text}`,
      })),
    notes: notes.map((note) => `${sentence(name)}: ${note}`),
  };
}

export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const isConvexHere = (unit: GoalUnit, measures: MeasureProgram, point: Values): boolean =>
  unit.convex &&
  unit.bound !== undefined &&
  unit.conditions.every((name) => measuredNumber(measures, name, point) === 1);

function assessGoal(unit: GoalUnit, measures: MeasureProgram, point: Values): UnitResult {
  const at = (name: string): number => measuredNumber(measures, name, point);
  const slope = unit.slope === undefined ? NaN : at(unit.slope);
  if (!isConvexHere(unit, measures, point) || unit.bound === undefined) {
    const check = checked({
      name: 'stationarity',
      value: slope,
      limit: lowerLimit,
      text: `${unit.name}: largest slope of its own goal, relative`,
      decides: true,
    });
    return { holds: false, checks: [check], notes: [] };
  }
  const check = checked({
    name: 'lower-level gap',
    value: relativeGap(at(unit.value), at(unit.bound), unit.sense),
    limit: lowerLimit,
    text: `${unit.name}: its value minus a proven bound for these outer variables, relative${unit.within === undefined ? '' : `;${unit.within}`}`,
    decides: true,
  });
  return { holds: check.holds, checks: [check], notes: [] };
}

/** What a run waits for. */
export function levelsDistance(spec: LevelsSpec, measures: MeasureProgram, point: Values): number {
  const slope = slopeCheck(spec, measures, point, defaultTolerances)?.value ?? NaN;
  return largestOf([...spec.units.map((unit) => unitDistance(unit, measures, point)), slope]);
}

function unitDistance(unit: UnitSpec, measures: MeasureProgram, point: Values): number {
  const at = (name: string): number => measuredNumber(measures, name, point);
  switch (unit.kind) {
    case 'goal':
      if (isConvexHere(unit, measures, point) && unit.bound !== undefined)
        return relativeGap(at(unit.value), at(unit.bound), unit.sense);
      return unit.slope === undefined ? NaN : at(unit.slope);
    case 'game':
      return gameDistance(unit.game, measures, point);
    case 'variational':
      return variationalResidual(unit.variational, measures, point);
    case 'nested':
      return unit.slope === undefined ? NaN : at(unit.slope);
  }
}
