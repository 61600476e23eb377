// What a comparison claims, decided on the recorded traces: at every value of a sweep, or at the one that is named.
import type { ClaimResult, ComparedRun, SweepPoint } from '../../runtime/compare/comparison.ts';
import {
  at,
  first,
  median,
  order,
  rate,
  sweepSlope,
  type ColumnOf,
} from '../../runtime/compare/statistics.ts';
import type { TraceRow } from '../../runtime/trace.ts';
import { visible } from '../../grammar/quote.ts';
import type { Span } from '../../grammar/span.ts';
import type { Column, CompareModel, MeasurementNode, TypedExpression } from '../model/types.ts';
import type { Asker } from './asker.ts';
import { columnValue } from './columns.ts';
import type { Answer } from './question.ts';

export interface ClaimSetting {
  readonly compare: CompareModel;
  readonly runs: readonly ComparedRun[];
  readonly points: readonly SweepPoint[];
  readonly askerAt: (point: SweepPoint) => Asker;
  /** The text of the source at a place. */
  readonly textAt: (span: Span) => string;
}

export const decideClaims = (setting: ClaimSetting): readonly ClaimResult[] =>
  setting.compare.claims.flatMap((claim) => decide(setting, claim.title, claim.condition));

function decide(
  setting: ClaimSetting,
  title: string,
  condition: TypedExpression,
): readonly ClaimResult[] {
  const { sweeps } = setting.compare;
  const seen = new Map<string, ClaimResult>();
  for (const point of setting.points) {
    const asker = setting.askerAt(point);
    const asked = asker.claim(condition);
    const relevant = sweeps.filter(
      ({ name, of }) =>
        asked.swept.has(name) ||
        (asked.fixed && of.kind === 'param') ||
        asked.measurements.some((node) => dependsOnSweep(node, name)),
    );
    const own = Object.fromEntries(relevant.map(({ name }) => [name, point[name]]));
    const key = JSON.stringify(own);
    if (seen.has(key)) continue;
    const answers = asked.measurements.map((node) => measure(setting, asker, point, node));
    seen.set(key, {
      text: title,
      holds: asked.holds(answers),
      numbers: numbersBehind(setting, asked.measurements, answers),
      point: own,
    });
  }
  return [...seen.values()];
}

const dependsOnSweep = (node: MeasurementNode, name: string): boolean =>
  node.sweep !== name && !node.where.some((named) => named.name === name);

function numbersBehind(
  { textAt }: ClaimSetting,
  nodes: readonly MeasurementNode[],
  answers: readonly Answer[],
): ClaimResult['numbers'] {
  const found = new Map<string, number>();
  nodes.forEach((node, k) => {
    const answer = answers[k];
    const text = visible(textAt(node.span).replace(/\s+/g, ' '));
    if (typeof answer === 'number') found.set(text, answer);
    else found.set(`last of ${text}`, answer[answer.length - 1] ?? NaN);
  });
  return [...found].map(([text, value]) => ({ text, value }));
}

/** The number, or the vector, that a measurement stands for at a point. */
export function measure(
  { runs }: Pick<ClaimSetting, 'runs'>,
  asker: Asker,
  point: SweepPoint,
  node: MeasurementNode,
): Answer {
  const where = Object.fromEntries(
    node.where.map(({ name, value }) => [name, asker.number(value)]),
  );
  const place = { ...point, ...where };
  const labelled = runs.filter(({ label }) => label === node.label);
  const here = labelled.filter((run) => samePoint(run.point, place));
  const column = columnOf(node.column);
  const overSeeds = (value: (run: ComparedRun) => number): number => median(here.map(value));
  switch (node.fn) {
    case 'final':
      return overSeeds((run) => lastOf(run, column));
    case 'at': {
      if (node.at === undefined) return NaN;
      const by = columnOf(node.at.column);
      const value = asker.number(node.at.value);
      return overSeeds((run) => at(run.trace, column, by, value));
    }
    case 'first': {
      const { holds } = conditionOf(asker, node);
      return overSeeds((run) => first(run.trace, column, holds));
    }
    case 'rate':
      return overSeeds((run) => rate(run.trace, column));
    case 'order':
      return overSeeds((run) => order(run.trace, column));
    case 'slope':
      return slope(labelled, place, node.sweep ?? '', column);
    case 'success': {
      const { holds } = conditionOf(asker, node);
      const good = here.filter(
        (run) => run.trace.length > 0 && holds(run.trace[run.trace.length - 1]),
      );
      return here.length === 0 ? NaN : good.length / here.length;
    }
    case 'trace':
      return here.length === 0 ? [] : here[0].trace.map(column);
  }
}

const conditionOf = (asker: Asker, node: MeasurementNode): ReturnType<Asker['condition']> =>
  node.condition === undefined
    ? { holds: () => false, columns: [] }
    : asker.condition(node.condition);

const columnOf =
  (column: Column | undefined): ColumnOf =>
  (row: TraceRow) =>
    column === undefined ? NaN : columnValue(column, row);

const lastOf = ({ trace }: ComparedRun, column: ColumnOf): number =>
  trace.length === 0 ? NaN : column(trace[trace.length - 1]);

/** The final values, median over seeds, at each value of the swept name, the others as at the point. */
function slope(
  runs: readonly ComparedRun[],
  place: SweepPoint,
  sweep: string,
  column: ColumnOf,
): number {
  const values = [...new Set(runs.map((run) => run.point[sweep]))];
  return sweepSlope(
    values.map((x) => {
      const here = runs.filter((run) => samePoint(run.point, { ...place, [sweep]: x }));
      return { x, y: median(here.map((run) => lastOf(run, column))) };
    }),
  );
}

/** Equal up to rounding in how a value was written. */
export const samePoint = (a: SweepPoint, b: SweepPoint): boolean =>
  Object.keys(a).every((name) => Math.abs(a[name] - b[name]) <= 1e-12 * Math.abs(a[name]));

/** Conditions whose first iteration the runs with a label must record. */
export function watchedBy(
  compare: CompareModel,
  asker: Asker,
  label: string,
): readonly ReturnType<Asker['condition']>[] {
  const nodes = compare.claims
    .flatMap(({ condition }) => asker.claim(condition).measurements)
    .filter((node) => node.label === label);
  return nodes.flatMap((node) => {
    if (node.condition !== undefined && node.fn === 'first')
      return [asker.condition(node.condition)];
    if (node.fn !== 'at' || node.at === undefined) return [];
    const by = columnOf(node.at.column);
    const value = asker.number(node.at.value);
    return [{ columns: [node.at.column], holds: (row: TraceRow) => by(row) >= value }];
  });
}
