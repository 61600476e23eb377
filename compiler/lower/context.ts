// What lowering collects on its way (Lowering) and what names mean at a place (Scope).
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type {
  BoundIndex,
  Column,
  Declaration,
  ElementKind,
  ExchangeNode,
  IndexSet,
  Local,
  MeasurementNode,
  Multi,
  OracleNode,
  PatternCallNode,
  TensorType as ModelType,
  TypedExpression,
} from '../model/types.ts';
import type { PatternMap as ModelPatternMap, VariablePart } from '../model/method-types.ts';
import type { SampledMean, SampledSum, SizeCheck } from '../problem/problem.ts';
import { symbolDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Element, Node, TensorType } from '../tensor/ir.ts';
import { report } from './messages.ts';
import type { DrawnBatch } from './pattern.ts';
import type { BatchAxis } from './vectorize/batched.ts';

/** Several indices bound together over one set that is no range: where a subscript names them, the position is known. */
export interface BoundTuple {
  readonly set: IndexSet;
  readonly values: readonly Node[];
  readonly position: Node;
}

/** What a name of the language means for method bodies; undefined in problems. */
export interface PatternHooks {
  /** Sites of a method's draws come after those of the problem, from here. */
  readonly firstSite: number;
  readonly call: (node: PatternCallNode, scope: Scope) => Node;
  readonly map: (map: ModelPatternMap) => Node;
  readonly applyMap: (map: ModelPatternMap, transposed: boolean, operand: Node) => Node;
  readonly oracle: (node: OracleNode, scope: Scope) => Node;
  readonly exchange: (node: ExchangeNode, scope: Scope) => Node;
  /** The flat vector that a part belongs to. */
  readonly wholeOf: (part: VariablePart, scope: Scope) => Node;
  /** The part of a flat vector, in its own shape. */
  readonly partOf: (part: VariablePart, flat: Node) => Node;
}

export interface Scope {
  readonly locals: ReadonlyMap<Local | BoundIndex, Node>;
  readonly tuples: readonly BoundTuple[];
  /** The set that each bound index runs over. */
  readonly indexSets: ReadonlyMap<BoundIndex, IndexSet>;
  /** The element that an index over a batch of a distribution stands for. */
  readonly drawn: ReadonlyMap<BoundIndex, DrawnElement>;
  /** Positions of the elements drawn by `batch(D, k)`, or drawn values. */
  readonly batches: ReadonlyMap<IndexSet, Batch>;
  /** Within a branch: what is written need not be evaluated. */
  readonly conditional: boolean;
  /** The value of a declared name; `leading` as in `Reference`. */
  readonly resolve: (declaration: Declaration, leading: number, scope: Scope) => Node;
  /** An expression with the lets in it followed, ready for a derivative by a name's leaf. */
  readonly expose: (expression: Node, leaf: Node) => Node;
  readonly column: (column: Column) => Node;
  /** What a claim asks of the runs: only in comparisons. */
  readonly measurement?: (node: MeasurementNode) => Node;
  readonly pattern: PatternHooks | undefined;
  /** Values of all loop counters around, outermost first: the counters of draws. */
  readonly counters: readonly Node[];
}

export type Batch =
  | { readonly kind: 'positions'; readonly positions: Node }
  | { readonly kind: 'draws'; readonly batch: DrawnBatch; readonly size: Dim };

/** A place of a batch. */
export interface DrawnElement {
  readonly place: Node;
  readonly batch: DrawnBatch;
}

export interface Lowering {
  readonly graph: Graph;
  readonly diagnostics: Diagnostic[];
  readonly checks: SizeCheck[];
  /** Sizes that lowering itself names: `compress` nodes of `where`. */
  readonly sizes: {
    readonly symbol: string;
    readonly node: Node<'compress'>;
    readonly span: Span;
  }[];
  /** How far a region parameter or a drawn position ranges. */
  readonly extents: Map<Node, Dim>;
  /** Parameters that take every value of their range: only these may become slices. */
  readonly full: Set<Node>;
  /** Sums, averages and expectations by the node they became. */
  readonly sums: Map<Node, SampledSum>;
  /** Means over a fixed sample. */
  readonly samples: SampledMean[];
  /** Values of expressions by the scope they were lowered in. */
  readonly memo: Map<Scope, Map<TypedExpression, Node>>;
  readonly multis: Map<Multi, { readonly scope: Scope; readonly nodes: readonly Node[] }[]>;
  readonly sets: Map<IndexSet, LoweredTuples>;
  /** Filtered positions by their mask. */
  readonly filters: Map<Node, Node<'compress'>>;
  readonly targets: Map<TypedExpression, ReadonlySet<Local | Declaration>>;
  readonly nextOrder: () => number;
  readonly symbolPrefix: string;
  /** The draws of expectations that are measured on a fixed sample. */
  readonly sampleSize: number;
  readonly lower: (expression: TypedExpression, scope: Scope) => Node;
}

/** A computed set, lowered once: its elements at a position. */
export interface LoweredTuples {
  /** Positions of the bindings' elements, one a binding, as vectors over the set. */
  readonly columns: readonly Node[];
  /** Component values as vectors over the set. */
  readonly values: readonly Node[];
  readonly size: Dim;
  /** Filter that defines the size, where there is one. */
  readonly compress: Node<'compress'> | undefined;
  /** Position of an element by the components' offsets in a box, where all components are plain indices. */
  readonly box: { readonly sizes: readonly Dim[]; readonly firsts: readonly Dim[] } | undefined;
}

/** A bound parameter that runs along an axis. */
export interface Lane {
  readonly parameter: Node<'parameter'>;
  readonly axis: BatchAxis;
}

export const emptyScope = (resolve: Scope['resolve']): Scope => ({
  locals: new Map(),
  tuples: [],
  indexSets: new Map(),
  drawn: new Map(),
  batches: new Map(),
  conditional: false,
  resolve,
  expose: (expression) => expression,
  column: (column) => {
    throw new InternalError(`column ${column.name} outside of a comparison`);
  },
  pattern: undefined,
  counters: [],
});

export const withLocals = (
  scope: Scope,
  entries: readonly (readonly [Local | BoundIndex, Node])[],
): Scope => ({ ...scope, locals: new Map([...scope.locals, ...entries]) });

export const conditionally = (scope: Scope): Scope =>
  scope.conditional ? scope : { ...scope, conditional: true };

/** Kinds of element as stored: a label is the int of its position. */
export function elementOf(kind: ElementKind): Element {
  if (typeof kind !== 'string') return 'int';
  return kind === 'string' || kind === 'unknown' ? 'real' : kind;
}

export const shapeOf = (type: ModelType): readonly Dim[] => type.shape.map((axis) => axis.size);

export const irType = (type: ModelType, sparse = false): TensorType => ({
  element: elementOf(type.element),
  shape: shapeOf(type),
  storage: sparse && type.shape.length === 2 ? 'csr' : 'dense',
});

/** Reports a construct that the compiler cannot run yet; a NaN stands in its place. */
export function notYet(
  { graph, diagnostics }: Lowering,
  construct: string,
  span: Span,
  shape: readonly Dim[] = [],
): Node {
  diagnostics.push(report('P201', span, { construct }));
  return graph.full(Number.NaN, shape);
}

export const freshSymbol = (lowering: Lowering): Dim =>
  symbolDim(`${lowering.symbolPrefix}${lowering.sizes.length + 1}`);
