// Convergence curves as SVG: drawn by vega-lite, the names of the curves beside their ends.
import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import type { BandPoint } from './bands.ts';
import { escapeHtml } from './escape.ts';
import { placeLabels, widthOfLabel, type End, type Placed } from './labels.ts';
import { strokeOf } from './palette.ts';

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

export const font = 'system-ui, -apple-system, "Segoe UI", sans-serif';

const totalWidth = 500;
const height = 260;
const longestLabel = 20;
/** More names than this hide the curves; the page's legend has them all. */
const mostNames = 8;

/** The smallest positive number shown on a logarithmic axis: below it double precision says nothing. */
const floor = 1e-16;

interface Row {
  readonly k: number;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** Renders a chart to an SVG element, undefined where there is nothing to show; loads the plot library on first use. */
export async function renderChart(chart: Chart): Promise<string | undefined> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const logY = chart.logY && decades(chart.curves);
  const rows = chart.curves.flatMap(({ points }, k) => rowsOf(chart, logY, points, k));
  if (rows.length === 0) return undefined;
  const shown = [...new Set(rows.map(({ k }) => k))];
  const text = (k: number): string => shorten(chart.curves[k].label);
  const named = shown.length <= mostNames;
  const room = Math.max(12, ...(named ? shown : []).map((k) => widthOfLabel(text(k)) + 8));
  const { spec } = compile(specOf(chart, logY, rows, totalWidth - 60 - room));
  const view = new vega.View(
    vega.parse({ ...spec, padding: { left: 4, top: 2, right: room, bottom: 4 } }),
    {
      renderer: 'none',
    },
  );
  const svg = await view.toSVG();
  const ends = shown.map((k): CurveEnd => {
    const last = rows.findLast((row) => row.k === k);
    return { k, text: text(k), x: scaled(view, 'x', last?.x), y: scaled(view, 'y', last?.y) };
  });
  const labels = placeLabels(ends, height).map((label) => labelText(label, named));
  view.finalize();
  const overlay = `<g transform="translate(${originOf(svg)})" font-family='${font}' font-size="12">${labels.join('')}</g>`;
  return themed(svg).replace(/<\/svg>\s*$/, `${overlay}</svg>`);
}

interface CurveEnd extends End {
  readonly k: number;
}

function rowsOf(
  chart: Chart,
  logY: boolean,
  points: readonly BandPoint[],
  k: number,
): readonly Row[] {
  const onAxis = (y: number): number => (logY ? Math.max(y, floor) : y);
  return thin(points)
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && (!chart.logX || x > 0))
    .map(({ x, y, low, high }) => ({
      k,
      x,
      y: onAxis(y),
      low: onAxis(low),
      high: onAxis(Number.isFinite(high) ? high : y),
    }));
}

function specOf(chart: Chart, logY: boolean, rows: readonly Row[], width: number): TopLevelSpec {
  const spread = rows.some(({ low, high }) => low < high);
  const curves = chart.curves.map((_, k) => k);
  const alone = new Set(curves.filter((k) => rows.filter((row) => row.k === k).length === 1));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width,
    height,
    background: 'transparent',
    data: { values: rows.map((row) => ({ ...row, alone: alone.has(row.k) })) },
    layer: [...(spread ? [bandLayer] : []), lineLayer(curves), pointLayer],
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: chart.x,
        scale: { type: chart.logX ? 'log' : 'linear', nice: false },
        axis: {
          grid: false,
          ...(chart.logX ? powersOfTen(rows.map(({ x }) => x)) : { tickCount: 4 }),
          labelExpr: plainNumber,
          labelFlush: true,
        },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: chart.y,
        scale: logY ? { type: 'log' } : { type: 'linear', zero: false, padding: 6 },
        axis: {
          tickCount: 6,
          ...(logY ? powersOfTen(rows.map(({ y }) => y)) : {}),
          labelExpr: logY ? scientific : plainNumber,
        },
      },
      color: {
        field: 'k',
        type: 'nominal',
        sort: null,
        scale: { domain: curves, range: curves.map((k) => strokeOf(k).color) },
        legend: null,
      },
    },
    config: {
      font,
      view: { stroke: null },
      axis: {
        labelColor: token.soft,
        titleColor: token.ink,
        domainColor: token.axis,
        tickColor: token.axis,
        gridColor: token.line,
        labelFontSize: 11.5,
        titleFontSize: 12,
        titleFontWeight: 500,
      },
    },
  };
}

