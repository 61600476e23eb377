// What a module is made of.
import type { NativeNotes } from '../wasm/native.ts';
import type { Span } from '../../../grammar/span.ts';
import type { ProgramInput } from '../../../runtime/program.ts';
import type { MatchedStep } from '../../match/step.ts';
import type { DataItem, Param, SizeSource } from '../../problem/problem.ts';
import type { Sizes } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** A function of the problem's variables: a goal, a metric, a residual, a condition on data. */
export interface Measure {
  readonly name: string;
  readonly node: Node;
  readonly doc?: string | undefined;
}

/** What of a problem a module needs. A `Problem` is one. */
export interface ProblemData {
  readonly name: string;
  readonly doc: string | undefined;
  readonly sizes: readonly SizeSource[];
  readonly params: readonly Param[];
  readonly data: readonly DataItem[];
}

export interface ModuleSpec {
  readonly problem: ProblemData;
  readonly step: MatchedStep | undefined;
  readonly measures: readonly Measure[];
  readonly flavour: 'typescript' | 'javascript';
  /** `wasm`: arrays lie in the memory of WebAssembly, and iterations and measures are its functions. `tfjs`: iterations are calls of tfjs.
   * `ts` unless given. */
  readonly target?: 'ts' | 'wasm' | 'tfjs';
  /** What the module runs with, where it runs at once: what it does without in that memory and for these sizes is not made, and code of WebAssembly is given
   * as bytes (`binaries`). Unless given, the module runs wherever its text is loaded. */
  readonly here?: Here;
  /** Whether the target `tfjs` may start kernels of its own, written in WGSL: its backend must be WebGPU. */
  readonly wgsl?: boolean;
  /** Sizes at the time of writing, where people will read the text: what is small by them has no line of its own that frees it, on the target `tfjs`. */
  readonly writtenFor?: Sizes;
  /** Where nodes are made; the target `tfjs` needs it. */
  readonly graph?: Graph | undefined;
  /** Imports nothing: the functions of the runtime that are called stand in the module. */
  readonly standalone: boolean;
  /** Names of data that the caller gives though the problem computes them. */
  readonly given?: ReadonlySet<string>;
  /** Lines of text that say what is solved, for the head of the module. */
  readonly statement?: readonly string[];
  /** What the source calls a node: names of the method's and the problem's `let`s. */
  readonly nameOf: (node: Node) => string | undefined;
  /** What must hold of data and params: truth values, and what to say where they do not. */
  readonly checks?: readonly { readonly node: Node; readonly message: string }[];
  readonly origin: (node: Node) => Span | undefined;
  /** Lines after all else, e.g. the call that runs the module, and what they import. */
  readonly main?: { readonly lines: readonly string[]; readonly imports: readonly string[] };
}

export interface EmittedModule {
  readonly code: string;
  /** Code of WebAssembly by the name that it has in `code`, where it does not stand there itself. */
  readonly binaries?: Binaries;
  /** The source of each numbered expression, for faults at run time. */
  readonly places: readonly (Span | undefined)[];
  /** Functions of the runtime that the module calls. */
  readonly imports: readonly string[];
  /** What a step of the target `tfjs` does beside its calls of tfjs. */
  readonly device?: DeviceNotes;
  /** What of a step is WebAssembly. */
  readonly native?: NativeNotes;
}

export type Here = Pick<ProgramInput, 'heap' | 'sizes'>;

export type Binaries = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** What a step leaves to the CPU, and what it waits for. */
export interface DeviceNotes {
  /** What an iteration reads back from the device, in the order of the code, with the reason. */
  readonly readBacks: readonly DeviceNote[];
  /** Sparse matrices that an iteration takes apart into full ones. */
  readonly densified: readonly DeviceNote[];
  /** Whether the method itself decides on the device when it is done, so that somebody has to ask. */
  readonly asksWhetherDone: boolean;
}

export interface DeviceNote {
  readonly what: string;
  /** The node as text. */
  readonly expression: string;
  readonly span: Span | undefined;
  /** In each turn of a loop of the iteration, or once an iteration. */
  readonly inLoop: boolean;
}

/** A printed function of the module and what it takes from `data`. */
export interface FunctionText {
  readonly native?: NativeNotes;
  readonly lines: readonly string[];
  readonly binaries?: Binaries;
  readonly fields: readonly string[];
  readonly device?: DeviceNotes;
}
