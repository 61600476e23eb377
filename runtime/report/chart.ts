// Convergence curves as SVG, drawn by vega-lite.
import type { TopLevelSpec } from 'vega-lite';
import type { BandPoint } from './bands.ts';

export interface Curve {
  readonly label: string;
  readonly points: readonly BandPoint[];
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly curves: readonly Curve[];
}

/** Colours that remain apart for colour-blind readers (Okabe & Ito 2008). */
export const palette = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#7B5EA7',
  '#6B6B6B',
] as const;

const font = 'system-ui, -apple-system, "Segoe UI", sans-serif';

/** The smallest positive number shown on a logarithmic axis: below it double precision says nothing. */
const floor = 1e-16;

/** Renders a chart to an SVG element; loads the plot library on first use. */
export async function renderChart(chart: Chart): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec } = compile(specOf(chart));
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

function specOf(chart: Chart): TopLevelSpec {
  const onAxis = (y: number): number => (chart.logY ? Math.max(y, floor) : y);
  const rows = chart.curves.flatMap(({ label, points }) =>
    thin(points)
      .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && (!chart.logX || x > 0))
      .map(({ x, y, low, high }) => ({
        label,
        x,
        y: onAxis(y),
        low: onAxis(low),
        high: onAxis(Number.isFinite(high) ? high : y),
      })),
  );
  const spread = rows.some(({ low, high }) => low < high);
  const labels = chart.curves.map(({ label }) => label);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 520,
    height: 300,
    background: 'transparent',
    title: { text: chart.title, font, fontSize: 14, fontWeight: 600, anchor: 'start', offset: 12 },
    data: { values: rows },
    layer: [...(spread ? [bandLayer] : []), lineLayer(rows.length <= chart.curves.length)],
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: chart.x,
        scale: { type: chart.logX ? 'log' : 'linear', nice: !chart.logX },
        axis: { grid: false, tickCount: 6 },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: chart.y,
        scale: chart.logY ? { type: 'log' } : { type: 'linear', zero: false },
        axis: chart.logY
          ? { format: decades(rows.map(({ y }) => y)) ? '.0e' : '.2e', tickCount: 8 }
          : { tickCount: 6 },
      },
      color: {
        field: 'label',
        type: 'nominal',
        sort: labels,
        scale: { domain: labels, range: labels.map((_, k) => palette[k % palette.length]) },
        legend: {
          title: null,
          symbolType: 'stroke',
          symbolStrokeWidth: 3,
          symbolOpacity: 1,
          labelLimit: 220,
        },
      },
    },
    config: {
      font,
      view: { stroke: null },
      axis: {
        labelColor: '#555',
        titleColor: '#333',
        domainColor: '#999',
        tickColor: '#999',
        gridColor: '#e6e6e6',
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: 500,
      },
      legend: { labelFontSize: 12, labelColor: '#333' },
    },
  };
}

const bandLayer = {
  mark: { type: 'area', opacity: 0.16, clip: true },
  encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
} as const;

/** A curve of one row is a point. */
const lineLayer = (points: boolean) =>
  ({
    mark: { type: 'line', strokeWidth: 2, interpolate: 'linear', clip: true, point: points },
  }) as const;

/** Whether the values reach over more than a factor of ten. */
function decades(values: readonly number[]): boolean {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 || Math.max(...positive) > 10 * Math.min(...positive);
}

/** At most 400 points, first and last kept: more than a screen shows. */
function thin<T>(points: readonly T[]): readonly T[] {
  const most = 400;
  if (points.length <= most) return points;
  return Array.from(
    { length: most },
    (_, k) => points[Math.round((k * (points.length - 1)) / (most - 1))],
  );
}
