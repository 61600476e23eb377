// What a part of the bench gives: tables, and sentences that say where we are behind.
import type { Chart } from '../runtime/report/chart.ts';
import type { Peers } from './peers.ts';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Report {
  readonly tables: readonly Table[];
  /** Sentences. */
  readonly notes: readonly string[];
  /** What was left out, with the reason. */
  readonly missing: readonly string[];
  /** Plots, by the name of their file. */
  readonly charts?: readonly { readonly name: string; readonly chart: Chart }[];
}

/** Everything that a section works with. */
export interface Bench {
  /** Other libraries with one thread, and with two. */
  readonly one: Peers;
  readonly two: Peers;
  /** A new empty folder for data that both sides read. */
  readonly folder: () => string;
}

export interface Section {
  /** For the command line and the markers of docs/performance.md. */
  readonly name: string;
  readonly run: (bench: Bench) => Promise<Report>;
}

export const markdown = ({ tables, notes, missing, charts = [] }: Report): string =>
  [
    ...tables.map(({ title, columns, rows }) =>
      [
        `${title}:`,
        '',
        line(columns),
        line(columns.map(() => '---')).replaceAll(' ', ''),
        ...rows.map(line),
      ].join('\n'),
    ),
    ...charts.map(({ name, chart }) => `![${chart.title}: ${chart.x}](plots/${name}.svg)`),
    ...notes,
    ...(missing.length === 0 ? [] : [`Missing: ${missing.join('; ')}.`]),
  ].join('\n\n');

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A time for people, from milliseconds; `–` where there is none. */
export function time(ms: number): string {
  if (Number.isNaN(ms)) return '–';
  const units: readonly (readonly [number, string])[] = [
    [1e3, 's'],
    [1, 'ms'],
    [1e-3, 'µs'],
    [1e-6, 'ns'],
  ];
  const [size, unit] = units.find(([least]) => ms >= least) ?? [1e-6, 'ns'];
  return `${digits(ms / size)} ${unit}`;
}

/** Three digits; `–` for NaN. */
export const digits = (value: number): string => {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
};

/** How far ahead of or behind another: from the ratio of our time to theirs. */
export const standing = (ratio: number): string => {
  if (Number.isNaN(ratio)) return '–';
  return ratio <= 1 ? `${digits(1 / ratio)}× ahead` : `${digits(ratio)}× behind`;
};
