// All traces of a comparison as one flat table, in csv.
import { oracleNames } from '../trace.ts';
import type { Comparison } from './comparison.ts';

export function traceTable(comparison: Comparison): string {
  const quantities = [
    ...new Set(
      comparison.runs.flatMap((run) => run.trace.flatMap((row) => Object.keys(row.values))),
    ),
  ];
  const head = [
    'method',
    ...comparison.sweep,
    'seed',
    'iteration',
    'seconds',
    ...quantities,
    ...oracleNames,
  ];
  const lines = comparison.runs.flatMap((run) =>
    run.trace.map((row) =>
      [
        cell(run.label),
        ...comparison.sweep.map((name) => String(run.point[name])),
        String(run.seed),
        String(row.iteration),
        String(row.seconds),
        ...quantities.map((name) =>
          row.values[name] === undefined ? '' : String(row.values[name]),
        ),
        ...oracleNames.map((name) => String(row.counts[name])),
      ].join(','),
    ),
  );
  return `${[head.map(cell).join(','), ...lines].join('\n')}\n`;
}

/** Quoted where csv needs it; a leading = + - @ would be a formula to a spreadsheet. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
