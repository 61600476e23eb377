// The record of a run: one row a measured iteration.
import type { OracleCounts } from './program.ts';

export interface TraceRow {
  readonly iteration: number;
  /** Seconds spent in iterations so far; measuring is not in it. */
  readonly seconds: number;
  readonly counts: OracleCounts;
  /** Measured quantities (`value`, `violation`, metrics) and the method's reports, by name. */
  readonly values: Readonly<Record<string, number>>;
}

export type Trace = readonly TraceRow[];

/** The iterations at which a run is measured: 0, the first hundred, then every one per cent more. */
export function nextMeasured(iteration: number): number {
  return iteration < 100 ? iteration + 1 : Math.max(iteration + 1, Math.floor(iteration * 1.01));
}

export const oracleNames = [
  'values',
  'grads',
  'hvps',
  'jvps',
  'solves',
  'projections',
  'proxes',
  'lmos',
  'samples',
  'bits',
  'bits_down',
  'draws',
] as const;

export { noCounts } from './kernels/programs.ts';
