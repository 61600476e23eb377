// Answers that are matrices, as pictures: one for each method, all on one scale.
import type { Comparison } from '../compare/comparison.ts';
import { summaries } from '../compare/summary.ts';
import type { SolutionEntry } from '../result.ts';
import { labelOf } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { formatEntry } from './number.ts';
import { dataAddress, palettePng, type Rgb } from './png.ts';

const fewest = 16;
const most = 256 * 256;
const pictures = 8;

interface Picture {
  readonly label: string;
  readonly entry: SolutionEntry;
}

/** A figure for each matrix variable; of many methods the first. */
export function heatPictures(comparison: Comparison): readonly string[] {
  const found = summaries(comparison).flatMap((summary) =>
    summary.runs[0].answer
      .filter(
        ({ shape, data }) => shape.length === 2 && data.length >= fewest && data.length <= most,
      )
      .map((entry): Picture => ({ label: labelOf(summary, comparison.sweep), entry })),
  );
  const names = [...new Set(found.map(({ entry }) => entry.name))];
  return names.map((name) =>
    figureOf(
      name,
      found.filter(({ entry }) => entry.name === name),
    ),
  );
}

function figureOf(name: string, all: readonly Picture[]): string {
  const shown = all.slice(0, pictures);
  const values = shown.flatMap(({ entry }) => [...entry.data]).filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const images = shown.map(
    ({ label, entry }) =>
      `<div><img src="${address(entry, low, high)}" alt="${escapeHtml(`${name} by ${label}`)}"><span>${escapeHtml(label)}</span></div>`,
  );
  const more = all.length > shown.length ? `, the first ${shown.length} of ${all.length}` : '';
  const size = shown[0].entry.shape.join(' × ');
  return `<figure class="wide"><figcaption>${escapeHtml(name)} at the end <small>${size}, ${formatEntry(Number(low.toPrecision(3)))} <i class="ramp"></i> ${formatEntry(Number(high.toPrecision(3)))}${more}</small></figcaption><div class="heat">${images.join('')}</div></figure>`;
}

function address(
  { shape: [rows, columns], data }: SolutionEntry,
  low: number,
  high: number,
): string {
  const pixels = Uint8Array.from(data, (value) =>
    high > low && Number.isFinite(value) ? Math.round((255 * (value - low)) / (high - low)) : 0,
  );
  return dataAddress(palettePng(columns, rows, pixels, ramp));
}

/** Viridis (Smith & van der Walt 2015), by nine of its colours: even steps look even, also without colour. */
const anchors: readonly Rgb[] = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
];

const ramp: readonly Rgb[] = Array.from({ length: 256 }, (_, k): Rgb => {
  const place = (k / 255) * (anchors.length - 1);
  const from = Math.min(Math.floor(place), anchors.length - 2);
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(
      anchors[from][channel] +
        (place - from) * (anchors[from + 1][channel] - anchors[from][channel]),
    );
  return [mix(0), mix(1), mix(2)];
});

/** The ramp as a CSS gradient. */
export const rampCss = `linear-gradient(90deg, ${anchors.map((color) => `rgb(${color.join(' ')})`).join(', ')})`;
