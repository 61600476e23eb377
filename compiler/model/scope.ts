// Which names are visible where: frames of entries, each frame inside another. Values and functions have separate name spaces, as `f(x)` and `f` cannot be
// confused; a function's name stands as a value only where a function is passed.
import type { FunctionDecl } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import type {
  PatternDomain,
  PatternFunction,
  PatternMap,
  PatternVariable,
} from './method-types.ts';
import type {
  Axis,
  BoundIndex,
  Column,
  Declaration,
  IndexSet,
  Local,
  TensorType,
  TypedExpression,
} from './types.ts';

/** What a name stands for. */
export type Meaning =
  | {
      readonly kind: 'declaration';
      readonly declaration: Declaration;
      readonly leading: readonly Axis[];
    }
  | { readonly kind: 'index'; readonly index: BoundIndex }
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'set'; readonly set: IndexSet }
  | { readonly kind: 'size'; readonly dim: Dim }
  | { readonly kind: 'function'; readonly function: FunctionEntry }
  | { readonly kind: 'builtin'; readonly name: string }
  | {
      readonly kind: 'patternFunction';
      readonly function: PatternFunction;
      /** Of its value. */
      readonly shape: readonly Axis[];
      /** The shape of each argument; undefined for an element of a set. */
      readonly takes: readonly (readonly Axis[] | undefined)[];
    }
  | {
      readonly kind: 'patternMap';
      readonly map: PatternMap;
      readonly rows: Dim;
      readonly columns: Dim;
    }
  | { readonly kind: 'patternDomain'; readonly domain: PatternDomain }
  /** `x` itself, for `each w in x` and assignments; as a value it is a declaration. */
  | { readonly kind: 'patternVariable'; readonly variable: PatternVariable }
  | { readonly kind: 'column'; readonly column: Column; readonly type: TensorType }
  | { readonly kind: 'ambiguous'; readonly first: Site; readonly second: Site }
  | { readonly kind: 'iteration' }
  /** A constant from outside: the value of a swept name. */
  | { readonly kind: 'value'; readonly value: TypedExpression }
  /** Made in `each w in x`: one for each variable, by the key of the variable. */
  | { readonly kind: 'perPart'; readonly byPart: ReadonlyMap<string, Meaning> }
  /** Something went wrong with it and has been told. */
  | { readonly kind: 'bad' };

export interface Site {
  readonly span: Span;
  readonly text: string;
}

/** A name with its place. Members of problems get their meaning when they are first asked for it. */
export interface Entry {
  readonly name: string;
  /** `variable`, `data`, `set`, `index`, …: what messages call it. */
  readonly what: string;
  readonly span: Span;
  used: boolean;
  meaning: Meaning | undefined;
  /** Gives the meaning of a member; undefined when it is known. */
  readonly find: (() => Meaning) | undefined;
  active: boolean;
}

export interface FunctionEntry {
  readonly declaration: FunctionDecl;
  /** Where its body is read. */
  readonly scope: Scope;
  used: boolean;
}

export interface Scope {
  readonly outer: Scope | undefined;
  readonly entries: Map<string, Entry>;
  readonly functions: Map<string, FunctionEntry>;
}

export const newScope = (outer: Scope | undefined): Scope => ({
  outer,
  entries: new Map(),
  functions: new Map(),
});

export const knownEntry = (name: string, what: string, span: Span, meaning: Meaning): Entry => ({
  name,
  what,
  span,
  used: false,
  meaning,
  find: undefined,
  active: false,
});

export const lazyEntry = (name: string, what: string, span: Span, find: () => Meaning): Entry => ({
  name,
  what,
  span,
  used: false,
  meaning: undefined,
  find,
  active: false,
});

export function lookUp(scope: Scope | undefined, name: string): Entry | undefined {
  for (let s = scope; s !== undefined; s = s.outer) {
    const entry = s.entries.get(name);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

export function lookUpFunction(scope: Scope | undefined, name: string): FunctionEntry | undefined {
  for (let s = scope; s !== undefined; s = s.outer) {
    const entry = s.functions.get(name);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Every visible name of a value, for `did you mean`. */
export function visibleNames(scope: Scope | undefined): string[] {
  const names: string[] = [];
  for (let s = scope; s !== undefined; s = s.outer) names.push(...s.entries.keys());
  return names;
}

export function visibleFunctions(scope: Scope | undefined): string[] {
  const names: string[] = [];
  for (let s = scope; s !== undefined; s = s.outer) names.push(...s.functions.keys());
  return names;
}
