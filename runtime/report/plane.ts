// The paths of the methods in the plane of two numbers, over what they move through: contour lines of the goal, the field that players follow, the answer of
// a lower level. One SVG picture a plane.
import type { ComparedRun, Comparison, Plane, PlanePoint } from '../compare/comparison.ts';
import { summaries } from '../compare/summary.ts';
import { font } from './chart.ts';
import { contour, contourLevels } from './contours.ts';
import { escapeHtml } from './escape.ts';
import { freePlace, type Box, type NamePlace } from './free-place.ts';
import { formatEntry } from './number.ts';
import { strokeOf } from './palette.ts';
import { niceTicks } from './ticks.ts';

const width = 500;
const height = 360;
const edge = { left: 58, right: 14, top: 10, bottom: 42 };
const frame: Box = {
  left: edge.left,
  top: edge.top,
  right: width - edge.right,
  bottom: height - edge.bottom,
};

/** A figure for each plane. */
export const planeFigures = (comparison: Comparison): readonly string[] =>
  comparison.planes.map(
    (plane, k) =>
      `<figure class="plane"><figcaption>${escapeHtml(titleOf(plane))}<small>${escapeHtml(toldOf(plane, comparison))}</small></figcaption>${picture(comparison, plane, k)}</figure>`,
  );

function titleOf({ kind, names: [x, y], heightsOf = 'the goal' }: Plane): string {
  switch (kind) {
    case 'goal':
      return `paths over contour lines of ${heightsOf}`;
    case 'field':
      return 'phase portrait';
    case 'reaction':
      return `reaction of ${y} to ${x}`;
  }
}

function toldOf({ kind, contours, mark }: Plane, { sense }: Comparison): string {
  const behind = {
    goal: [],
    field: [`arrows: ${sense === 'find' ? '-F' : 'where the slopes of all players lead'}`],
    reaction: contours === undefined ? [] : ['behind: contour lines of the goal above'],
  }[kind];
  return [...behind, '○ start', ...(mark === undefined ? [] : [`◇ ${mark.text}`])].join(' · ');
}

type Placing = (at: PlanePoint) => PlanePoint;

function placing({ ranges: [[x0, x1], [y0, y1]] }: Plane): Placing {
  return ([x, y]) => [
    frame.left + ((x - x0) / (x1 - x0)) * (frame.right - frame.left),
    frame.bottom - ((y - y0) / (y1 - y0)) * (frame.bottom - frame.top),
  ];
}

function picture(comparison: Comparison, plane: Plane, number: number): string {
  const place = placing(plane);
  const paths = summaries(comparison).flatMap(({ runs: [run] }, k) => pathOf(run, plane, place, k));
  const curves = plane.curves.map((curve) => curve.map(place));
  const lines = [...paths.map(({ points }) => points.map(({ at }) => at)), ...curves];
  const drawn = [...lines.flatMap(filled), ...startsOf(paths).flatMap(keptClear)];
  const { mark } = plane;
  const named =
    mark === undefined ? undefined : freePlace(mark.text, [place(mark.at)], frame, drawn, 12);
  const inner = `x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}"`;
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(titleOf(plane))}" font-family='${font}'>`,
    `<clipPath id="plane${number}"><rect ${inner}/></clipPath>`,
    `<g clip-path="url(#plane${number})">`,
    contourLines(comparison, plane, place),
    arrowsText(plane, place),
    ...curves.map(curveText),
    ...paths.map(pathText),
    startsText(paths),
    '</g>',
    markText(plane, named, place),
    curveName(
      plane,
      mark === undefined ? undefined : place(mark.at),
      curves,
      named === undefined ? drawn : [...drawn, ...within(named.box)],
    ),
    `<rect ${inner} fill="none" stroke="var(--axis)"/>`,
    axesText(plane, place),
    '</svg>',
  ].join('');
}

function contourLines({ sense }: Comparison, { contours }: Plane, place: Placing): string {
  if (contours === undefined) return '';
  const levels = contourLevels(contours.values, sense === 'maximize' ? 'maximize' : 'minimize');
  return levels
    .map((level) => {
      const lines = contour(contours, level).map(
        ([a, b]) => `M${coordinates(place(a))}L${coordinates(place(b))}`,
      );
      return `<path d="${lines.join('')}" fill="none" stroke="var(--axis)" stroke-opacity="0.5" stroke-width="0.8"/>`;
    })
    .join('');
}

