// The ends of all runs in the plane of two objectives, with the paths that led there: one SVG picture for each pair of objectives.
import type { ComparedRun, Comparison, PlanePoint } from '../compare/comparison.ts';
import { objectivesOf, type Front, type FrontPoint } from '../compare/front.ts';
import { font } from './chart.ts';
import { escapeHtml } from './escape.ts';
import { formatEntry, formatValue } from './number.ts';
import { placeLabels, widthOfLabel, type End } from './labels.ts';
import { strokeOf } from './palette.ts';
import { niceTicks } from './ticks.ts';

const width = 500;
const height = 340;
const edge = { left: 62, right: 14, top: 10, bottom: 42 };
const mostPairs = 3;
/** More ends than this are not named one by one. */
const mostNames = 14;

/** A figure for each pair of objectives, the first pairs where there are many. */
export function frontPictures({ front, runs, sweep }: Comparison): readonly string[] {
  if (front === undefined) return [];
  const { names } = front;
  const pairs = names.flatMap((_, j) =>
    names.slice(0, j).map((__, i): readonly [number, number] => [i, j]),
  );
  return pairs
    .slice(0, mostPairs)
    .map((pair) => figure(front, pair, picture(front, runs, sweep, pair)));
}

function figure(
  { names, points, hypervolume, reference }: Front,
  [i, j]: readonly [number, number],
  svg: string,
): string {
  const lost = points.filter(({ dominated }) => dominated).length;
  const told = [
    `hypervolume ${formatValue(hypervolume)} up to (${reference.map(formatEntry).join(', ')})`,
    ...(lost === 0
      ? ['no end is dominated']
      : [`hollow: dominated by another end (${lost} of ${points.length})`]),
  ].join(' · ');
  return `<figure class="front"><figcaption>${escapeHtml(names[j])} against ${escapeHtml(names[i])}<small>${escapeHtml(told)}</small></figcaption>${svg}</figure>`;
}

