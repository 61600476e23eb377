// The table of a comparison in the terminal.
import Table from 'cli-table3';
import type { ComparedRun, Comparison } from '../../../runtime/compare/comparison.ts';
import {
  formatCount,
  formatSeconds,
  formatSmall,
  formatValue,
} from '../../../runtime/report/number.ts';
import { oracleNames } from '../../../runtime/trace.ts';
import type { Io } from '../io.ts';

export function printComparison(io: Io, comparison: Comparison, apart: boolean): void {
  const { color } = io;
  if (apart) io.out('\n');
  io.out(
    `${color.strong(comparison.title)}   ${color.soft(`comparison of ${comparison.problem}`)}\n`,
  );
  for (const { point, reference } of comparison.references) {
    if (reference === undefined) continue;
    const at = pointText(point);
    io.out(
      color.soft(
        `reference ${at === '' ? '' : `${at}: `}${formatValue(reference.value)}, ${reference.text}\n`,
      ),
    );
  }
  io.out(`\n${table(io, comparison)}\n`);
  for (const { text, holds, numbers, point } of comparison.claims) {
    const at = pointText(point);
    const behind = numbers.map((n) => `${n.text} = ${formatValue(n.value)}`).join(', ');
    io.out(
      `${holds ? color.good('✓') : color.bad('✗')} ${text}${at === '' ? '' : ` ${color.soft(`(${at})`)}`}  ${color.soft(behind)}\n`,
    );
  }
  for (const { kind, text } of comparison.notes)
    io.out(`${kind === 'error' ? color.bad(kind) : color.warn(kind)}: ${text}\n`);
}

const pointText = (point: Readonly<Record<string, number>>): string =>
  Object.entries(point)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');

function table(io: Io, comparison: Comparison): string {
  const { color } = io;
  const oracles = oracleNames.filter(
    (name) => name !== 'draws' && comparison.runs.some((run) => run.counts[name] > 0),
  );
  const manySeeds = new Set(comparison.runs.map((run) => run.seed)).size > 1;
  const head = [
    'method',
    ...comparison.sweep,
    ...(manySeeds ? ['seed'] : []),
    'status',
    'value',
    'gap',
    ...comparison.metricNames,
    'iterations',
    ...oracles,
    'time',
  ];
  const names = new Set(['method', 'status']);
  const made = new Table({
    head: head.map((name) => color.soft(name)),
    chars: plainLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: head.map((name) => (names.has(name) ? 'left' : 'right')),
  });
  for (const run of comparison.runs) {
    made.push([
      color.strong(run.label),
      ...comparison.sweep.map((name) => String(run.point[name])),
      ...(manySeeds ? [String(run.seed)] : []),
      statusText(io, run),
      run.value === undefined ? '–' : formatValue(run.value),
      formatSmall(run.gap),
      ...comparison.metricNames.map((name) => formatValue(run.metrics[name] ?? NaN)),
      formatCount(run.iterations),
      ...oracles.map((name) => formatCount(run.counts[name])),
      formatSeconds(run.seconds.total),
    ]);
  }
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function statusText(io: Io, run: ComparedRun): string {
  if (run.failure !== undefined) return io.color.bad('failed');
  const good = run.status === 'optimal' || run.status === 'stationary' || run.status === 'feasible';
  return good ? io.color.good(run.status) : io.color.warn(run.status);
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
