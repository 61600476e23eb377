// What generated code offers and the runtime drives. A program knows its numbers, never the clock, the loop or the reason to stop.
import type { Tensor } from './tensor.ts';

/** Counts of oracle calls since the start, by kind; exact. */
export type OracleCounts = Record<OracleName, number>;
export type OracleName =
  | 'values'
  | 'grads'
  | 'hvps'
  | 'jvps'
  | 'solves'
  | 'projections'
  | 'proxes'
  | 'lmos'
  | 'samples'
  | 'bits'
  | 'bits_down'
  | 'draws';

export type Values = Readonly<Record<string, Tensor>>;

/** The memory of WebAssembly (`Heap` of runtime/wasm/heap.ts), as far as programs that do without it must know. */
export interface ProgramMemory {
  /** Bytes in use. */
  readonly used: () => number;
  /** How many threads share its loops, the main one included. */
  readonly threads: () => number;
  /** Into how many blocks loops over rows are cut: 1 where there are no threads. */
  readonly blocks: number;
  /** Whether products and sums are fused in all that is started here. */
  readonly fused: boolean;
}

/** Everything a program needs from outside. Sizes of the headers, params and data by name, seeds. */
export interface ProgramInput {
  readonly params: Readonly<Record<string, number | Tensor>>;
  readonly data: Values;
  readonly sizes: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly dataSeed: number;
  /** The memory in which programs of WebAssembly share the data. */
  readonly heap?: ProgramMemory;
}

/** A place in a source text. */
export interface SourcePlace {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

/** The expression that first made a number that is not finite. */
export interface NonFinite {
  /** NaN, inf or -inf. */
  readonly value: number;
  /** As a person would write it, with the entry that failed: `log(x[3])`. */
  readonly expression: string;
  /** What went in: `x[3] = -0.2`. */
  readonly operands: readonly string[];
  readonly place: SourcePlace | undefined;
}

/** One method on one problem, ready to iterate. States live in buffers allocated once. */
export interface StepProgram extends Program {
  /** Sets the states to their start. Counts what it executes. */
  init(): void;
  /** Runs iteration number `iteration` (from 1). Returns true where the method itself asks to stop. */
  step(iteration: number): boolean;
  /** Runs the iterations after `done` up to `to`, fewer where the method asks to stop; the last one, and whether it asked. */
  advance?(done: number, to: number): Advanced;
  readonly counts: OracleCounts;
  /** The values of the problem's variables as the method answers them now; views or copies, valid until the next step. */
  answer(): Values;
  /** `report` columns of the last iteration. */
  reports(): Readonly<Record<string, number>>;
  /** All states, copied: the checkpoint. */
  save(): Values;
  restore(states: Values): void;
  /** Runs the step of `iteration` again from saved states, 0 for the start, with every intermediate checked: what made the first NaN or infinity. */
  trace(states: Values, iteration: number): NonFinite | undefined;
}

/** How far a program got, and whether the method asked to stop there. */
export interface Advanced {
  readonly iteration: number;
  readonly asked: boolean;
}

/** What the iterations since the start asked of a GPU. */
export interface DeviceWork {
  /** Iterations that were executed, those that were gone over again included. */
  readonly iterations: number;
  /** Kernels started, and those of our own among them. */
  readonly dispatches: number;
  readonly own: number;
}

/** A program that may run elsewhere, as on a GPU: what it does may have to be waited for. `answer`, `reports` and `save` are asked only after `settle`. */
export interface Program {
  init(): void | Promise<void>;
  step(iteration: number): boolean | Promise<boolean>;
  advance?(done: number, to: number): Advanced | Promise<Advanced>;
  /** Brings the present states to this side. */
  settle?(): Promise<void>;
  readonly counts: OracleCounts;
  answer(): Values;
  reports(): Readonly<Record<string, number>>;
  save(): Values;
  restore(states: Values): void;
  trace(states: Values, iteration: number): NonFinite | undefined;
  /** What its iterations asked of a device; undefined where nothing is counted. */
  work?(): DeviceWork | undefined;
  /** Gives back what it holds outside this side's memory. */
  dispose?(): void;
}

/** Named pure functions of variables, emitted from the problem as written: value, metrics, residuals of the certificate. */
export interface MeasureProgram {
  readonly names: readonly string[];
  evaluate(name: string, variables: Values): Tensor;
}