function picture(
  front: Front,
  runs: readonly ComparedRun[],
  sweep: readonly string[],
  [i, j]: readonly [number, number],
): string {
  const { points, names, reference } = front;
  const ends = points.map(({ objectives }): PlanePoint => [objectives[i], objectives[j]]);
  const corner: PlanePoint = [reference[i], reference[j]];
  const walks = runs.map(({ label, trace }) => ({
    label,
    along: trace
      .map((row) => objectivesOf(row, names.length))
      .map((values): PlanePoint => [values[i], values[j]])
      .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
  }));
  const starts = walks.flatMap(({ along }) => along.slice(0, 1));
  const horizontal = rangeOf(
    [...ends, corner].map(([x]) => x),
    starts.map(([x]) => x),
  );
  const vertical = rangeOf(
    [...ends, corner].map(([, y]) => y),
    starts.map(([, y]) => y),
  );
  const bottom = height - edge.bottom;
  const right = width - edge.right;
  const px = (x: number): number =>
    edge.left + ((x - horizontal[0]) / (horizontal[1] - horizontal[0])) * (right - edge.left);
  const py = (y: number): number =>
    bottom - ((y - vertical[0]) / (vertical[1] - vertical[0])) * (bottom - edge.top);
  const place = ([x, y]: PlanePoint): PlanePoint => [px(x), py(y)];
  const labels = [...new Set(runs.map(({ label }) => label))];
  const colour = (label: string): string => strokeOf(labels.indexOf(label)).color;
  const paths = walks.map(({ label, along }) => pathText(along.map(place), colour(label)));
  const marks = points.map((point, k) => markText(point, place(ends[k]), colour(point.label)));
  const inner = `x="${edge.left}" y="${edge.top}" width="${right - edge.left}" height="${bottom - edge.top}"`;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="ends of the runs in the plane of two objectives" font-family='${font}'>`,
    `<clipPath id="front${i}${j}"><rect ${inner}/></clipPath>`,
    `<g clip-path="url(#front${i}${j})">`,
    names.length === 2 ? covered(front, place) : '',
    ...paths,
    ...marks,
    '</g>',
    ...namesText(points, ends.map(place), sweep, colour),
    `<rect ${inner} fill="none" stroke="var(--axis)"/>`,
    ...niceTicks(...horizontal).map((x) => tickText(px(x), bottom + 15, 'middle', x)),
    ...niceTicks(...vertical).map((y) => tickText(edge.left - 7, py(y) + 4, 'end', y)),
    `<text x="${(edge.left + right) / 2}" y="${height - 6}" font-size="12" fill="var(--ink)" text-anchor="middle">${escapeHtml(names[i])}</text>`,
    `<text transform="translate(13 ${(edge.top + bottom) / 2}) rotate(-90)" font-size="12" fill="var(--ink)" text-anchor="middle">${escapeHtml(names[j])}</text>`,
    '</svg>',
  ].join('');
}

/** Around the ends with some room; where all ends are one point, around the starts too. */
function rangeOf(ends: readonly number[], starts: readonly number[]): readonly [number, number] {
  const spread = Math.max(...ends) - Math.min(...ends);
  const scale = Math.max(...ends.map(Math.abs), 1e-300);
  const seen = spread > 1e-9 * scale ? ends : [...ends, ...starts.filter(Number.isFinite)];
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const room = high > low ? 0.07 * (high - low) : Math.max(1e-6, 0.1 * Math.abs(low));
  return [low - room, high + room];
}

/** What the ends that none dominates cover, up to the reference: a staircase. */
function covered(
  { points, reference, sense }: Front,
  place: (at: PlanePoint) => PlanePoint,
): string {
  const sign = sense === 'maximize' ? -1 : 1;
  const best = points
    .filter(({ dominated }) => !dominated)
    .map(({ objectives: [x, y] }): PlanePoint => [x, y])
    .sort(([a], [b]) => sign * (a - b));
  const [first] = best;
  if (first === undefined) return '';
  const [right, top] = reference;
  const steps = best.flatMap(([x, y], k): readonly PlanePoint[] => [
    [x, k === 0 ? top : best[k - 1][1]],
    [x, y],
  ]);
  const outline = [...steps, [right, best[best.length - 1][1]] as const, [right, top] as const];
  return `<polygon points="${outline.map((at) => text(place(at))).join(' ')}" fill="var(--mark)" fill-opacity="0.09"/><polyline points="${steps.map((at) => text(place(at))).join(' ')}" fill="none" stroke="var(--mark)" stroke-opacity="0.35" stroke-width="1"/>`;
}

const pathText = (points: readonly PlanePoint[], colour: string): string =>
  points.length < 2
    ? ''
    : `<polyline points="${points.map(text).join(' ')}" fill="none" stroke="${colour}" stroke-opacity="0.45" stroke-width="1.2" stroke-linejoin="round"/>`;

function markText({ dominated }: FrontPoint, [x, y]: PlanePoint, colour: string): string {
  const at = `cx="${x.toFixed(1)}" cy="${y.toFixed(1)}"`;
  return dominated
    ? `<circle ${at} r="4.4" fill="var(--paper)" stroke="${colour}" stroke-width="1.6"/>`
    : `<circle ${at} r="4.4" fill="${colour}" stroke="var(--paper)" stroke-width="1"/>`;
}

/** Few ends have their names and swept values beside them; of many each method is named once. */
function namesText(
  points: readonly FrontPoint[],
  places: readonly PlanePoint[],
  sweep: readonly string[],
  colour: (label: string) => string,
): readonly string[] {
  const labels = new Set(points.map(({ label }) => label));
  const swept = ({ point }: FrontPoint): string =>
    sweep.length === 1
      ? formatEntry(point[sweep[0]])
      : sweep.map((name) => formatEntry(point[name])).join(', ');
  const nameOf = (point: FrontPoint): string =>
    sweep.length === 0
      ? point.label
      : labels.size === 1
        ? swept(point)
        : `${point.label} ${swept(point)}`;
  const ends = points.map((point, k): End & { readonly label: string } => ({
    label: point.label,
    text: points.length <= mostNames ? nameOf(point) : point.label,
    x: places[k][0],
    y: places[k][1],
  }));
  const named =
    points.length <= mostNames
      ? distinct(ends)
      : [...labels].flatMap((label) => ends.filter((end) => end.label === label).slice(0, 1));
  const before = ({ x, text: name }: End): boolean => x + widthOfLabel(name) > width - edge.right;
  const sided = named.map((end) => ({
    ...end,
    x: before(end) ? end.x - widthOfLabel(end.text) - 14 : end.x,
  }));
  return placeLabels(sided, height - edge.bottom).map(
    ({ label, text: name, x, labelY }) =>
      `<text class="name" x="${(x + 8).toFixed(1)}" y="${(labelY + 4).toFixed(1)}" font-size="11.5" fill="${colour(label)}">${escapeHtml(name)}</text>`,
  );
}

/** Ends of one name on one spot, as of several seeds, are named once. */
const distinct = <E extends End>(ends: readonly E[]): readonly E[] =>
  ends.filter(
    (end, k) =>
      !ends
        .slice(0, k)
        .some(
          (other) => other.text === end.text && Math.hypot(other.x - end.x, other.y - end.y) < 12,
        ),
  );

const text = ([x, y]: PlanePoint): string => `${x.toFixed(1)},${y.toFixed(1)}`;

const tickText = (x: number, y: number, anchor: string, value: number): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="11.5" fill="var(--soft)" text-anchor="${anchor}">${escapeHtml(formatEntry(value))}</text>`;
