// Where values live: a scalar or an array that computations write and others read.
import type { Dim } from '../tensor/dim.ts';
import type { Storage } from '../tensor/ir.ts';

export interface Target {
  readonly id: number;
  /** A name to suggest for it in generated code. */
  readonly hint: string;
  readonly shape: readonly Dim[];
  readonly storage: Storage;
  /** Names that stand for it from outside (inputs, states); undefined for what the schedule makes itself. */
  readonly given: Given | undefined;
  /** A scalar that a kernel writes: kept in an array of one entry. */
  readonly boxed: boolean;
  /** A scalar that is true or false rather than a number. */
  readonly bool: boolean;
  /** The hint is its very name. */
  readonly exact: boolean;
  /** The target in whose memory it lies: what was there is overwritten. */
  readonly replaces: Target | undefined;
}

/** A value that is there already: an array or scalar by its name, or the three arrays of a compressed matrix. */
export type Given =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'array'; readonly name: string }
  /** A compressed matrix: an object with `rowStart`, `column` and `data`. */
  | { readonly kind: 'csr'; readonly name: string };

/** The targets in whose memory this one lies, itself first. */
export function sameMemory(target: Target): readonly Target[] {
  const chain: Target[] = [];
  for (let at: Target | undefined = target; at !== undefined; at = at.replaces) chain.push(at);
  return chain;
}
