// Metrics with two columns, as points in the plane: what each method ends with, among what no variable changes (the data that a generator is to match, say).
import type { Cloud, Comparison, PlanePoint } from '../compare/comparison.ts';
import { summaries } from '../compare/summary.ts';
import { font } from './chart.ts';
import { labelOf } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { formatEntry } from './number.ts';
import { strokeOf } from './palette.ts';
import { niceTicks } from './ticks.ts';

const width = 420;
const height = 380;
const edge = { left: 40, right: 10, top: 10, bottom: 28 };
const pictures = 8;
const margin = 0.05;

/** x from left to right, y upwards, equal units along both. */
type Placing = (at: PlanePoint) => PlanePoint;

interface View {
  readonly place: Placing;
  readonly xs: readonly [number, number];
  readonly ys: readonly [number, number];
}

/** A figure for each method, of the first seed, all on one scale. */
export function cloudFigures(comparison: Comparison): readonly string[] {
  const shown = summaries(comparison)
    .map((summary, k) => ({
      k,
      label: labelOf(summary, comparison.sweep),
      clouds: summary.runs[0].clouds,
    }))
    .filter(({ clouds }) => clouds.length > 0)
    .slice(0, pictures);
  const points = shown.flatMap(({ clouds }) => clouds.flatMap((cloud) => cloud.points));
  const view = viewOf(points.filter((at) => at.every(Number.isFinite)));
  if (view === undefined) return [];
  return shown.map(
    ({ k, label, clouds }) =>
      `<figure class="plane"><figcaption>${escapeHtml(label)}<small>${toldOf(clouds, k)}</small></figcaption>${picture(clouds, k, label, view)}</figure>`,
  );
}

/** The points of all methods, in a box of the picture's own proportions. */
function viewOf(points: readonly PlanePoint[]): View | undefined {
  const [first] = points;
  if (first === undefined) return undefined;
  const span = (side: 0 | 1): readonly [number, number] => {
    const all = points.map((at) => at[side]).toSorted((a, b) => a - b);
    return [all[0], all[all.length - 1]];
  };
  const [[x0, x1], [y0, y1]] = [span(0), span(1)];
  const across = width - edge.left - edge.right;
  const down = height - edge.top - edge.bottom;
  const largest = Math.max((x1 - x0) / across, (y1 - y0) / down);
  const unit = (largest > 0 ? largest : 1 / down) * (1 + 2 * margin);
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return {
    xs: [cx - (unit * across) / 2, cx + (unit * across) / 2],
    ys: [cy - (unit * down) / 2, cy + (unit * down) / 2],
    place: ([x, y]) => [
      edge.left + across / 2 + (x - cx) / unit,
      edge.top + down / 2 - (y - cy) / unit,
    ],
  };
}

/** What varies is the method's; all else is the same in every picture. */
const colourOf = ({ fixed }: Cloud, k: number): string =>
  fixed ? 'var(--soft)' : strokeOf(k).color;
const opacityOf = ({ fixed }: Cloud): number => (fixed ? 0.35 : 0.75);

const toldOf = (clouds: readonly Cloud[], k: number): string =>
  ordered(clouds)
    .map(
      (cloud) =>
        `<i class="dot" style="background: ${colourOf(cloud, k)}; opacity: ${opacityOf(cloud)}"></i> ${escapeHtml(cloud.name)}`,
    )
    .join(' · ');

/** What is fixed lies behind. */
const ordered = (clouds: readonly Cloud[]): readonly Cloud[] =>
  clouds.toSorted((a, b) => Number(b.fixed) - Number(a.fixed));

function picture(
  clouds: readonly Cloud[],
  k: number,
  label: string,
  { place, xs, ys }: View,
): string {
  const dots = ordered(clouds).map(
    (cloud) =>
      `<g fill="${colourOf(cloud, k)}" fill-opacity="${opacityOf(cloud)}">${cloud.points
        .filter((at) => at.every(Number.isFinite))
        .map(place)
        .map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.1"/>`)
        .join('')}</g>`,
  );
  const [right, bottom] = [width - edge.right, height - edge.bottom];
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`points by ${label}`)}" font-family='${font}'>`,
    ...niceTicks(...xs).map((x) => tick([place([x, 0])[0], bottom + 16], 'middle', x)),
    ...niceTicks(...ys).map((y) => tick([edge.left - 6, place([0, y])[1] + 4], 'end', y)),
    ...dots,
    `<rect x="${edge.left}" y="${edge.top}" width="${right - edge.left}" height="${bottom - edge.top}" fill="none" stroke="var(--axis)"/>`,
    '</svg>',
  ].join('');
}

const tick = ([x, y]: PlanePoint, anchor: string, value: number): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="11.5" fill="var(--soft)" text-anchor="${anchor}">${escapeHtml(formatEntry(value))}</text>`;