const shortest = 5;
const longest = 21;

/** As they lie in the picture; longer where the slope is larger, by its root. */
function arrowsText({ arrows }: Plane, place: Placing): string {
  const [origin] = [place([0, 0])];
  const seen = arrows.map(({ at, along }) => {
    const [dx, dy] = place(along);
    return { at: place(at), along: [dx - origin[0], dy - origin[1]] as const };
  });
  const most = Math.max(...seen.map(({ along }) => Math.hypot(...along)));
  if (!(most > 0)) return '';
  const lines = seen.map(({ at: [x, y], along: [dx, dy] }) => {
    const size = Math.hypot(dx, dy);
    if (size <= 1e-9 * most) return '';
    const long = shortest + (longest - shortest) * Math.sqrt(size / most);
    const [ux, uy] = [dx / size, dy / size];
    const tip: PlanePoint = [x + (ux * long) / 2, y + (uy * long) / 2];
    const tail: PlanePoint = [x - (ux * long) / 2, y - (uy * long) / 2];
    const barb = (side: number): PlanePoint => [
      tip[0] - 4.2 * ux + side * 2.3 * uy,
      tip[1] - 4.2 * uy - side * 2.3 * ux,
    ];
    return `M${coordinates(tail)}L${coordinates(tip)}M${coordinates(barb(1))}L${coordinates(tip)}L${coordinates(barb(-1))}`;
  });
  return `<path d="${lines.join('')}" fill="none" stroke="var(--axis)" stroke-opacity="0.75" stroke-width="1" stroke-linejoin="round"/>`;
}

const curveText = (points: readonly PlanePoint[]): string =>
  `<polyline points="${points.map(coordinates).join(' ')}" fill="none" stroke="var(--ink)" stroke-opacity="0.3" stroke-width="5" stroke-linejoin="round"/>`;

/** `y(x)` beside the curve, far from the mark. */
function curveName(
  { names: [x, y] }: Plane,
  mark: PlanePoint | undefined,
  curves: readonly (readonly PlanePoint[])[],
  drawn: readonly PlanePoint[],
): string {
  const all = curves.flat();
  if (all.length === 0) return '';
  const far = (at: PlanePoint): number => (mark === undefined ? 0 : distance(at, mark));
  const around = [0.9, 0.1, 0.75, 0.25]
    .map((share) => all[Math.round(share * (all.length - 1))])
    .sort((a, b) => far(b) - far(a));
  const text = `${y}(${x})`;
  return nameText(text, freePlace(text, around, frame, drawn, 9));
}

/** With points between, so that a line counts where it passes. */
const filled = (points: readonly PlanePoint[]): readonly PlanePoint[] =>
  points.flatMap(([x, y], k): readonly PlanePoint[] => {
    const [a, b] = points[k - 1] ?? [x, y];
    const count = Math.min(60, Math.max(1, Math.ceil(Math.hypot(x - a, y - b) / 5)));
    return Array.from({ length: count }, (_, n) => {
      const share = (n + 1) / count;
      return [a + share * (x - a), b + share * (y - b)];
    });
  });

interface Path {
  readonly k: number;
  readonly points: readonly Visit[];
}

interface Visit {
  readonly at: PlanePoint;
  readonly iteration: number;
}

function pathOf(run: ComparedRun, plane: Plane, place: Placing, k: number): readonly Path[] {
  const [i, j] = plane.entries;
  const points = run.path.flatMap((numbers, row): readonly Visit[] => {
    const at: PlanePoint = [numbers[i], numbers[j]];
    const { iteration } = run.trace[row] ?? { iteration: row };
    return at.every(Number.isFinite) ? [{ at: place(at), iteration }] : [];
  });
  return points.length === 0 ? [] : [{ k, points }];
}

/** Where iterations between two points were left out, a long line between them would be one that nobody walked. */
const longestGuess = 14;

