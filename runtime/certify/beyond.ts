// Certificates that are not about one goal: games, variational inequalities, levels.
import type { MeasureProgram, Values } from '../program.ts';
import type { Assessment } from './assessment.ts';
import { assessGame, gameDistance, gameGap, playersGoals, type GameSpec } from './game.ts';
import type { Tolerances } from './judge.ts';
import {
  assessLevels,
  levelsDistance,
  type LevelsSpec,
  type LowerProver,
  unitWithoutSearch,
} from './levels.ts';
import { assessPareto, objectivesAt, paretoDistance, type ParetoSpec } from './pareto.ts';
import { settle } from './settle.ts';
import { assessVariational, variationalResidual, type VariationalSpec } from './variational.ts';

export type BeyondSpec = GameSpec | VariationalSpec | LevelsSpec | ParetoSpec;

export function assess(
  spec: BeyondSpec,
  measures: MeasureProgram,
  point: Values,
  tolerances: Tolerances,
  prover?: LowerProver,
): Assessment {
  switch (spec.kind) {
    case 'game':
      return assessGame(spec, measures, point, tolerances);
    case 'variational':
      return assessVariational(spec, measures, point, tolerances);
    case 'levels':
      return assessLevels(spec, measures, point, tolerances, prover);
    case 'pareto':
      return assessPareto(spec, measures, point, tolerances);
  }
}

/** The distance from a certificate, as cheap as it can be had; NaN where it is not known. */
export function distanceOf(spec: BeyondSpec, measures: MeasureProgram, point: Values): number {
  switch (spec.kind) {
    case 'game':
      return gameDistance(spec, measures, point);
    case 'variational':
      return variationalResidual(spec, measures, point);
    case 'levels':
      return levelsDistance(spec, measures, point);
    case 'pareto':
      return paretoDistance(spec, measures, point);
  }
}

/** The gap of a comparison where it needs no reference; undefined where it does. */
export function ownGapOf(
  spec: BeyondSpec,
): ((measures: MeasureProgram, point: Values) => number) | undefined {
  switch (spec.kind) {
    case 'game':
      return (measures, point) => gameGap(spec, measures, point);
    case 'variational':
      return (measures, point) => variationalResidual(spec, measures, point);
    case 'levels':
      return undefined;
    case 'pareto':
      return undefined;
  }
}

/** The point where a comparison measures: with all lower levels solved; undefined where one could not be. */
export const settledPoint = (
  spec: BeyondSpec,
  measures: MeasureProgram,
  point: Values,
  limit?: number,
): Values | undefined => (spec.kind === 'levels' ? settle(spec, measures, point, limit) : point);

/** The goals of several players, where no one number is the value. */
export function goalsOf(
  spec: BeyondSpec,
  measures: MeasureProgram,
  point: Values,
): readonly { readonly who: string; readonly value: number }[] {
  switch (spec.kind) {
    case 'game':
      return spec.zeroSum ? [] : playersGoals(spec, measures, point);
    case 'variational':
    case 'levels':
    case 'pareto':
      return [];
  }
}

/** The single objectives, as written; none where the goal is one number. */
export const objectivesOf = (
  spec: BeyondSpec,
  measures: MeasureProgram,
  point: Values,
): readonly number[] => (spec.kind === 'pareto' ? objectivesAt(spec, measures, point) : []);

/** The same without what only a compiler at hand can do: levels are not solved again. */
export function withoutSearch(spec: BeyondSpec): BeyondSpec {
  if (spec.kind !== 'levels') return spec;
  return { ...spec, moves: undefined, units: spec.units.map(unitWithoutSearch) };
}
