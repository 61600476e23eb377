// What elaboration carries: the place of an expression (scope, guards, agent) and what is shared by a whole problem or method.
import type { Diagnostic, Extra, ParametersOf, Related, Values } from '../../grammar/diagnostic.ts';
import type { Node } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import { diagnose, type Code, type messages } from './messages.ts';
import type { Entry, FunctionEntry, Scope } from './scope.ts';
import type { SizeBook } from './sizes.ts';
import { unknownType } from './type-of.ts';
import type {
  BoundIndex,
  Column,
  ElementKind,
  IndexSet,
  Local,
  TensorType,
  TypedConstraint,
  TypedExpression,
  UnknownNode,
  VariableDecl,
} from './types.ts';

/** What the columns of a trace are called where a comparison or solve may speak of them. */
export interface Recorded {
  readonly columns: ReadonlyMap<string, Column>;
  /** A method that is not at hand may report anything. */
  readonly open: boolean;
  /** Labels of runs, in claims; undefined in `stop when`. */
  readonly labels: readonly string[] | undefined;
  readonly sweeps: readonly string[];
}

/** Shared by everything that is read together: one problem, one method, one comparison. Changes as reading goes on. */
export interface Shared {
  readonly add: (diagnostic: Diagnostic) => void;
  readonly sizes: SizeBook;
  /** Values of params given from outside, by name. */
  readonly settings: ReadonlyMap<string, number>;
  /** Numbers of draw sites by syntax node; copies of a body add `siteOffset`. */
  readonly sites: ReadonlyMap<Node, number>;
  readonly bindings: Map<Local, TypedExpression>;
  /** Answers about named values, so that each is worked out once. */
  readonly variables: Map<object, ReadonlySet<VariableDecl>>;
  readonly polynomials: Map<
    object,
    { readonly dim: Dim | undefined; readonly indices: ReadonlyMap<string, BoundIndex> }
  >;
  readonly constants: Map<object, number | undefined>;
  readonly defaultConstants: Map<object, number | undefined>;
  /** Members whose meaning is being found, outermost first. */
  readonly active: Entry[];
  /** Functions being written out, outermost first. */
  readonly calls: FunctionEntry[];
  /** Kinds that the states of a recurrence needed when it was read before. */
  readonly widened: Map<Node, readonly ElementKind[]>;
  /** Robust quantities without a type, with the shape that their first use gives. */
  readonly pending: Map<Local, TensorType | undefined>;
  /** Set symbols made for filters and int expressions: what SizeDecls are made of. */
  readonly filters: Map<string, IndexSet>;
  readonly expressions: Map<string, TypedExpression>;
  /** `dual(name)`. */
  readonly constraints: Map<string, () => TypedConstraint | undefined>;
  depth: number;
  nodes: number;
  id: number;
  siteOffset: number;
  /** Hints that were looked for. */
  hints: number;
  /** Told once. */
  tooLarge: boolean;
  tooDeep: boolean;
}

export interface Context {
  readonly shared: Shared;
  readonly scope: Scope;
  /** Under a condition or a `where`: an index out of range may never be reached. */
  readonly guarded: boolean;
  /** What `end` means here. */
  readonly end: TypedExpression | undefined;
  /** Where an inlined body was called from, outermost first. */
  readonly callers: readonly { readonly name: string; readonly span: Span }[];
  readonly place: 'problem' | 'method' | 'function' | 'stop' | 'claim';
  readonly recorded: Recorded | undefined;
  /** The set of `each c in C { … }` around this place. */
  readonly agents:
    { readonly set: IndexSet; readonly index: BoundIndex; readonly scope: Scope } | undefined;
  /** The variable that `each w in x { … }` visits around this place, by its key. */
  readonly part: string | undefined;
  /** In `report`, `stop when`, `return`: values of agents may be read whole. */
  readonly observing: boolean;
}

/** Adds a message. */
export function complain<C extends Code>(
  context: Context,
  code: C,
  span: Span,
  values: Values<ParametersOf<(typeof messages)[C]>>,
  extra: Extra = {},
): void {
  const calls = context.callers
    .slice(-2)
    .reverse()
    .map(({ name, span: at }) => ({ span: at, message: `in this call of ${name}` }));
  const related = distinct([...(extra.related ?? []), ...calls], span);
  const help = extra.help === undefined ? {} : { help: extra.help };
  const all = related.length === 0 ? help : { ...help, related };
  context.shared.add(diagnose(code, span, values, all));
}

/** Each place once, and not the place of the message itself. */
function distinct(related: readonly Related[], span: Span): readonly Related[] {
  const seen = new Set([`${span.file} ${span.start} ${span.end}`]);
  return related.filter((r) => {
    const key = `${r.span.file} ${r.span.start} ${r.span.end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Adds a message and gives the node that silences others. */
export function fail<C extends Code>(
  context: Context,
  code: C,
  span: Span,
  values: Values<ParametersOf<(typeof messages)[C]>>,
  extra: Extra = {},
): UnknownNode {
  complain(context, code, span, values, extra);
  return unknownNode(span);
}

export const unknownNode = (span: Span): UnknownNode => ({
  kind: 'unknown',
  type: unknownType,
  span,
});

export const freshId = (context: Context): number => context.shared.id++;

export function makeLocal(
  context: Context,
  name: string,
  role: Local['role'],
  type: TensorType,
  span: Span,
): Local {
  return { kind: 'local', id: freshId(context), name, role, type, span };
}

export const localNode = (local: Local, span: Span): TypedExpression => ({
  kind: 'local',
  local,
  type: local.type,
  span,
});

export function newShared(
  add: (diagnostic: Diagnostic) => void,
  sizes: SizeBook,
  options: {
    readonly settings?: ReadonlyMap<string, number>;
    readonly sites?: ReadonlyMap<Node, number>;
    readonly firstId?: number;
  } = {},
): Shared {
  return {
    add,
    sizes,
    settings: options.settings ?? new Map(),
    sites: options.sites ?? new Map(),
    bindings: new Map(),
    variables: new Map(),
    polynomials: new Map(),
    constants: new Map(),
    defaultConstants: new Map(),
    active: [],
    pending: new Map(),
    widened: new Map(),
    calls: [],
    filters: new Map(),
    expressions: new Map(),
    constraints: new Map(),
    depth: 0,
    nodes: 0,
    id: options.firstId ?? 0,
    siteOffset: 0,
    hints: 0,
    tooLarge: false,
    tooDeep: false,
  };
}

export const newContext = (shared: Shared, scope: Scope, place: Context['place']): Context => ({
  shared,
  scope,
  guarded: false,
  end: undefined,
  callers: [],
  place,
  recorded: undefined,
  agents: undefined,
  part: undefined,
  observing: false,
});

export const within = (context: Context, scope: Scope): Context => ({ ...context, scope });