function pathText({ k, points }: Path): string {
  const { color, dash } = strokeOf(k);
  const walked = points.map((visit, n) => {
    const before = points[n - 1];
    const follows =
      before !== undefined &&
      (visit.iteration - before.iteration <= 1 || distance(before.at, visit.at) <= longestGuess);
    return `${follows ? 'L' : 'M'}${coordinates(visit.at)}`;
  });
  const apart = points.filter(
    ({ at, iteration }, n) =>
      n > 0 &&
      (points.length <= 60 ||
        (iteration - points[n - 1].iteration > 1 && distance(points[n - 1].at, at) > longestGuess)),
  );
  const [x, y] = points[points.length - 1].at;
  // Of long walks around, the single rounds are to be seen.
  const thick = points.length > 80 ? 1.3 : 1.8;
  return [
    `<path d="${walked.join('')}" fill="none" stroke="${color}" stroke-width="${thick}" stroke-linejoin="round"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`,
    ...apart.map(({ at }) => circle(at, 1.7, `fill="${color}"`)),
    circle([x, y], 3.6, `fill="${color}"`),
  ].join('');
}

const distance = ([a, b]: PlanePoint, [c, d]: PlanePoint): number => Math.hypot(a - c, b - d);

/** One where several paths begin in the same place. */
function startsOf(paths: readonly Path[]): readonly PlanePoint[] {
  const starts = paths.map(({ points: [first] }) => first.at);
  return starts.filter((at, k) => starts.slice(0, k).every((other) => distance(at, other) > 2));
}

const startsText = (paths: readonly Path[]): string =>
  startsOf(paths)
    .map((at) => circle(at, 4, 'fill="var(--paper)" stroke="var(--ink)" stroke-width="1.5"'))
    .join('');

/** Names beside a start would seem to be its own. */
const keptClear = ([x, y]: PlanePoint): readonly PlanePoint[] =>
  within({ left: x - 10, right: x + 10, top: y - 10, bottom: y + 10 });

/** Points all over a box. */
function within({ left, right, top, bottom }: Box): readonly PlanePoint[] {
  const places = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return places.flatMap((a) =>
    places.map((b): PlanePoint => [left + a * (right - left), top + b * (bottom - top)]),
  );
}

/** A diamond that leaves the ends of the paths to be seen. */
function markText({ mark }: Plane, named: NamePlace | undefined, place: Placing): string {
  if (mark === undefined || named === undefined) return '';
  const [x, y] = place(mark.at);
  const half = 6.5;
  const corners = [
    [x, y - half],
    [x + half, y],
    [x, y + half],
    [x - half, y],
  ] as const;
  const shape = `points="${corners.map(coordinates).join(' ')}" fill="none"`;
  return [
    `<polygon ${shape} stroke="var(--paper)" stroke-width="4"/>`,
    `<polygon ${shape} stroke="var(--ink)" stroke-width="1.7"/>`,
    nameText(mark.text, named),
  ].join('');
}

function axesText({ names, ranges: [horizontal, vertical] }: Plane, place: Placing): string {
  const middle = (frame.left + frame.right) / 2;
  return [
    ...niceTicks(...horizontal).map((x) =>
      tickText([place([x, 0])[0], frame.bottom + 15], 'middle', x),
    ),
    ...niceTicks(...vertical).map((y) =>
      tickText([frame.left - 7, place([0, y])[1] + 4], 'end', y),
    ),
    `<text x="${middle}" y="${height - 6}" font-size="12" fill="var(--ink)" text-anchor="middle">${escapeHtml(names[0])}</text>`,
    `<text transform="translate(13 ${(frame.top + frame.bottom) / 2}) rotate(-90)" font-size="12" fill="var(--ink)" text-anchor="middle">${escapeHtml(names[1])}</text>`,
  ].join('');
}

const nameText = (text: string, { x, y, anchor }: NamePlace): string =>
  `<text class="name" x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="12" fill="var(--ink)" text-anchor="${anchor}">${escapeHtml(text)}</text>`;

const tickText = ([x, y]: PlanePoint, anchor: string, value: number): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="11.5" fill="var(--soft)" text-anchor="${anchor}">${escapeHtml(formatEntry(value))}</text>`;

const circle = ([x, y]: PlanePoint, radius: number, look: string): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" ${look}/>`;

const coordinates = ([x, y]: PlanePoint): string => `${x.toFixed(1)},${y.toFixed(1)}`;
