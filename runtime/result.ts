// The answer of one solve, as programs read it (`run --json`, the JavaScript API) and people see it.
import type { Certificate, Status } from './certify/certificate.ts';
import type { PlayersGoal } from './certify/certifier.ts';
import type { OracleCounts } from './program.ts';
import type { SearchWork } from './search-work.ts';
import type { StopReason } from './stop.ts';
import type { Trace } from './trace.ts';

/** Nested arrays of numbers, outermost axis first; a number for a scalar. */
export type Nested = number | readonly Nested[];

/** One variable of the answer. */
export interface SolutionEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** Labels along each axis, where the axis is a set. */
  readonly labels: readonly (readonly string[] | undefined)[];
}

/** Where a run took place. */
export interface Ran {
  /** Plain JavaScript (`ts`), WebAssembly, or tfjs in 32 bits. */
  readonly target: 'ts' | 'wasm' | 'tfjs';
  /** Threads at work at the end, the main one included. */
  readonly threads: number;
}

/** Kernels that an iteration on a GPU starts. */
export interface DispatchStats {
  readonly iteration: number;
  /** Those of them that are our own, each for several operations. */
  readonly own: number;
  /** How many the same iteration starts with one an operation. */
  readonly unfused: number;
}

/** What a run took, beside its work: bytes and seconds. */
export interface RunStats {
  readonly memory: {
    /** Data as it is given or read. */
    readonly data: number;
    /** What the method keeps from one iteration to the next. */
    readonly states: number;
    /** In use in the memory of WebAssembly: data, states and all between. */
    readonly wasm?: number;
  };
  readonly compile: { readonly problem: number; readonly method: number };
  readonly dispatches?: DispatchStats;
  /** The step as WebAssembly. */
  readonly module?: {
    readonly bytes: number;
    readonly functions: readonly string[];
    readonly inJavaScript: readonly { readonly name: string; readonly because: string }[];
    readonly calls: number;
  };
}

export interface SolveResult extends Ran {
  readonly stats: RunStats;
  readonly problem: string;
  /** Label of the method with its arguments, e.g. `fista`. */
  readonly method: string;
  /** Why the compiler chose it; undefined where the file names it. */
  readonly why: string | undefined;
  readonly via: readonly string[];
  readonly status: Status;
  readonly value: number | undefined;
  /** Of a game without a value: each player's goal. */
  readonly goals?: readonly PlayersGoal[];
  /** The single objectives as written, where there are several. */
  readonly objectives?: readonly number[];
  readonly solution: readonly SolutionEntry[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly certificate: Certificate;
  /** Of the run that is shown, from its start. */
  readonly counts: OracleCounts;
  /** What was tried beside it, where something was: none of it stands in `counts` or `seconds`. */
  readonly search?: SearchWork;
  readonly iterations: number;
  readonly reason: StopReason;
  readonly seconds: {
    readonly compile: number;
    readonly data: number;
    readonly first: number;
    readonly iterations: number;
    /** Between iterations: what was measured for the trace, and asking whether the run may end. */
    readonly measuring: number;
    readonly checking: number;
    readonly certificate: number;
    /** In branch and bound, where that was needed for the certificate. */
    readonly proof?: number;
  };
  readonly trace: Trace;
  readonly seed: number;
  readonly dataSeed: number;
}

export function nested(entry: {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}): Nested {
  const build = (axis: number, offset: number, stride: number): Nested => {
    if (axis === entry.shape.length) return entry.data[offset];
    const inner = stride / entry.shape[axis];
    return Array.from({ length: entry.shape[axis] }, (_, k) =>
      build(axis + 1, offset + k * inner, inner),
    );
  };
  return build(0, 0, entry.data.length);
}
