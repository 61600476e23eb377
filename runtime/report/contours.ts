// The paths of the methods over contour lines of the goal, for problems of two numbers: one SVG picture.
import type { Comparison, Landscape, PlanePoint } from '../compare/comparison.ts';
import { summaries } from '../compare/summary.ts';
import { font } from './chart.ts';
import { labelOf } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { formatEntry } from './number.ts';
import { placeLabels, widthOfLabel, type End } from './labels.ts';
import { strokeOf } from './palette.ts';
import { niceTicks } from './ticks.ts';

const width = 500;
const height = 306;
const edge = { left: 52, right: 12, top: 8, bottom: 38 };
const levels = 14;

/** Undefined where the comparison has no landscape. */
export function contourPicture(comparison: Comparison): string | undefined {
  const { landscape } = comparison;
  if (landscape === undefined) return undefined;
  const { xs, ys, names } = landscape;
  const [x0, x1, y0, y1] = [xs[0], xs[xs.length - 1], ys[0], ys[ys.length - 1]];
  const px = (x: number): number =>
    edge.left + ((x - x0) / (x1 - x0)) * (width - edge.left - edge.right);
  const py = (y: number): number =>
    height - edge.bottom - ((y - y0) / (y1 - y0)) * (height - edge.top - edge.bottom);
  const lines = levelsOf(landscape.values).map(
    (level) =>
      `<path d="${contour(landscape, level)
        .map(([a, b]) => `M${at(px(a[0]), py(a[1]))}L${at(px(b[0]), py(b[1]))}`)
        .join('')}" fill="none" stroke="var(--axis)" stroke-opacity="0.5" stroke-width="0.8"/>`,
  );
  const shown = summaries(comparison).map(({ runs: [run], ...summary }, k): Path => ({
    k,
    text: labelOf(summary, comparison.sweep),
    points: run.path
      .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
      .map(([x, y]) => [px(x), py(y)]),
  }));
  const walked = shown.filter(({ points }) => points.length > 0);
  const paths = walked.map(pathText);
  const ends = walked.map(({ k, text, points }): End & { readonly k: number } => {
    const [x, y] = points[points.length - 1];
    return { k, text, x, y };
  });
  // Near the right edge names stand before their ends.
  const before = (x: number, text: string): boolean => x + widthOfLabel(text) > width - edge.right;
  const sided = ends.map((end) => ({
    ...end,
    x: before(end.x, end.text) ? end.x - widthOfLabel(end.text) - 14 : end.x,
  }));
  const labels = placeLabels(sided, height - edge.bottom).map(
    ({ k, text, x, labelY }) =>
      `<text class="name" x="${(x + 7).toFixed(1)}" y="${(labelY + 4).toFixed(1)}" font-size="12" fill="${strokeOf(k).color}">${escapeHtml(text)}</text>`,
  );
  const [start] = walked[0]?.points ?? [];
  const begin =
    start === undefined
      ? ''
      : `<circle cx="${start[0].toFixed(1)}" cy="${start[1].toFixed(1)}" r="4" fill="var(--paper)" stroke="var(--ink)" stroke-width="1.5"/>`;
  const bottom = height - edge.bottom;
  const ticks = [
    ...niceTicks(x0, x1).map((x) => tickText(px(x), bottom + 15, 'middle', x)),
    ...niceTicks(y0, y1).map((y) => tickText(edge.left - 7, py(y) + 4, 'end', y)),
  ];
  const inner = `x="${edge.left}" y="${edge.top}" width="${width - edge.left - edge.right}" height="${bottom - edge.top}"`;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="paths over contour lines" font-family='${font}'>`,
    `<clipPath id="plane"><rect ${inner}/></clipPath>`,
    `<g clip-path="url(#plane)">${lines.join('')}${paths.join('')}${begin}${labels.join('')}</g>`,
    `<rect ${inner} fill="none" stroke="var(--axis)"/>`,
    ...ticks,
    `<text x="${(edge.left + width - edge.right) / 2}" y="${height - 5}" font-size="12" fill="var(--ink)" text-anchor="middle">${escapeHtml(names[0])}</text>`,
    `<text transform="translate(12 ${(edge.top + bottom) / 2}) rotate(-90)" font-size="12" fill="var(--ink)" text-anchor="middle">${escapeHtml(names[1])}</text>`,
    '</svg>',
  ].join('');
}

interface Path {
  readonly k: number;
  readonly text: string;
  readonly points: readonly PlanePoint[];
}

function pathText({ k, points }: Path): string {
  const { color, dash } = strokeOf(k);
  const [x, y] = points[points.length - 1];
  const line = points.map(([a, b]) => at(a, b)).join(' ');
  const dots = points.length > 60 ? [] : points.slice(1);
  return (
    `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="1.8" stroke-linejoin="round"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>` +
    dots
      .map(
        ([a, b]) => `<circle cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="1.7" fill="${color}"/>`,
      )
      .join('') +
    `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.6" fill="${color}"/>`
  );
}

const at = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;
const tickText = (x: number, y: number, anchor: string, value: number): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="11.5" fill="var(--soft)" text-anchor="${anchor}">${escapeHtml(formatEntry(value))}</text>`;

/** Levels that lie dense near the bottom: equal shares of the cells lie between two of them. */
function levelsOf(values: readonly number[]): readonly number[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return [];
  return Array.from(
    { length: levels },
    (_, k) => sorted[Math.floor(((k + 0.5) / levels) ** 1.5 * (sorted.length - 1))],
  );
}

type Segment = readonly [PlanePoint, PlanePoint];

/** Marching squares (Lorensen & Cline 1987, in the plane), each cell cut into two triangles so that no case is ambiguous. */
export function contour({ xs, ys, values }: Landscape, level: number): readonly Segment[] {
  const segments: Segment[] = [];
  const corner = (i: number, j: number): Corner => ({
    at: [xs[i], ys[j]],
    value: values[j * xs.length + i],
  });
  for (let j = 0; j + 1 < ys.length; j++)
    for (let i = 0; i + 1 < xs.length; i++) {
      const [a, b, c, d] = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
      for (const triangle of [
        [a, b, c],
        [a, c, d],
      ]) {
        const crossings = triangle.flatMap((from, k) =>
          crossing(from, triangle[(k + 1) % 3], level),
        );
        if (crossings.length === 2) segments.push([crossings[0], crossings[1]]);
      }
    }
  return segments;
}

interface Corner {
  readonly at: PlanePoint;
  readonly value: number;
}

function crossing(from: Corner, to: Corner, level: number): readonly PlanePoint[] {
  if (!Number.isFinite(from.value) || !Number.isFinite(to.value)) return [];
  if (from.value < level === to.value < level) return [];
  const share = (level - from.value) / (to.value - from.value);
  return [
    [from.at[0] + share * (to.at[0] - from.at[0]), from.at[1] + share * (to.at[1] - from.at[1])],
  ];
}
