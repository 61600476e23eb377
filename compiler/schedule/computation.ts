// What a place executes: loop nests that write one target, and opaque pieces (kernels, loops with states, branches).
import type { Dim } from '../tensor/dim.ts';
import type { OracleKind, ReduceFn } from '../tensor/ir.ts';
import type { Index, Scalar } from './scalar.ts';
import type { Emitter } from './emitter.ts';
import type { Target } from './target.ts';

export interface Axis {
  readonly variable: string;
  readonly extent: Dim;
  /** The axis runs over the stored entries of a row of a compressed matrix instead of 0 … extent-1. */
  readonly row: { readonly matrix: Target; readonly at: Index } | undefined;
}

/** How a nest writes: sets each entry, accumulates, keeps the position of an extremum, or keeps running totals. */
export type StoreOp = 'set' | ReduceFn | 'argmax' | 'argmin' | 'cumsum' | 'cumprod';

/** for loops…: target[at…] op= value. */
export interface Nest {
  readonly kind: 'nest';
  readonly id: number;
  readonly target: Target;
  readonly op: StoreOp;
  readonly loops: readonly Axis[];
  readonly at: readonly Index[];
  readonly value: Scalar;
}

/** Writes its targets as a whole. */
export interface Opaque {
  readonly kind: 'opaque';
  readonly id: number;
  readonly writes: readonly Target[];
  readonly reads: readonly Target[];
  readonly scalars: readonly Scalar[];
  readonly emit: (emitter: Emitter) => void;
}

export interface Store {
  readonly target: Target;
  readonly at: readonly Index[];
  readonly value: Scalar;
}

/** Stores without loops at the end of a place, all at once. */
export interface Finish {
  readonly kind: 'finish';
  readonly id: number;
  readonly stores: readonly Store[];
}

export type Computation = Nest | Opaque | Finish;

export interface Count {
  readonly kind: OracleKind;
  readonly times: Dim;
}

/** All that a place executes, in an order that respects what is needed first. */
export interface Plan {
  readonly computations: readonly Computation[];
  /** Nests that store the new value of a target which others read as it was. */
  readonly closing: ReadonlySet<Nest>;
  readonly counts: readonly Count[];
  /** Targets that outlive the place or are used as a whole: they keep their memory. */
  readonly kept: ReadonlySet<Target>;
  /** Everything the place reads. */
  readonly reads: ReadonlySet<Target>;
  /** Scalars that the place's owner uses afterwards (a condition). */
  readonly outputs: readonly Scalar[];
}
