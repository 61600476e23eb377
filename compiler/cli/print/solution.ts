// Variables of an answer, shortened, with labels where sets have them.
import { formatEntry } from '../../../runtime/report/number.ts';
import type { SolutionEntry } from '../../../runtime/result.ts';
import type { Io } from '../io.ts';
import { visibleLength } from './text.ts';

const mostEntries = 12;
const mostRows = 6;

export function solutionLines(io: Io, entry: SolutionEntry): readonly string[] {
  const { shape, labels } = entry;
  if (shape.length === 0) return [`${io.color.name(entry.name)} = ${formatEntry(entry.data[0])}`];
  if (shape.length === 1) {
    return labels[0] === undefined ? vectorLines(io, entry) : labelledLines(io, entry, labels[0]);
  }
  return matrixLines(io, entry);
}

function vectorLines(io: Io, { name, data }: SolutionEntry): readonly string[] {
  const line = (count: number): string => {
    const rest = data.length - count;
    const text = [
      ...[...data.slice(0, count)].map(formatEntry),
      ...(rest > 0 ? [io.color.soft(`… ${rest} more`)] : []),
    ].join('  ');
    return `${io.color.name(name)} = [${text}]`;
  };
  const most = data.length <= mostEntries ? data.length : mostEntries - 2;
  // As many as the line has room for, and never fewer than three.
  const counts = Array.from({ length: Math.max(1, most - 2) }, (_, k) => most - k);
  const lines = counts.map(line);
  return [lines.find((text) => visibleLength(text) <= io.width - 2) ?? lines[lines.length - 1]];
}

function labelledLines(
  io: Io,
  { name, data }: SolutionEntry,
  labels: readonly string[],
): readonly string[] {
  const width = Math.max(...labels.slice(0, mostEntries).map((label) => label.length));
  const shown = labels
    .slice(0, mostEntries)
    .map((label, k) => `    ${label.padEnd(width)}  ${formatEntry(data[k])}`);
  const rest = labels.length - shown.length;
  return [
    `${io.color.name(name)}`,
    ...shown,
    ...(rest > 0 ? [io.color.soft(`    … ${rest} more`)] : []),
  ];
}

function matrixLines(io: Io, { name, shape, data }: SolutionEntry): readonly string[] {
  const columns = shape[shape.length - 1];
  const rows = data.length / Math.max(1, columns);
  const cells = Array.from({ length: Math.min(rows, mostRows) }, (_, i) =>
    [...data.slice(i * columns, i * columns + Math.min(columns, mostEntries - 2))].map(formatEntry),
  );
  const widths = (cells[0] ?? []).map((_, j) => Math.max(...cells.map((row) => row[j].length)));
  const lines = cells.map(
    (row) =>
      `    ${row.map((cell, j) => cell.padStart(widths[j])).join('  ')}${columns > mostEntries - 2 ? '  …' : ''}`,
  );
  return [
    `${io.color.name(name)}${size(io, shape.join(' × '))}`,
    ...lines,
    ...(rows > mostRows ? [io.color.soft(`    … ${rows - mostRows} more rows`)] : []),
  ];
}

const size = (io: Io, text: string): string => (text === '' ? '' : `   ${io.color.soft(text)}`);
