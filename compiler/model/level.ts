// A level while its problem is read: its names, and what has been made of its members.
import type {
  DataMember,
  FunctionDecl,
  LetMember,
  LowerMember,
  Member,
  Name,
  ParamMember,
  Quantifier,
  SetMember,
  Solves,
  VarMember,
} from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import type { Context } from './context.ts';
import type { Entry, Scope } from './scope.ts';
import type { Axis, LetDecl, MetricDecl, TypedQuantifier, VariableDecl } from './types.ts';

export interface Frame {
  readonly name: string | undefined;
  readonly outer: Frame | undefined;
  readonly choice: 'optimistic' | 'pessimistic';
  readonly doc: string | undefined;
  readonly span: Span;
  /** Names of the level; the indices of a family are one scope further out. */
  readonly scope: Scope;
  readonly context: Context;
  readonly members: readonly Member[];
  readonly lower: Frame[];
  readonly family: Family | undefined;
  /** The variable and goal of `var y … solves minimize e`, which make a level of their own. */
  readonly solves: { readonly variable: VarMember; readonly goal: Solves } | undefined;
  readonly variables: VariableDecl[];
  readonly lets: LetDecl[];
  readonly metrics: MetricDecl[];
  /** Entries of this level in the order of the source, with the syntax that declares them. */
  readonly declared: { readonly entry: Entry; readonly syntax: Declaring; readonly name: Name }[];
}

export type Declaring =
  SetMember | DataMember | ParamMember | VarMember | LetMember | FunctionDecl | LowerMember;

export interface Family {
  readonly syntax: Quantifier;
  /** Found once. */
  readonly find: () => FoundFamily;
}

export interface FoundFamily {
  readonly quantifier: TypedQuantifier;
  readonly axes: readonly Axis[];
  readonly scope: Scope;
  readonly failed: boolean;
}

/** The axes that a level's families put first, seen from an outer level. */
export function familyAxes(frame: Frame, from: Frame | undefined): readonly Axis[] {
  const axes: (readonly Axis[])[] = [];
  for (let f: Frame | undefined = frame; f !== undefined && f !== from; f = f.outer) {
    if (f.family !== undefined) axes.unshift(f.family.find().axes);
  }
  return axes.flat();
}
