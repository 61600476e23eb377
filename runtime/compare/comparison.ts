// The result of a comparison: every run with its trace, the reference, the claims.
import type { Certificate, Status } from '../certify/certificate.ts';
import type { OracleCounts } from '../program.ts';
import type { Ran, SolutionEntry } from '../result.ts';
import type { Front } from './front.ts';
import type { StopReason } from '../stop.ts';
import type { Trace } from '../trace.ts';

/** Values of the swept names, in the order of the sweeps. */
export type SweepPoint = Readonly<Record<string, number>>;

/** Why a run has no good end. It is a result like any other: the trace up to there is kept. */
export interface Failure {
  readonly kind:
    | 'mismatch' // the method does not apply to the problem
    | 'nonfinite' // a NaN or an infinity
    | 'fault' // the program failed: a matrix that cannot be factored, an index out of bounds
    | 'internal'; // a fault of dotopt
  /** A sentence. */
  readonly text: string;
  readonly help: string | undefined;
}

/** One method at one point of the sweep with one seed. */
export interface ComparedRun {
  readonly label: string;
  readonly method: string;
  readonly via: readonly string[];
  readonly seed: number;
  readonly point: SweepPoint;
  readonly status: Status;
  /** Undefined where the run never began. */
  readonly reason: StopReason | undefined;
  readonly failure: Failure | undefined;
  /** Rows hold `value` (or the objectives, where there are several), `gap`, `feasibility`, certificate, metrics and reports in `values`; times come from the run without measuring. */
  readonly trace: Trace;
  readonly value: number | undefined;
  /** NaN where there is no reference. */
  readonly gap: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly counts: OracleCounts;
  readonly iterations: number;
  /** compile: source to program; first: the first iteration, cold; total: all iterations; in seconds. */
  readonly seconds: { readonly compile: number; readonly first: number; readonly total: number };
  readonly certificate: Certificate | undefined;
  readonly answer: readonly SolutionEntry[];
  /** Undefined where the run never began. */
  readonly ran?: Ran;
  /** Metrics with two columns, at the end. */
  readonly clouds: readonly Cloud[];
  /** The numbers of the point of each row of the trace, outer levels first, in problems of few numbers. */
  readonly path: readonly (readonly number[])[];
}

export type PlanePoint = readonly [number, number];

/** Points in the plane, by the metric that they are the rows of. */
export interface Cloud {
  readonly name: string;
  /** No variable changes them. */
  readonly fixed: boolean;
  readonly points: readonly PlanePoint[];
}

/** Heights over a grid: `values[j * xs.length + i]` at (xs[i], ys[j]), NaN where there are none. */
export interface Heights {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly values: readonly number[];
}

/** A plane that the runs move in, and what they move through. */
export interface Plane {
  readonly kind:
    | 'goal' // heights of the goal over its two numbers
    | 'field' // where the slopes of two players lead
    | 'reaction'; // the answer of a lower level over the number above it
  readonly names: readonly [string, string];
  /** Which numbers of a path lie along the axes. */
  readonly entries: readonly [number, number];
  readonly ranges: readonly [
    horizontal: readonly [low: number, high: number],
    vertical: readonly [low: number, high: number],
  ];
  readonly contours: Heights | undefined;
  /** What has these heights, where it is not the one goal. */
  readonly heightsOf?: string;
  readonly arrows: readonly { readonly at: PlanePoint; readonly along: PlanePoint }[];
  /** The reaction, in pieces where it jumps. */
  readonly curves: readonly (readonly PlanePoint[])[];
  readonly mark: { readonly at: PlanePoint; readonly text: string } | undefined;
}

/** What gaps are measured against. */
export interface Reference {
  readonly value: number;
  readonly from: 'known' | 'bound' | 'best';
  /** A few words: "known.value of the file". */
  readonly text: string;
}

export interface ClaimResult {
  readonly text: string;
  readonly holds: boolean;
  /** The numbers behind it: `gap("FISTA") = 3.1e-11`. */
  readonly numbers: readonly { readonly text: string; readonly value: number }[];
  /** The sweep point it was decided at, where it is decided at each. */
  readonly point: SweepPoint;
}

/** A message beside the table; an error is one of the file. */
export interface Note {
  readonly kind: 'note' | 'error';
  readonly text: string;
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
    readonly point: SweepPoint;
    readonly reference: Reference | undefined;
  }[];
  /** By sweep point, then method, then seed. */
  readonly runs: readonly ComparedRun[];
  readonly claims: readonly ClaimResult[];
  readonly metricNames: readonly string[];
  readonly sweep: readonly string[];
  readonly seeds: readonly number[];
  readonly notes: readonly Note[];
  /** For problems of few numbers. */
  readonly planes: readonly Plane[];
  /** The ends of the runs, where there are several objectives. */
  readonly front?: Front | undefined;
  /** The person ended it before all runs were done. */
  readonly interrupted: boolean;
}