/** Of a range of two powers or more; else what the plot library thinks. */
function powersOfTen(values: readonly number[]): { readonly values?: number[] } {
  const low = Math.ceil(Math.log10(values.reduce((a, b) => Math.min(a, b), Infinity)) - 1e-9);
  const high = Math.floor(Math.log10(values.reduce((a, b) => Math.max(a, b), 0)) + 1e-9);
  if (!(high - low >= 1)) return {};
  const step = Math.ceil((high - low) / 7);
  return {
    values: Array.from(
      { length: Math.floor((high - low) / step) + 1 },
      (_, k) => 10 ** (low + k * step),
    ),
  };
}

/** `1e-6`, and `20 000` rather than `20,000`. */
const scientific = "replace(format(datum.value, '.0e'), '+', '')";
const plainNumber =
  "abs(datum.value) >= 1e6 || (datum.value != 0 && abs(datum.value) < 1e-3) ? replace(format(datum.value, '~e'), '+', '') : replace(format(datum.value, ',~r'), /,/g, '\u202f')";

type Layer = Extract<TopLevelSpec, { readonly layer: unknown }>['layer'][number];

const bandLayer: Layer = {
  mark: { type: 'area', opacity: 0.16, clip: true },
  encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
};

const lineLayer = (curves: readonly number[]): Layer => ({
  mark: { type: 'line', strokeWidth: 2, interpolate: 'linear', clip: true },
  encoding: {
    strokeDash: {
      field: 'k',
      type: 'nominal',
      sort: null,
      legend: null,
      scale: { domain: [...curves], range: curves.map(dashOf) },
    },
  },
});

const dashOf = (k: number): number[] => {
  const { dash } = strokeOf(k);
  return dash === '' ? [1, 0] : dash.split(' ').map(Number);
};

/** A curve of one row is a point. */
const pointLayer: Layer = {
  transform: [{ filter: 'datum.alone' }],
  mark: { type: 'point', filled: true, size: 40 },
};

function labelText({ k, text, x, y, labelY }: Placed<CurveEnd>, named: boolean): string {
  const { color } = strokeOf(k);
  const at = (value: number): string => value.toFixed(1);
  const dot = `<circle cx="${at(x)}" cy="${at(y)}" r="2.6" fill="${color}"/>`;
  if (!named) return dot;
  return `${dot}<text class="name" x="${at(x + 6)}" y="${at(labelY + 4)}" fill="${color}">${escapeHtml(text)}</text>`;
}

const shorten = (label: string): string =>
  [...label].length <= longestLabel ? label : `${[...label].slice(0, longestLabel - 1).join('')}…`;

/** Where the plot begins: the first move of the picture. */
const originOf = (svg: string): string => /translate\(([^)]*)\)/.exec(svg)?.[1] ?? '0,0';

/** A place on an axis in pixels. */
function scaled(view: View, name: string, value: number | undefined): number {
  const scale: unknown = view.scale(name);
  const found: unknown = typeof scale === 'function' ? scale(value) : 0;
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}

/** Colours that the page decides stand in the SVG as these. */
const token = { soft: '#010203', ink: '#010204', axis: '#010205', line: '#010206' } as const;

const themed = (svg: string): string =>
  Object.entries(token).reduce(
    (text, [name, color]) => text.replaceAll(color, `var(--${name})`),
    svg,
  );

/** Whether the values reach over more than a factor of ten. */
function decades(curves: readonly Curve[]): boolean {
  const positive = curves
    .flatMap(({ points }) => points.map(({ y }) => y))
    .filter((y) => y > 0 && y < Infinity);
  const zeros = curves.some(({ points }) => points.some(({ y }) => y === 0));
  if (positive.length === 0) return false;
  const most = positive.reduce((a, b) => Math.max(a, b));
  return zeros || most > 10 * positive.reduce((a, b) => Math.min(a, b));
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
