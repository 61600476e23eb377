// The paths of the methods over contour lines of the goal, for problems of two numbers: one SVG picture.
import type { Comparison, Landscape, PlanePoint } from '../compare/comparison.ts';
import { summaries } from '../compare/summary.ts';
import { palette } from './chart.ts';
import { labelOf } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { formatEntry } from './number.ts';

const width = 560;
const height = 420;
const edge = { left: 56, right: 12, top: 34, bottom: 40 };
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
        .join('')}" fill="none" stroke="#c9ced6" stroke-width="0.8"/>`,
  );
  const shown = summaries(comparison).filter(({ runs }) => runs[0].path.length > 0);
  const paths = shown.map(({ runs: [{ path }] }, k) => {
    const color = palette[k % palette.length];
    const points = path.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    const last = points[points.length - 1];
    const line = points.map(([x, y]) => at(px(x), py(y))).join(' ');
    return `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="1.6" stroke-linejoin="round"/><circle cx="${px(last[0]).toFixed(1)}" cy="${py(last[1]).toFixed(1)}" r="3.5" fill="${color}"/>`;
  });
  const legend = shown.map(
    (summary, k) =>
      `<span><i style="background:${palette[k % palette.length]}"></i>${escapeHtml(labelOf(summary, comparison.sweep))}</span>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const [x, y] = [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
    return [
      text(px(x), height - edge.bottom + 16, 'middle', short(x)),
      text(edge.left - 8, py(y) + 4, 'end', short(y)),
    ];
  });
  const inner = `x="${edge.left}" y="${edge.top}" width="${width - edge.left - edge.right}" height="${height - edge.top - edge.bottom}"`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="paths over contour lines" font-family="system-ui, sans-serif"><text x="${edge.left}" y="18" font-size="14" font-weight="600">paths over contour lines of the goal</text><clipPath id="plane"><rect ${inner}/></clipPath><g clip-path="url(#plane)">${lines.join('')}${paths.join('')}</g><rect ${inner} fill="none" stroke="#999"/>${ticks.join('')}${text((edge.left + width - edge.right) / 2, height - 6, 'middle', names[0])}<text transform="translate(12 ${(edge.top + height - edge.bottom) / 2}) rotate(-90)" font-size="11" fill="#333" text-anchor="middle">${escapeHtml(names[1])}</text></svg><p class="legend">${legend.join(' ')}</p></figure>`;
}

const at = (x: number, y: number): string => `${x.toFixed(1)},${y.toFixed(1)}`;
const short = (value: number): string => formatEntry(Number(value.toPrecision(3)));
const text = (x: number, y: number, anchor: string, content: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="11" fill="#555" text-anchor="${anchor}">${escapeHtml(content)}</text>`;

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
