// A block of generated code while it is written, with what is known in it.
import type { Scalar } from './scalar.ts';
import type { Statement } from './statement.ts';

export interface Scope {
  readonly depth: number;
  readonly parent: Scope | undefined;
  /** The variable of the loop that the block is the body of. */
  readonly variable: string | undefined;
  readonly statements: Statement[];
  /** Names of scalars that have been bound to constants here. */
  readonly names: Map<number, Scalar>;
  /** Letters of the loops around. */
  readonly letters: readonly string[];
}

/** The outermost block of a place, within loops that have these letters. */
export const rootScope = (letters: readonly string[]): Scope => ({
  depth: 0,
  parent: undefined,
  variable: undefined,
  statements: [],
  names: new Map(),
  letters,
});

/** The body of a loop. */
export const openScope = (parent: Scope, variable: string, letter: string): Scope => ({
  depth: parent.depth + 1,
  parent,
  variable,
  statements: [],
  names: new Map(),
  letters: [...parent.letters, letter],
});

/** The block at a depth, this one or one around it. */
export function scopeAt(scope: Scope, depth: number): Scope {
  let at = scope;
  while (at.depth > depth && at.parent !== undefined) at = at.parent;
  return at;
}
