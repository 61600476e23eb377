// What an opaque computation needs in order to write its statements.
import type { Dim } from '../tensor/dim.ts';
import type { Plan } from './computation.ts';
import type { Index, Scalar } from './scalar.ts';
import type { Argument, Branch, Statement } from './statement.ts';
import type { Target } from './target.ts';

export interface Emitter {
  readonly push: (statement: Statement) => void;
  /** Pushes a branch that writes these names, joined with the one before on the same condition. */
  readonly branch: (names: readonly string[], statement: Branch) => void;
  /** Calls a function of the runtime. */
  readonly call: (name: string, args: readonly Argument[]) => Argument & { readonly kind: 'call' };
  /** The array of a target, whole. */
  readonly array: (target: Target) => Argument;
  /** A scalar with its targets replaced by names, common parts bound before. */
  readonly value: (x: Scalar) => Scalar;
  readonly size: (dim: Dim) => Argument;
  /** The statements of an inner place; its loop variable has the given name. */
  readonly inner: (plan: Plan, letter?: string) => InnerBody;
  /** A letter for a loop. */
  readonly letter: () => string;
  /** Names a loop variable. */
  readonly nameVariable: (variable: string, name: string) => void;
  /** A name for a target that is declared here. */
  readonly nameOf: (target: Target) => string;
  /** The first size of an array that has just been made defines a size symbol. */
  readonly defineSize: (symbol: string, array: string, columns: number) => void;
}

export interface InnerBody {
  readonly statements: readonly Statement[];
  readonly outputs: readonly Scalar[];
}

export const text = (value: string): Argument => ({ kind: 'text', text: value });
export const position = (at: Index): Argument => ({ kind: 'position', at });
