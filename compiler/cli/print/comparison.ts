// The table of a comparison in the terminal: one line for each method and point, medians over seeds.
import Table from 'cli-table3';
import { visible } from '../../../grammar/quote.ts';
import type { Comparison, SweepPoint } from '../../../runtime/compare/comparison.ts';
import { objectiveColumn } from '../../../runtime/compare/front.ts';
import { calledOracles, summaries, type Summary } from '../../../runtime/compare/summary.ts';
import {
  formatCount,
  formatEntry,
  formatSeconds,
  formatSmall,
  formatValue,
} from '../../../runtime/report/number.ts';
import type { Io } from '../io.ts';
import { visibleLength, wrap } from './text.ts';

export function printComparison(io: Io, comparison: Comparison, apart: boolean): void {
  const { color } = io;
  const seeds = comparison.seeds.length;
  const many = seeds > 1 ? `, ${seeds} seeds, medians` : '';
  io.out(
    `${apart ? '\n' : ''}${color.strong(visible(comparison.title))}   ${color.soft(`comparison of ${visible(comparison.problem)}${many}`)}\n`,
  );
  for (const { point, reference } of comparison.references) {
    if (reference === undefined) continue;
    const at = pointText(point);
    const text = `reference ${at === '' ? '' : `${at}: `}${formatValue(reference.value)}, ${visible(reference.text)}`;
    io.out(`${color.soft(text)}\n`);
  }
  io.out(`\n${table(io, comparison)}\n`);
  if (comparison.claims.length > 0) io.out('\n');
  for (const { text, holds, numbers, point } of comparison.claims) {
    const at = pointText(point);
    const behind = numbers.map((n) => `${n.text} = ${formatEntry(n.value)}`).join(', ');
    const mark = holds ? color.good('✓') : color.bad('✗');
    printWrapped(io, `${mark} `, [
      `${visible(text)}${at === '' ? '' : ` ${color.soft(`(${at})`)}`}`,
      color.soft(behind),
    ]);
  }
  for (const { kind, text } of comparison.notes)
    printWrapped(io, `${kind === 'error' ? color.bad(kind) : color.warn(kind)}: `, [visible(text)]);
}

/** Parts on one line where there is room, else each on lines of its own under the first; behind `head`. */
function printWrapped(io: Io, head: string, parts: readonly string[]): void {
  const indent = ' '.repeat(visibleLength(head));
  const room = Math.max(40, io.width - indent.length);
  const line = parts.filter((part) => part !== '').join('  ');
  const lines = visibleLength(line) <= room ? [line] : parts.flatMap((part) => wrap(part, room));
  io.out(`${head}${lines.join(`\n${indent}`)}\n`);
}

const pointText = (point: SweepPoint): string =>
  Object.entries(point)
    .map(([name, value]) => `${visible(name)} = ${value}`)
    .join(', ');

interface ColumnSpec {
  readonly name: string;
  readonly left: boolean;
  /** Columns of the highest number go first where the terminal is narrow. */
  readonly rank: number;
  readonly cell: (summary: Summary) => string;
}

const longestLabel = 28;
const shorten = (label: string): string => {
  const shown = [...visible(label)];
  return shown.length > longestLabel
    ? `${shown.slice(0, longestLabel - 1).join('')}…`
    : shown.join('');
};

function columnsOf(io: Io, comparison: Comparison): readonly ColumnSpec[] {
  const { color } = io;
  const number = (name: string, rank: number, text: (summary: Summary) => string): ColumnSpec => ({
    name,
    left: false,
    rank,
    cell: (summary) => (summary.ran ? text(summary) : '–'),
  });
  const some = (value: number, format: (value: number) => string): string =>
    Number.isNaN(value) ? '–' : format(value);
  return [
    { name: 'method', left: true, rank: 0, cell: ({ label }) => color.strong(shorten(label)) },
    ...comparison.sweep.map((name): ColumnSpec => ({
      name,
      left: false,
      rank: 0,
      cell: ({ point }) => String(point[name]),
    })),
    {
      name: 'status',
      left: true,
      rank: 0,
      cell: ({ status, good, ran }) =>
        good ? color.good(status) : ran ? color.warn(status) : color.bad(status),
    },
    ...(comparison.front === undefined
      ? [
          number('value', 0, ({ value }) => some(value, formatValue)),
          number('gap', 0, ({ gap }) => some(gap, formatSmall)),
        ]
      : comparison.front.names.map((name, k) =>
          number(shorten(name), 10 + k, ({ last }) => some(last(objectiveColumn(k)), formatValue)),
        )),
    ...(comparison.seeds.length > 1 && comparison.front === undefined
      ? [
          number('gap range', 1, ({ gapRange }) =>
            gapRange === undefined || gapRange[0] === gapRange[1]
              ? ''
              : gapRange.map(formatSmall).join(' … '),
          ),
        ]
      : []),
    ...comparison.metricNames.map((name, k) =>
      number(name, 20 + k, ({ metrics }) => some(metrics[name] ?? NaN, formatValue)),
    ),
    number('iterations', 0, ({ iterations }) => formatCount(iterations)),
    ...calledOracles(comparison.runs).map((name, k) =>
      number(name, 40 + k, ({ counts }) => formatCount(counts[name])),
    ),
    number('time', 0, ({ seconds }) => formatSeconds(seconds)),
  ];
}

/** As many columns as the terminal has room for. */
function table(io: Io, comparison: Comparison): string {
  const rows = summaries(comparison);
  let columns = columnsOf(io, comparison);
  for (;;) {
    const text = render(io, columns, rows);
    const last = Math.max(...columns.map(({ rank }) => rank));
    if (last === 0 || widthOf(text) <= io.width) return text;
    columns = columns.filter(({ rank }) => rank !== last);
  }
}

const widthOf = (text: string): number =>
  Math.max(...text.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, '').length));

function render(io: Io, columns: readonly ColumnSpec[], rows: readonly Summary[]): string {
  const made = new Table({
    head: columns.map(({ name }) => io.color.soft(visible(name))),
    chars: plainLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: columns.map(({ left }) => (left ? 'left' : 'right')),
  });
  for (const row of rows) made.push(columns.map(({ cell }) => cell(row)));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const plainLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
