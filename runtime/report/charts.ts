// Which charts a comparison's report shows, from the recorded traces.
import type { ComparedRun, Comparison } from '../compare/comparison.ts';
import type { OracleName } from '../program.ts';
import { objectiveColumn } from '../compare/front.ts';
import { calledOracles, summaries } from '../compare/summary.ts';
import type { TraceRow } from '../trace.ts';
import { bandOf } from './bands.ts';
import type { Chart, Curve } from './chart.ts';

/** Convergence against iterations, time and every oracle that the methods call, then metrics and the dependence on a sweep. */
export function chartsOf(comparison: Comparison): readonly Chart[] {
  const hasGap = comparison.runs.some((run) =>
    run.trace.some((row) => Number.isFinite(row.values.gap ?? NaN)),
  );
  const quantity = hasGap ? 'gap' : 'value';
  const curves = (x: (row: TraceRow) => number): readonly Curve[] =>
    summaries(comparison).map(({ runs, label, point }) => ({
      label: labelOf({ label, point }, comparison.sweep),
      // A method that calls no such oracle has no curve against it.
      points: runs.some(({ trace }) => trace.some((row) => x(row) > 0))
        ? bandOf(runs, x, (row) => row.values[quantity] ?? NaN)
        : [],
    }));
  const chart = (title: string, x: string, at: (row: TraceRow) => number): Chart => {
    const drawn = curves(at);
    return { title, x, y: quantity, logX: farApart(drawn), logY: hasGap, curves: drawn };
  };
  const unit = unitOf(Math.max(0, ...comparison.runs.map(({ seconds }) => seconds.total)));
  return [
    chart(`${quantity} against iterations`, 'iterations', (row) => row.iteration),
    chart(`${quantity} against time`, unit.name, (row) => row.seconds * unit.each),
    ...calledOracles(comparison.runs).map((name) =>
      chart(`${quantity} against ${oracleText[name]}`, oracleText[name], (row) => row.counts[name]),
    ),
    ...(comparison.front?.names ?? []).map((name, k) =>
      metricChart(comparison, objectiveColumn(k), name),
    ),
    ...comparison.metricNames.map((name) => metricChart(comparison, name, name)),
  ];
}

const oracleText: { readonly [O in OracleName]: string } = {
  values: 'function values',
  grads: 'gradients',
  hvps: 'Hessian-vector products',
  jvps: 'Jacobian-vector products',
  solves: 'linear solves',
  projections: 'projections',
  proxes: 'prox evaluations',
  lmos: 'linear minimisations',
  samples: 'samples',
  bits: 'bits sent',
  bits_down: 'bits broadcast',
  draws: 'random draws',
};

/** Curves of which one ends in a thirtieth of the width of another are shown on a logarithmic axis. */
function farApart(curves: readonly Curve[]): boolean {
  const ends = curves.map(({ points }) => points.at(-1)?.x ?? 0).filter((x) => x > 0);
  return ends.length > 1 && Math.max(...ends) > 30 * Math.min(...ends);
}

function unitOf(seconds: number): { readonly name: string; readonly each: number } {
  if (seconds < 1e-3) return { name: 'time in µs', each: 1e6 };
  return seconds < 1 ? { name: 'time in ms', each: 1e3 } : { name: 'time in s', each: 1 };
}

function metricChart(comparison: Comparison, column: string, name: string): Chart {
  const curves = metricCurves(comparison, column);
  return {
    title: `${name} against iterations`,
    x: 'iterations',
    y: name,
    logX: farApart(curves),
    logY: false,
    curves,
  };
}

const metricCurves = (comparison: Comparison, name: string): readonly Curve[] =>
  summaries(comparison).map(({ runs, label, point }) => ({
    label: labelOf({ label, point }, comparison.sweep),
    points: bandOf(
      runs,
      (row) => row.iteration,
      (row) => row.values[name] ?? NaN,
    ),
  }));

export function labelOf(
  run: Pick<ComparedRun, 'label' | 'point'>,
  sweep: readonly string[],
): string {
  const at = sweep.map((name) => `${name} = ${run.point[name]}`).join(', ');
  return at === '' ? run.label : `${run.label} (${at})`;
}
