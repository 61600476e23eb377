// The result of a comparison: every run with its trace, the reference, the claims.
import type { Certificate, Status } from '../certify/certificate.ts';
import type { OracleCounts } from '../program.ts';
import type { StopReason } from '../stop.ts';
import type { Trace } from '../trace.ts';

/** One method at one point of the sweep with one seed. */
export interface ComparedRun {
  readonly label: string;
  readonly method: string;
  readonly via: readonly string[];
  readonly seed: number;
  /** Values of the swept names, in the order of the sweeps. */
  readonly point: Readonly<Record<string, number>>;
  readonly status: Status;
  readonly reason: StopReason;
  /** What went wrong, in a sentence, where the run failed; its trace up to there is kept. */
  readonly failure: string | undefined;
  /** Rows hold `gap`, `value`, `violation`, metrics and reports in `values`; times come from the run without measuring. */
  readonly trace: Trace;
  readonly value: number | undefined;
  readonly gap: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly counts: OracleCounts;
  readonly iterations: number;
  /** compile: source to program; first: the first iteration; total: all iterations; in seconds. */
  readonly seconds: { readonly compile: number; readonly first: number; readonly total: number };
  readonly certificate: Certificate | undefined;
}

/** What gaps are measured against. */
export interface Reference {
  readonly value: number;
  readonly from: 'known' | 'bound' | 'best';
  /** A sentence: "known.value of the file". */
  readonly text: string;
}

export interface ClaimResult {
  readonly text: string;
  readonly holds: boolean;
  /** The numbers behind it: `gap("FISTA") = 3.1e-11`. */
  readonly numbers: readonly { readonly text: string; readonly value: number }[];
  /** The sweep point it was decided at, where it is decided at each. */
  readonly point: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly title: string;
  readonly problem: string;
  readonly doc: string | undefined;
  readonly sense: 'minimize' | 'maximize' | 'find';
  /** Text of the problem and the comparison as written. */
  readonly source: string;
  /** What gap means here. */
  readonly references: readonly {
    readonly point: Readonly<Record<string, number>>;
    readonly reference: Reference | undefined;
  }[];
  readonly runs: readonly ComparedRun[];
  readonly claims: readonly ClaimResult[];
  readonly metricNames: readonly string[];
  readonly sweep: readonly string[];
  /** Messages that belong beside the table: errors in the file (`known` beaten), unresolved gaps, methods that do not apply. */
  readonly notes: readonly string[];
}
