// What is known of a point of a problem with lower levels: how far each lower level is from its least value, for the outer variables as they are, and the
// slope of the upper goal along the lower solution. An answer whose lower level is not solved is no answer, whatever the slope.
import type { MeasureProgram, Values } from '../program.ts';
import { checked, largestOf, type Assessment } from './assessment.ts';
import type { Check } from './certificate.ts';
import { assessGame, gameDistance, type GameSpec } from './game.ts';
import { defaultTolerances, relativeGap, type Tolerances } from './judge.ts';
import { measuredNumber } from './measured.ts';
import { probe } from './probe.ts';
import { searchNested } from './settle.ts';
import {
  searchLower,
  spaceOf,
  thorough,
  type LowerSearch,
  type SearchSpec,
} from './lower-search.ts';
import { assessVariational, variationalResidual, type VariationalSpec } from './variational.ts';

interface UnitBase {
  /** In words: "the lower level", "level `follower`". */
  readonly name: string;
  readonly variables: readonly string[];
  readonly choice: 'optimistic' | 'pessimistic';
  /** A measure that is 1 where its bounds leave no point. */
  readonly crossing: string | undefined;
  /** A measure that is 1 where its bounds leave hardly more than a point. */
  readonly edge: string | undefined;
  /** How many of the units that follow belong to levels below it. */
  readonly below: number;
  /** One step of Newton's method on its equations and those of the levels below it: by variable, the measure of where it leads. */
  readonly newton: readonly { readonly variable: string; readonly measure: string }[];
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
  /** A modulus of strong convexity, and the smallest singular value of its equations, relative: where one of them is positive the solution is the only one near. */
  readonly modulus: string | undefined;
  readonly regular: string | undefined;
  readonly search: SearchSpec | undefined;
}

/** Proves bounds of lower levels of few variables, where someone can. */
export interface LowerProver {
  /** A bound from below on the level's goal, to be made small, for the outer variables of the point; `target` is what would do. */
  readonly bound: (unit: GoalUnit, point: Values, target: number) => LowerBound | undefined;
}

export interface LowerBound {
  readonly bound: number;
  readonly text: string;
}

export type UnitSpec =
  | GoalUnit
  | (UnitBase & Moves & { readonly kind: 'game'; readonly game: GameSpec })
  | (UnitBase & Moves & { readonly kind: 'variational'; readonly variational: VariationalSpec })
  | NestedUnit;

interface Moves {
  /** The smallest singular value of its equations, relative. */
  readonly regular: string | undefined;
  /** Its slopes and nearest points; its value means nothing. */
  readonly search: SearchSpec | undefined;
}

export interface NestedUnit extends UnitBase {
  readonly kind: 'nested';
  readonly slope: string | undefined;
  /** To solve it along the solution of the levels below. */
  readonly search: SearchSpec | undefined;
}

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
        /** 1 where something of a lower level is at a bound, or a kink, that its slope does not press it against: the solution has a kink there. */
        readonly loose: string | undefined;
        /** The slope where such ends are free. */
        readonly other: string;
      }
    | undefined;
  readonly moves: UpperMoves | undefined;
  readonly notes: readonly string[];
}

/** The same without what solves it again. */
export const unitWithoutSearch = (unit: UnitSpec): UnitSpec => ({
  ...unit,
  newton: [],
  search: undefined,
});

/** What it takes to look at nearby outer variables. */
export interface UpperMoves {
  readonly variables: readonly {
    readonly name: string;
    readonly nearest: string;
    readonly trial: string;
  }[];
  /** The upper goal, to be made small. */
  readonly value: string;
}

/** A lower level counts as solved up to this, whatever tolerance is asked for. */
export const lowerLimit = defaultTolerances.feasibility;

interface UnitResult {
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  readonly holds: boolean;
  /** Other solutions were found that give the goal above another value: the solution may jump here. */
  readonly several?: boolean;
  /** There may be others, which were not sought. */
  readonly unchecked?: boolean;
}

export function assessLevels(
  spec: LevelsSpec,
  measures: MeasureProgram,
  point: Values,
  tolerances: Tolerances,
  prover?: LowerProver,
): Assessment {
  const units = spec.units.map((unit, k) =>
    assessUnit(unit, measures, point, prover, spec.units.slice(k + 1, k + 1 + unit.below)),
  );
  const solved = units.every(({ holds }) => holds);
  const upper = assessUpper(
    spec,
    measures,
    point,
    tolerances,
    solved,
    units.some(({ several }) => several === true),
    units.some(({ unchecked }) => unchecked === true),
  );
  const checks = [...units.flatMap((unit) => unit.checks), ...upper.checks];
  return {
    promise: 'stationary',
    status: solved && upper.holds ? 'stationary' : 'not converged',
    checks,
    notes: [...spec.notes, ...units.flatMap(({ notes }) => notes), ...upper.notes],
    residual: largestOf(checks.map(({ value }) => value)),
  };
}

