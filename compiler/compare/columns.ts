// The value of a column of the trace in one row.
import { oracleNames, type TraceRow } from '../../runtime/trace.ts';
import type { Column } from '../model/types.ts';

export function columnValue(column: Column, row: TraceRow): number {
  if (column.kind === 'oracle') {
    const name = oracleNames.find((oracle) => oracle === column.name);
    return name === undefined ? NaN : row.counts[name];
  }
  if (column.kind === 'measure') {
    if (column.name === 'iterations') return row.iteration;
    if (column.name === 'time') return row.seconds;
    if (column.name === 'feasibility') return row.values.feasibility ?? row.values.violation ?? NaN;
  }
  return row.values[column.name] ?? NaN;
}

/** Columns that are measured by the certificate's code. */
export const isCertified = ({ kind, name }: Column): boolean =>
  kind === 'measure' && (name === 'stationarity' || name === 'residual');

export const isGap = ({ kind, name }: Column): boolean => kind === 'measure' && name === 'gap';
