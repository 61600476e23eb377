// One function of generated code (a step, a measure, the preparation of data) while it is scheduled: what all its places share.
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Node, Storage } from '../tensor/ir.ts';
import type { Computation } from './computation.ts';
import { createAnchors, type Anchors } from './anchors.ts';
import { createIsOfPositions, isInline } from './inline.ts';
import type { Namer } from './names.ts';
import type { Place, Placement } from './place.ts';
import { createPool, type Index, type Pool } from './scalar.ts';
import type { Given, Target } from './target.ts';

/** Numbers the expressions that faults refer to; shared by all units of a module. */
export interface PlaceTable {
  readonly numberOf: (node: Node) => number;
  readonly spans: () => readonly (Span | undefined)[];
}

export interface Unit {
  readonly pool: Pool;
  readonly placement: Placement;
  readonly names: Namer;
  readonly places: PlaceTable;
  /** A name to suggest for a node. */
  readonly hint: (node: Node) => string | undefined;
  /** Targets of nodes, by id. */
  readonly targets: Map<number, Target>;
  /** Dense copies of compressed nodes. */
  readonly copies: Map<number, Target>;
  /** Factors of matrices, by the matrix's id and kind. */
  readonly factors: Map<string, Target>;
  /** Indices of loops with states, by the id of their parameter. */
  readonly indices: Map<number, Index>;
  /** Small results kept as one scalar an entry. */
  readonly entries: Map<number, readonly Target[]>;
  /** Results of nodes with several. */
  readonly parts: Map<number, readonly Target[]>;
  /** The nodes that define sizes within the unit. */
  readonly definers: ReadonlyMap<string, Node>;
  /** Tables of numbers, by node. */
  readonly literals: Map<number, { readonly target: Target; readonly values: readonly number[] }>;
  readonly newTarget: (options: TargetOptions) => Target;
  /** A new loop variable. */
  readonly variable: () => string;
  readonly nextId: () => number;
  readonly costs: Map<number, number>;
  readonly anchors: Anchors;
  readonly isOfPositions: (node: Node) => boolean;
  /** What is asked for the targets of nodes that are still to be computed. */
  readonly wishes: Map<number, Wish>;
  /** The same for results of loops and branches, by index. */
  readonly partWishes: Map<number, Map<number, Target>>;
  /** Which node is computed over the old value of which state, by the place where it is. */
  readonly overwrites: { readonly maker: Node; readonly state: Node; readonly place: Place }[];
  /** The node whose value a state's target holds when its place begins. */
  readonly holders: Map<Target, Node>;
  /** What computations read, as far as it was asked for. */
  readonly reads: Map<Computation, ReadonlySet<Target>>;
  /** Names to suggest for scalars, by id. */
  readonly scalarHints: Map<number, string>;
  /** Nodes being filled now: their entries are written out. */
  readonly filling: Set<number>;
}

export interface Wish {
  /** The very name of the array. */
  readonly name?: string;
  /** The very target. */
  readonly target?: Target;
}

export interface TargetOptions {
  readonly hint: string;
  readonly shape: readonly Dim[];
  readonly storage?: Storage;
  readonly given?: Given;
  readonly boxed?: boolean;
  readonly bool?: boolean;
  readonly exact?: boolean;
  readonly replaces?: Target;
}

export function createUnit(
  placement: Placement,
  names: Namer,
  places: PlaceTable,
  hint: (node: Node) => string | undefined,
  definers: ReadonlyMap<string, Node> = new Map(),
): Unit {
  let ids = 0;
  return {
    pool: createPool(),
    placement,
    names,
    places,
    hint,
    definers,
    targets: new Map(),
    copies: new Map(),
    factors: new Map(),
    indices: new Map(),
    entries: new Map(),
    parts: new Map(),
    literals: new Map(),
    costs: new Map(),
    anchors: createAnchors(isInline),
    isOfPositions: createIsOfPositions(),
    wishes: new Map(),
    partWishes: new Map(),
    overwrites: [],
    reads: new Map(),
    holders: new Map(),
    scalarHints: new Map(),
    filling: new Set(),
    variable: () => `$${ids++}`,
    nextId: () => ids++,
    newTarget: ({
      hint: wish,
      shape,
      storage = 'dense',
      given,
      boxed = false,
      bool = false,
      exact = false,
      replaces,
    }) => ({
      id: ids++,
      hint: wish,
      shape,
      storage,
      given,
      boxed,
      bool,
      exact,
      replaces,
    }),
  };
}

export function createPlaceTable(origin: (node: Node) => Span | undefined): PlaceTable {
  const numbers = new Map<number, number>();
  const spans: (Span | undefined)[] = [];
  return {
    numberOf: (node) => {
      const known = numbers.get(node.id);
      if (known !== undefined) return known;
      const number = spans.length;
      numbers.set(node.id, number);
      spans.push(origin(node));
      return number;
    },
    spans: () => spans,
  };
}