/** The slope along the lower solution, where that is smooth; where it has a kink, what nearby outer variables give. */
function assessUpper(
  spec: LevelsSpec,
  measures: MeasureProgram,
  point: Values,
  tolerances: Tolerances,
  solved: boolean,
  several: boolean,
  unchecked: boolean,
): UnitResult {
  const is = (name: string | undefined): boolean =>
    name !== undefined && measuredNumber(measures, name, point) === 1;
  const { slope } = spec;
  const check = slopeCheck(spec, measures, point, tolerances);
  const unknown = check === undefined || slope === undefined || Number.isNaN(check.value);
  const loose = is(slope?.loose);
  const jumps = several || spec.units.some((unit) => is(unit.edge));
  const known = check === undefined || unknown ? [] : [check];
  const outer = spec.moves?.variables.reduce((sum, { name }) => sum + point[name].data.length, 0);
  // Without outer entries there is nothing to move: the choice among lower solutions is all.
  if (outer === 0) return { holds: !unchecked, checks: known, notes: [] };
  // Where a level is not convex, two solutions of equal worth may meet: then the slope along one of them says nothing.
  const meets = spec.units.some(
    (unit) => unit.kind === 'goal' && !isConvexHere(unit, measures, point),
  );
  const steep = !unknown && !check.holds;
  if (!solved || (!unknown && !loose && !jumps && !(meets && steep)))
    return { holds: !unknown && check.holds, checks: known, notes: [] };
  if (!unknown && check.holds && !jumps) {
    const other = loose ? measuredNumber(measures, slope.other, point) : 0;
    if (other <= tolerances.optimality) return { holds: true, checks: known, notes: [] };
  }
  const found = probe(spec, measures, point);
  const shown = known.map((each) => ({ ...each, decides: false }));
  const why =
    several || (meets && steep)
      ? 'The lower solution may jump here'
      : 'The lower solution has no slope by the outer variables here';
  if (found === undefined)
    return {
      holds: false,
      checks: shown,
      notes: [
        `${why}, and nearby points could not be looked at: nothing is shown of the upper level.`,
      ],
    };
  const near = checked({
    name: 'nearby points',
    value: found.gain,
    limit: defaultTolerances.optimality,
    text: `how much better the upper goal is at the best of ${found.points} nearby outer points with the lower level solved again, relative`,
    decides: true,
  });
  return {
    holds: near.holds,
    checks: [...shown, near],
    notes: [
      near.holds
        ? `${why}: what can be certified is that no nearby point that was looked at is better.`
        : `${why}, and a nearby point is better.`,
      ...(found.without === 0
        ? []
        : [`At ${found.without} of the nearby points the lower level could not be solved.`]),
    ],
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

function assessUnit(
  unit: UnitSpec,
  measures: MeasureProgram,
  point: Values,
  prover: LowerProver | undefined,
  below: readonly UnitSpec[],
): UnitResult {
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
      return assessGoal(unit, measures, point, prover);
    case 'game': {
      const inner = assessGame(unit.game, measures, point, defaultTolerances);
      return withSeveral(unit, renamed(unit.name, inner), measures, point);
    }
    case 'variational': {
      const inner = assessVariational(unit.variational, measures, point, defaultTolerances);
      return withSeveral(unit, renamed(unit.name, inner), measures, point);
    }
    case 'nested':
      return assessNested(unit, below, measures, point);
  }
}

/** A level that has lower ones: the slope along their solution, and what other starts find. */
function assessNested(
  unit: NestedUnit,
  below: readonly UnitSpec[],
  measures: MeasureProgram,
  point: Values,
): UnitResult {
  const slope = checked({
    name: 'stationarity',
    value: unit.slope === undefined ? NaN : measuredNumber(measures, unit.slope, point),
    limit: lowerLimit,
    text: `${unit.name}: largest slope of its goal along the solution of the levels below it, relative`,
    decides: true,
  });
  if (!slope.holds) return { holds: false, checks: [slope], notes: [] };
  const found = searchNested([unit, ...below], measures, point);
  if (found === undefined || found.starts === 0)
    return {
      holds: false,
      checks: [slope],
      notes: [
        `${sentence(unit.name)} could not be solved again from elsewhere: that its solution is one is not shown.`,
      ],
    };
  const gap = gapCheck(
    relativeGap(found.here, found.least, 'minimize'),
    `${unit.name}: its value minus the least found from ${found.starts} starts with the levels below it solved again, relative; not proved`,
  );
  return {
    holds: gap.holds,
    checks: [gap, slope],
    notes: gap.holds
      ? [
          `${sentence(unit.name)} has levels below it: from ${found.starts} starts nothing better was found for it, which is no proof.`,
        ]
      : [],
  };
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

/** Whether an equilibrium below may be one of several. */
function withSeveral(
  { name, regular, variables }: Extract<UnitSpec, { readonly kind: 'game' | 'variational' }>,
  result: UnitResult,
  measures: MeasureProgram,
  point: Values,
): UnitResult {
  const size = variables.reduce((sum, each) => sum + point[each].data.length, 0);
  if (!result.holds || regular === undefined || size > mostEntries) return result;
  if (measuredNumber(measures, regular, point) > 1e-9) return result;
  return {
    ...result,
    notes: [
      ...result.notes,
      `${sentence(name)} may have several solutions here; whether another would give the goal above another value was not checked.`,
    ],
  };
}

export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export const isConvexHere = (unit: GoalUnit, measures: MeasureProgram, point: Values): boolean =>
  unit.convex &&
  unit.bound !== undefined &&
  unit.conditions.every((name) => measuredNumber(measures, name, point) === 1);

function assessGoal(
  unit: GoalUnit,
  measures: MeasureProgram,
  point: Values,
  prover: LowerProver | undefined,
): UnitResult {
  if (isConvexHere(unit, measures, point) && unit.bound !== undefined)
    return assessConvex(unit, unit.bound, measures, point);
  return assessAny(unit, measures, point, prover);
}

const gapCheck = (value: number, text: string): Check =>
  checked({ name: 'lower-level gap', value, limit: lowerLimit, text, decides: true });

function assessConvex(
  unit: GoalUnit,
  bound: string,
  measures: MeasureProgram,
  point: Values,
): UnitResult {
  const at = (name: string): number => measuredNumber(measures, name, point);
  const within = unit.within === undefined ? '' : `;${unit.within}`;
  const check = gapCheck(
    relativeGap(at(unit.value), at(bound), unit.sense),
    `${unit.name}: its value minus a proven bound for these outer variables, relative${within}`,
  );
  const endless = check.holds ? undefined : endlessNote(unit, measures, point, undefined);
  if (endless !== undefined) return { holds: false, checks: [check], notes: [endless] };
  if (!check.holds || isUnique(unit, measures, point))
    return { holds: check.holds, checks: [check], notes: [] };
  const { search } = unit;
  if (search === undefined)
    return {
      holds: true,
      unchecked: true,
      checks: [check],
      notes: [
        `${sentence(unit.name)} may have several solutions here; whether another would give the goal above another value was not checked.`,
      ],
    };
  return withChoice(unit, [check], searchLower(search, measures, point, thorough), measures, point);
}

/** Large Jacobians are not taken apart. */
const mostEntries = 300;

/** Whether a solution of a convex level is proved to be the only one. */
export function isUnique(unit: GoalUnit, measures: MeasureProgram, point: Values): boolean {
  const { modulus, regular, variables } = unit;
  if (modulus !== undefined && measuredNumber(measures, modulus, point) > 0) return true;
  const size = variables.reduce((sum, name) => sum + point[name].data.length, 0);
  if (regular === undefined || size > mostEntries) return false;
  return measuredNumber(measures, regular, point) > 1e-9;
}

/** A level that is not known to be convex: proved by subdivision where it is small, solved again from many starts elsewhere. */
function assessAny(
  unit: GoalUnit,
  measures: MeasureProgram,
  point: Values,
  prover: LowerProver | undefined,
): UnitResult {
  const slope = checked({
    name: 'stationarity',
    value: unit.slope === undefined ? NaN : measuredNumber(measures, unit.slope, point),
    limit: lowerLimit,
    text: `${unit.name}: largest slope of its own goal, relative`,
    decides: true,
  });
  const { search } = unit;
  if (search === undefined)
    return {
      holds: false,
      checks: [slope],
      notes: [
        `${sentence(unit.name)} is not known to be convex and could not be solved again: that its solution is one is not shown.`,
      ],
    };
  const found = searchLower(search, measures, point, thorough);
  const here = measuredNumber(measures, search.value, point);
  const least = Math.min(here, found.best.value);
  const endless = endlessNote(unit, measures, point, found);
  if (endless !== undefined) return { holds: false, checks: [slope], notes: [endless] };
  const target = least - 0.5 * lowerLimit * Math.max(1, Math.abs(here));
  const proof = prover?.bound(unit, point, target);
  const closed = proof !== undefined && proof.bound >= target;
  const gap = closed
    ? gapCheck(
        relativeGap(here, proof.bound, 'minimize'),
        `${unit.name}: its value minus a bound proved for these outer variables by ${proof.text}, relative`,
      )
    : gapCheck(
        relativeGap(here, least, 'minimize'),
        `${unit.name}: its value minus the least found for these outer variables from ${found.starts} starts, relative; not proved`,
      );
  const checks = closed ? [gap] : [gap, slope];
  const result = withChoice(unit, checks, found, measures, point);
  const unproved =
    closed || !result.holds
      ? []
      : [
          `${sentence(unit.name)} is not known to be convex: from ${found.starts} starts nothing better was found, which is no proof.`,
        ];
  return { ...result, notes: [...result.notes, ...unproved] };
}

/** Two values of the goal above closer than this, relative, are one. */
const choiceLimit = 1e-5;

/** Whether the solution is the one that the choice of the level asks for, among those found. */
function withChoice(
  unit: GoalUnit,
  checks: readonly Check[],
  { range }: LowerSearch,
  measures: MeasureProgram,
  point: Values,
): UnitResult {
  const above = unit.search?.above;
  const holds = checks.every((check) => check.holds);
  // Of a point that is no solution there is no choice to speak of.
  if (range === undefined || above === undefined || !holds) return { holds, checks, notes: [] };
  const here = measuredNumber(measures, above, point);
  const size = Math.max(1, Math.abs(here));
  const better = (here - range.least.value) / size;
  const worse = (range.most.value - here) / size;
  if (!(better > choiceLimit) && !(worse > choiceLimit)) return { holds, checks, notes: [] };
  const missed = unit.choice === 'optimistic' ? better : worse;
  const check = checked({
    name: 'lower level',
    value: Math.max(missed, 0),
    limit: choiceLimit,
    text: `${unit.name}: how much ${unit.choice === 'optimistic' ? 'better' : 'worse'} the goal above is at another of its solutions, relative`,
    decides: true,
  });
  const several = `${sentence(unit.name)} has several solutions for these outer variables, and the goal above differs between them`;
  return {
    holds: check.holds,
    several: true,
    checks: [...checks, check],
    notes: [
      check.holds
        ? `${several}: this is the ${unit.choice} one of those that were found.`
        : `${several}: this is not the ${unit.choice} one.`,
    ],
  };
}

/** A value lower by this factor was followed as far as numbers go. */
const endless = 1e15;

/** How far along a slope a level is measured. */
const lengths = [1e3, 1e6, 1e9];

/** A sentence where the level's goal falls without end along its slope, from the answer or from the best point found. */
function endlessNote(
  { search, name, sense }: GoalUnit,
  measures: MeasureProgram,
  point: Values,
  found: LowerSearch | undefined,
): string | undefined {
  if (search === undefined) return undefined;
  const { landscape, here } = spaceOf(search, measures, point);
  const far = found === undefined ? 0 : landscape.value(here) - found.best.value;
  const falls =
    far > endless * Math.max(1, Math.abs(landscape.value(here))) ||
    [here, ...(found === undefined ? [] : [found.best.x])].some((from) => {
      const start = landscape.value(from);
      const slope = landscape.slope(from);
      const fallen = lengths.map(
        (length) =>
          start - landscape.value(landscape.nearest(from.map((x, k) => x - length * slope[k]))),
      );
      const [, before, last] = fallen;
      return before > 0 && last >= 100 * before;
    });
  return falls
    ? `${sentence(name)} has no answer for these outer variables: its goal ${sense === 'maximize' ? 'rises' : 'falls'} without end.`
    : undefined;
}

/** What a run waits for. */
export function levelsDistance(spec: LevelsSpec, measures: MeasureProgram, point: Values): number {
  const units = largestOf(spec.units.map((unit) => unitDistance(unit, measures, point)));
  const slope = slopeCheck(spec, measures, point, defaultTolerances);
  const distance = largestOf([units, slope?.value ?? NaN]);
  if (!(distance <= defaultTolerances.optimality) || spec.slope?.loose === undefined)
    return distance;
  // At a kink the slope on one side alone says little.
  const { loose, other } = spec.slope;
  return measuredNumber(measures, loose, point) === 1
    ? largestOf([distance, measuredNumber(measures, other, point)])
    : distance;
}

export function unitDistance(unit: UnitSpec, measures: MeasureProgram, point: Values): number {
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
