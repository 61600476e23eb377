// The typed model: what `buildModel` makes of syntax trees. Names are resolved to declarations, every expression has a kind of element and a
// shape, user functions are inlined, operators have one meaning each. Later rooms never meet an unresolved name or an unknown
// shape: where `buildModel` reported no error, no node of kind `unknown` is left.
//
// How to read it
// - An expression is a tree of immutable nodes. What is shared is shared by reference: `let` members and statements are declarations to which
//   `reference` and `local` nodes point, by object identity. Every declaration has a `key` (or `id`) that is unique in its problem or method.
// - A user function's call is a `let` node: its parameters are locals bound to the arguments, its body is the inlined body. A function of
//   scalars given tensors is a `map` node: its locals stand for single entries, its body is scalar; lower it like a comprehension
//   whose anonymous axes are `shape`.
// - Tuples never appear as values: a pair `(x, v)` is taken apart where it is made. An operation with several results (`eigh`, `fold` over a tuple) is
//   a `Multi` and used through `part` nodes that share it by identity.
// - Elements of a label set are 0-based positions in it; elements of ranges and `{2, 3, 5}` are the numbers themselves; subscripts say how to come
//   from the value of an index to a 0-based position.
import type { Argument, FunctionDecl } from '../../grammar/ast.ts';
import type { Span } from '../../grammar/span.ts';
import type { DataSource, DomainName } from '../problem/problem.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Distribution } from '../tensor/ir.ts';
import type { Library } from './library.ts';
import type { ElementwiseName, CallName, MultiName, ReductionName } from './builtins.ts';
import type {
  MethodModel,
  PatternDomain,
  PatternFunction,
  PatternMap,
  PatternVariable,
  VariablePart,
} from './method-types.ts';

export type { DataSource, DomainName } from '../problem/problem.ts';

// ------------------------------------------------------------------------------------------------------------------------- types

/** `unknown` follows an error and silences further ones. An element of a label set (or of a set of tuples, bound by one name) has `{ labels: set }`. */
export type ElementKind =
  'real' | 'int' | 'bool' | 'complex' | 'string' | 'unknown' | { readonly labels: IndexSet };

/** One axis of a tensor: its size and, where it is indexed by a set, the set. */
export interface Axis {
  readonly size: Dim;
  readonly set: IndexSet | undefined;
}

export interface TensorType {
  readonly element: ElementKind;
  readonly shape: readonly Axis[];
  /** Vectors only, of use to the model alone (products and joins are already resolved): `transposed` for `x'`, `slice` for `A[i, :]`. */
  readonly row?: 'transposed' | 'slice';
}

// ------------------------------------------------------------------------------------------------------------------------- sets

/**
 * A set that indices run over or that labels an axis: declared (`set I = 1..n`), written in place (`i in 1..n`), a role of a method's pattern (`D`), or a
 * drawn batch. Two axes have the same set when it is the same object.
 */
export interface IndexSet {
  readonly kind: 'set';
  /** Undefined for a set written in place. */
  readonly name: string | undefined;
  readonly key: string;
  /** How many names an element brings: 2 for `(i, j) in E`. */
  readonly arity: number;
  /** Undefined where it is known at run time only: `1..k` with a state `k`, or with an outer index. */
  readonly size: Dim | undefined;
  readonly elements: SetElements;
  readonly doc: string | undefined;
  readonly span: Span;
}

export type SetElements =
  /** `from..to`: the integers. `first` is the value of `from` where that is a size. */
  | {
      readonly kind: 'range';
      readonly from: TypedExpression;
      readonly to: TypedExpression;
      readonly first: Dim | undefined;
    }
  | { readonly kind: 'labels'; readonly labels: readonly string[] }
  /** `{2, 3, 5}`: numbers as written; `values` are scalars. */
  | { readonly kind: 'numbers'; readonly values: readonly TypedExpression[] }
  /** Labels read from a file; `labels` where the header gave them. */
  | {
      readonly kind: 'column';
      readonly source: DataSource;
      readonly labels: readonly string[] | undefined;
    }
  /** `{(i, j) for i in I, j in J where c}`, or `{i for i in I where c}` with one component. An element is the values of the components. */
  | {
      readonly kind: 'tuples';
      readonly components: readonly TypedExpression[];
      readonly bindings: readonly IndexBinding[];
      readonly where: TypedExpression | undefined;
    }
  /** The set `D` of `E(i in D) f(x, i)` or `C` of `sum(c in C) f(c, x)` in a pattern; at match time it stands for `actual` where that is known. */
  | {
      readonly kind: 'role';
      readonly role: string;
      readonly actual: IndexSet | undefined;
      /** A role may be matched by a distribution: then batches of it are draws, and the exact mean is an error. */
      readonly distribution: boolean;
    }
  /** `batch(D, k)`: k elements of `of`, drawn where the statement that made it runs; `site` numbers the place. */
  | {
      readonly kind: 'batch';
      readonly of: IndexSet;
      readonly count: TypedExpression;
      readonly site: number;
    };

/** A name bound by `i in I`. Its value is a scalar: a number, or a position where the element is a label. */
export interface BoundIndex {
  readonly kind: 'index';
  readonly id: number;
  readonly name: string;
  readonly type: TensorType;
  /** Smallest and largest value, where they are sizes. */
  readonly low: Dim | undefined;
  readonly high: Dim | undefined;
  readonly span: Span;
}

/** `i in I`; `(i, j) in E` binds as many indices as the set's arity, or one index for the whole element (then it is a position in the set). */
export interface IndexBinding {
  readonly kind: 'in';
  readonly indices: readonly BoundIndex[];
  readonly set: IndexSet;
  readonly span: Span;
}

/** `z ~ normal(0, 1)[d] by reparam`. */
export interface DrawBinding {
  readonly kind: 'draw';
  readonly local: Local;
  readonly distribution: TypedDistribution;
  readonly estimator:
    | { readonly kind: 'default' | 'reparam' | 'score' | 'enum' }
    | { readonly kind: 'quadrature'; readonly points: TypedExpression };
  readonly span: Span;
}

/** `u : real[n] in ball(0, rho)` of a robust `forall`. */
export interface UncertainBinding {
  readonly kind: 'uncertain';
  readonly local: Local;
  readonly domain: TypedDomain;
  readonly span: Span;
}

/** What `forall(…)`, `for …`, `lower name(…)` bring. */
export interface TypedQuantifier {
  readonly bindings: readonly (IndexBinding | UncertainBinding)[];
  readonly where: TypedExpression | undefined;
}

/** Names that stand for a value within one expression or method body: parameters of an inlined function, its lets, states of a recurrence, random quantities, … */
export interface Local {
  readonly kind: 'local';
  readonly id: number;
  readonly name: string;
  readonly role: 'parameter' | 'let' | 'entry' | 'recurrence' | 'random' | 'uncertain';
  readonly type: TensorType;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------------------- expressions

interface Base {
  readonly type: TensorType;
  readonly span: Span;
}

/** `normal(mu, sigma)[d]`. `args` in the order of the table in distributions.ts, defaults filled in; each has the shape of one draw, or is a scalar. */
export interface TypedDistribution {
  readonly name: Distribution;
  readonly args: readonly TypedExpression[];
  /** `normal(mu, S)` with a matrix `S`. */
  readonly multivariate: boolean;
  /** Kind and shape of what is drawn. */
  readonly type: TensorType;
  /** Numbers the place in the source, from 0, in source order within its problem or method. */
  readonly site: number;
  readonly span: Span;
}

/** A domain after `in`, or as the first argument of `project`, `lmo`, …; `X` of a pattern is a role. */
export type TypedDomain =
  | {
      readonly kind: 'domain';
      readonly name: DomainName;
      /** In the order of the language page, defaults filled in. */
      readonly args: readonly TypedExpression[];
      /** `ball(…, norm = p)`: 1, 2, inf. */
      readonly norm: number | undefined;
      readonly factors: readonly TypedDomain[];
      /** A domain of vectors applied to each row of a matrix (or to the last axis of a tensor). */
      readonly rows: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'role'; readonly role: PatternDomain; readonly span: Span };

/** How an operand of a dotted operation lies in the result: its axes `keep` become the result's axes `to` (increasing); its other axes have size 1 and
 * are dropped; the result's other axes repeat it. A scalar has both empty. */
export interface Alignment {
  readonly keep: readonly number[];
  readonly to: readonly number[];
}

/** One subscript; it addresses `axes` of the operand: one axis (`axis`). */
export type Subscript =
  /** `:` */
  | { readonly kind: 'all'; readonly axis: number }
  /** `a..b` with sizes as ends: `start` is 0-based. */
  | { readonly kind: 'slice'; readonly axis: number; readonly start: Dim; readonly size: Dim }
  /** A scalar that removes the axis: 0-based position = value - first (a label's value is its position: first 0). `inBounds` where proven. */
  | {
      readonly kind: 'position';
      readonly axis: number;
      readonly value: TypedExpression;
      readonly first: Dim;
      readonly inBounds: boolean;
    }
  /** An int tensor (or an axis' worth of labels): 0-based position = value - first; its axes take the axis' place. */
  | {
      readonly kind: 'gather';
      readonly axis: number;
      readonly value: TypedExpression;
      readonly first: Dim;
      readonly inBounds: boolean;
    }
  /** An element of a set that is no range, found by the values of its components; removes the axis. Where `values` are indices
   * bound together over `set`, the position is theirs. */
  | {
      readonly kind: 'member';
      readonly axis: number;
      readonly set: IndexSet;
      readonly values: readonly TypedExpression[];
    };

/** Operators and elementwise functions share one node. */
export type ElementwiseFn =
  | ElementwiseName
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'power'
  | 'negate'
  | 'not'
  | 'and'
  | 'or'
  | 'equal'
  | 'notEqual'
  | 'lessEqual'
  | 'less'
  | 'greaterEqual'
  | 'greater'
  | 'maximum'
  | 'minimum';

export type TypedExpression =
  | NumberNode
  | BoolNode
  | TextNode
  | LabelNode
  | SizeNode
  | RangeNode
  | Reference
  | LocalNode
  | IndexNode
  | Elementwise
  | Product
  | Solve
  | MatrixPower
  | TransposeNode
  | IndexedNode
  | ReduceNode
  | NormNode
  | CallNode
  | ReshapeNode
  | JoinNode
  | TensorNode
  | ComprehensionNode
  | BinderNode
  | ConditionalNode
  | MembershipNode
  | LetNode
  | MapNode
  | PartNode
  | DerivativeNode
  | StopNode
  | DualNode
  | OracleNode
  | PatternCallNode
  | PatternMapNode
  | ApplyMapNode
  | ExchangeNode
  | CountNode
  | IterationNode
  | ColumnNode
  | MeasurementNode
  | UnknownNode;

export type TypedKind = TypedExpression['kind'];

/** int for a whole number without point or exponent, else real. `pi` and `inf` are numbers. */
export interface NumberNode extends Base {
  readonly kind: 'number';
  readonly value: number;
}
export interface BoolNode extends Base {
  readonly kind: 'bool';
  readonly value: boolean;
}
/** Only an option of a built-in or a file. */
export interface TextNode extends Base {
  readonly kind: 'text';
  readonly value: string;
}
/** `"milk"` where an element of a label set is meant. */
export interface LabelNode extends Base {
  readonly kind: 'label';
  readonly set: IndexSet;
  /** 0-based; undefined where the labels are known at run time only. */
  readonly position: number | undefined;
  readonly label: string;
}
/** The value of a size: a dimension name, `dim(x)`, `size(A, 1)`, `end`. */
export interface SizeNode extends Base {
  readonly kind: 'size';
  readonly dim: Dim;
}
/** `a..b` as a vector of integers. */
export interface RangeNode extends Base {
  readonly kind: 'range';
  readonly first: Dim;
}
/** A declared value. `leading` says how many axes of its type were put first because it belongs to a family (`lower task(k in K)`) and is seen
 * from outside; 0 inside the family, where the family's indices are in scope. For a state or let of `each c in C`, 1 outside the block (or
 * for a message seen from another block), 0 for an agent's own. */
export interface Reference extends Base {
  readonly kind: 'reference';
  readonly to: Declaration;
  readonly leading: number;
}
export interface LocalNode extends Base {
  readonly kind: 'local';
  readonly local: Local;
}
export interface IndexNode extends Base {
  readonly kind: 'index';
  readonly index: BoundIndex;
}
/** Whole-array work. Each argument is aligned to the result's shape. */
export interface Elementwise extends Base {
  readonly kind: 'elementwise';
  readonly fn: ElementwiseFn;
  readonly args: readonly TypedExpression[];
  readonly alignments: readonly Alignment[];
}
/** `*` between vectors and matrices. vector·matrix is `vecmat`; scaling is an elementwise `multiply`. */
export interface Product extends Base {
  readonly kind: 'product';
  readonly form: 'matmul' | 'matvec' | 'vecmat' | 'inner' | 'outer';
  readonly left: TypedExpression;
  readonly right: TypedExpression;
}
/** `A \ b`. */
export interface Solve extends Base {
  readonly kind: 'solve';
  readonly form: 'square' | 'leastSquares';
  readonly matrix: TypedExpression;
  readonly right: TypedExpression;
}
/** `A^3`, `A^-1`, of a square matrix. */
export interface MatrixPower extends Base {
  readonly kind: 'matrixPower';
  readonly matrix: TypedExpression;
  readonly exponent: number;
}
/** Of a matrix; the transpose of a vector leaves no node unless it is complex. */
export interface TransposeNode extends Base {
  readonly kind: 'transpose';
  readonly operand: TypedExpression;
  readonly conjugate: boolean;
}
/** One subscript for each axis of the operand, in order. */
export interface IndexedNode extends Base {
  readonly kind: 'indexed';
  readonly operand: TypedExpression;
  readonly subscripts: readonly Subscript[];
}
/** Whole (`axis` undefined) or along one 0-based axis. */
export interface ReduceNode extends Base {
  readonly kind: 'reduce';
  readonly fn: ReductionName;
  readonly operand: TypedExpression;
  readonly axis: number | undefined;
  /** `argmax`, `argmin` give elements: value = position + first (0 for labels). */
  readonly first: Dim | undefined;
}
/** `norm(x)` is p = 2 of all entries; `fro`, `op`, `nuc` of a matrix. */
export interface NormNode extends Base {
  readonly kind: 'norm';
  readonly operand: TypedExpression;
  readonly p: number | 'fro' | 'op' | 'nuc';
}
/** Every other built-in. `args` in the order of builtins.ts with defaults filled in; `axis` 0-based where the built-in takes one. */
export interface CallNode extends Base {
  readonly kind: 'call';
  readonly name: CallName;
  readonly args: readonly TypedExpression[];
  readonly axis: number | undefined;
  /** The place of what is drawn: `randk`. */
  readonly site?: number;
}
/** Row-major to the type's shape: `reshape`, `vec`, a vector as a one-row matrix in `vcat`. */
export interface ReshapeNode extends Base {
  readonly kind: 'reshape';
  readonly operand: TypedExpression;
}
/** `vcat`, `hcat`, `stack`: arguments of equal rank, joined along an existing 0-based axis. */
export interface JoinNode extends Base {
  readonly kind: 'join';
  readonly items: readonly TypedExpression[];
  readonly axis: number;
}
/** `[a, b, c]`: items of equal shape, stacked along a new first axis. */
export interface TensorNode extends Base {
  readonly kind: 'tensor';
  readonly items: readonly TypedExpression[];
}
/** `[e for i in I, j in J where c]`: one axis a binding (with `where`, one axis for all), then the axes of the body. */
export interface ComprehensionNode extends Base {
  readonly kind: 'comprehension';
  readonly bindings: readonly IndexBinding[];
  readonly where: TypedExpression | undefined;
  readonly body: TypedExpression;
}
/** `sum(i in I where c) body`; `E` is the mean over sets and the expectation over draws; `P` the probability of a bool body. */
export interface BinderNode extends Base {
  readonly kind: 'binder';
  readonly op: 'sum' | 'prod' | 'max' | 'min' | 'all' | 'any' | 'E' | 'P';
  readonly bindings: readonly (IndexBinding | DrawBinding)[];
  readonly where: TypedExpression | undefined;
  readonly body: TypedExpression;
}
/** The condition is a scalar. Only the chosen branch counts. */
export interface ConditionalNode extends Base {
  readonly kind: 'conditional';
  readonly condition: TypedExpression;
  readonly then: TypedExpression;
  readonly otherwise: TypedExpression;
}
/** `i in I`, `(i, j) in E` as a condition. */
export interface MembershipNode extends Base {
  readonly kind: 'membership';
  readonly values: readonly TypedExpression[];
  readonly set: IndexSet;
}
/** Locals bound in order, then the body: an inlined call. */
export interface LetNode extends Base {
  readonly kind: 'let';
  readonly bindings: readonly { readonly local: Local; readonly value: TypedExpression }[];
  readonly body: TypedExpression;
}
/** A function of scalars over tensors: for every position of the type's shape, the locals are the entries of their tensors and the result is the scalar body. */
export interface MapNode extends Base {
  readonly kind: 'map';
  readonly entries: readonly { readonly local: Local; readonly tensor: TypedExpression }[];
  readonly body: TypedExpression;
}
/** Result `index` of an operation with several. */
export interface PartNode extends Base {
  readonly kind: 'part';
  readonly of: Multi;
  readonly index: number;
}
/** `op` of a scalar (`jac`, `jvp`: of any) expression. Shapes: grad, hvp as the target; jac expression then target; hess target twice; jvp as the expression. */
export interface DerivativeNode extends Base {
  readonly kind: 'derivative';
  readonly op: 'grad' | 'jac' | 'hess' | 'hvp' | 'jvp' | 'laplacian';
  readonly expression: TypedExpression;
  readonly target: DerivativeTarget;
  /** `v` of hvp and jvp. */
  readonly direction: TypedExpression | undefined;
}
/** A name that the expression depends on (a `reference`, `local`, or a part of the pattern variable), or an entry of it (`indexed` over one). The derivative
 * is with respect to the name, at its value: `grad(f(u), u)` for `let u = …`. */
export type DerivativeTarget = Reference | LocalNode | IndexedNode;
/** Value of the operand, derivative zero. */
export interface StopNode extends Base {
  readonly kind: 'stop';
  readonly operand: TypedExpression;
}
/** `dual(cap)` in a metric: shape is the quantifiers' axes, then the relation's. */
export interface DualNode extends Base {
  readonly kind: 'dual';
  readonly constraint: TypedConstraint;
}
/** `prox(h, t, v)`, `project(X, v)`, `lipschitz(f)`, …: `args` without the function or domain. */
export interface OracleNode extends Base {
  readonly kind: 'oracle';
  readonly name: OracleName;
  readonly function: PatternFunction | undefined;
  readonly domain: TypedDomain | undefined;
  readonly args: readonly TypedExpression[];
}
export type OracleName =
  | 'lipschitz'
  | 'strong_convexity'
  | 'prox'
  | 'prox_conj'
  | 'conj'
  | 'project'
  | 'lmo'
  | 'distance'
  | 'mirror'
  | 'mirror_dual'
  | 'retract'
  | 'tangent'
  | 'transport';
/** `f(u)`, `f(u, i)`: arguments in the order of the pattern. An index argument is an int or label scalar. */
export interface PatternCallNode extends Base {
  readonly kind: 'patternCall';
  readonly function: PatternFunction;
  readonly args: readonly TypedExpression[];
}
/** `K` by itself. */
export interface PatternMapNode extends Base {
  readonly kind: 'patternMap';
  readonly map: PatternMap;
}
/** `K*v`, or `K'*v`. */
export interface ApplyMapNode extends Base {
  readonly kind: 'applyMap';
  readonly map: PatternMap;
  readonly transposed: boolean;
  readonly operand: TypedExpression;
}
/** `exchange(v)`; `bits` by the outermost `topk`, `randk`, `quantize`, `sign` of `value` (a `call` or elementwise node). */
export interface ExchangeNode extends Base {
  readonly kind: 'exchange';
  readonly value: TypedExpression;
}
/** `count(D)` of a set. */
export interface CountNode extends Base {
  readonly kind: 'count';
  readonly set: IndexSet;
}
/** The number of the counted iteration, from 1. */
export interface IterationNode extends Base {
  readonly kind: 'iteration';
}
/** A column of the trace, in `stop when` of a comparison or solve and in the arguments of `at`, `first`, `success`: `gap`, `time`, a metric, a report, an oracle. */
export interface ColumnNode extends Base {
  readonly kind: 'column';
  readonly column: Column;
}
export interface Column {
  readonly kind: 'measure' | 'oracle' | 'metric' | 'report';
  readonly name: string;
}
/** `gap("F2SA", lam = 10)`, `first("A", iterations, gap <= 1e-6)`, … in a claim. */
export interface MeasurementNode extends Base {
  readonly kind: 'measurement';
  readonly fn: 'final' | 'at' | 'first' | 'rate' | 'order' | 'slope' | 'success' | 'trace';
  readonly label: string;
  /** `success`: undefined. */
  readonly column: Column | undefined;
  /** `at`: column = value; `first`, `success`: the condition over columns; `slope`: the swept name. */
  readonly at: { readonly column: Column; readonly value: TypedExpression } | undefined;
  readonly condition: TypedExpression | undefined;
  readonly sweep: string | undefined;
  /** Which points of the sweep; empty for every one. */
  readonly where: readonly { readonly name: string; readonly value: TypedExpression }[];
}
/** Stands for what was wrong. Never left where there is no error, except in the generic check of a method. */
export interface UnknownNode extends Base {
  readonly kind: 'unknown';
}

/** An operation with one or more results. */
export type Multi =
  | {
      readonly kind: 'multi';
      readonly name: MultiName;
      readonly args: readonly TypedExpression[];
      readonly types: readonly TensorType[];
      readonly span: Span;
    }
  /** States after the last step (`fold`), or all stacked along a new first axis (`scan`). One binding; its set may depend on outer values. */
  | {
      readonly kind: 'recurrence';
      readonly op: 'fold' | 'scan';
      readonly states: readonly Local[];
      readonly starts: readonly TypedExpression[];
      readonly bindings: readonly IndexBinding[];
      readonly where: TypedExpression | undefined;
      readonly steps: readonly TypedExpression[];
      readonly types: readonly TensorType[];
      readonly span: Span;
    }
  /** `root`: bodies == 0; `fixpoint`: states == bodies; `minimizer`: one scalar body. */
  | {
      readonly kind: 'implicit';
      readonly op: 'root' | 'fixpoint' | 'minimizer';
      readonly states: readonly Local[];
      readonly starts: readonly TypedExpression[];
      readonly domain: TypedDomain | undefined;
      readonly bodies: readonly TypedExpression[];
      readonly types: readonly TensorType[];
      readonly span: Span;
    };

// ------------------------------------------------------------------------------------------------------------------------- declarations

export type Declaration =
  | VariableDecl
  | DataDecl
  | ParamDecl
  | LetDecl
  | MetricDecl
  | SweepName
  | PatternVariable
  | VariablePart
  | StateDecl
  | StatementLet
  | StatementDraw
  | MethodParameter;

/** A bound after a type; a scalar, or of the shape of what it bounds. */
export interface TypedBound {
  readonly value: TypedExpression;
  readonly strict: boolean;
  readonly span: Span;
}

export interface VariableDecl {
  readonly kind: 'variable';
  readonly name: string;
  /** Unique in its problem: the name, or `level.name` where two levels use it. */
  readonly key: string;
  readonly type: TensorType;
  readonly lower: TypedBound | undefined;
  readonly upper: TypedBound | undefined;
  readonly domain: TypedDomain | undefined;
  /** A scalar start fills the shape. */
  readonly start:
    | { readonly kind: 'default' }
    | { readonly kind: 'expression'; readonly value: TypedExpression }
    | { readonly kind: 'draw'; readonly distribution: TypedDistribution };
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface DataDecl {
  readonly kind: 'data';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly sparse: boolean;
  readonly lower: TypedBound | undefined;
  readonly upper: TypedBound | undefined;
  readonly domain: TypedDomain | undefined;
  readonly value:
    /** Of the declared shape, or a scalar that fills it. */
    | { readonly kind: 'expression'; readonly value: TypedExpression }
    | { readonly kind: 'draw'; readonly distribution: TypedDistribution }
    | { readonly kind: 'file'; readonly source: DataSource }
    | { readonly kind: 'required' };
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface ParamDecl {
  readonly kind: 'param';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly lower: TypedBound | undefined;
  readonly upper: TypedBound | undefined;
  readonly domain: TypedDomain | undefined;
  readonly value: TypedExpression | undefined;
  readonly doc: string | undefined;
  readonly span: Span;
}

/** `let r = e`; `let (w, V) = e` is one declaration a name. */
export interface LetDecl {
  readonly kind: 'let';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly value: TypedExpression;
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface MetricDecl {
  readonly kind: 'metric';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly value: TypedExpression;
  readonly doc: string | undefined;
  readonly span: Span;
}

/** A new name of `sweep`, for arguments of methods. */
export interface SweepName {
  readonly kind: 'sweep';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------------------- problems

/** A size symbol (`symbolsOf(dim)` gives these) and where its value comes from. Symbols are texts, not always identifiers: `|E|` is the size of the set E. */
export interface SizeDecl {
  readonly symbol: string;
  readonly from:
    | { readonly kind: 'param'; readonly param: ParamDecl }
    /** Axis `axis` of the data has size `size`, an expression that is linear in the symbol. */
    | {
        readonly kind: 'data';
        readonly data: DataDecl;
        readonly axis: number;
        readonly size: Dim;
      }
    /** The set is filtered (its elements are `tuples` with a `where`). */
    | { readonly kind: 'filter'; readonly set: IndexSet }
    | { readonly kind: 'labels'; readonly set: IndexSet }
    /** An int scalar of params and data: `floor(n/2)`. */
    | { readonly kind: 'expression'; readonly value: TypedExpression };
  /** The value in this file, where a header, a default or the caller gives one. */
  readonly value: number | undefined;
  readonly span: Span;
}

/** A symbol that the file needs to have one value: `param n : int = 5` beside a list of 5. Its sizes are constants throughout; another value is an error. */
export interface PinnedSize {
  readonly symbol: string;
  readonly value: number;
  /** Where the constant met it. */
  readonly span: Span;
}

export type TypedRelation =
  | {
      readonly kind: 'equal';
      readonly left: TypedExpression;
      readonly right: TypedExpression;
      readonly span: Span;
    }
  /** `left <= right`, or `<` where strict; `>=` is turned round. Equal shapes, or a scalar side. */
  | {
      readonly kind: 'lessEqual';
      readonly left: TypedExpression;
      readonly right: TypedExpression;
      readonly strict: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'in';
      readonly value: TypedExpression;
      readonly domain: TypedDomain;
      readonly span: Span;
    }
  /** Depends on no variable: checked, not optimised. */
  | { readonly kind: 'condition'; readonly condition: TypedExpression; readonly span: Span }
  | {
      readonly kind: 'implies';
      readonly premise: TypedExpression;
      readonly conclusion: readonly TypedRelation[];
      readonly span: Span;
    }
  /** `left >= 0`, `right >= 0`, `left .* right == 0`: both sides already as differences. */
  | {
      readonly kind: 'complements';
      readonly left: TypedExpression;
      readonly right: TypedExpression;
      readonly span: Span;
    }
  /** `0 in F(z) + normal_cone`: `operator` has the shape of the one sought variable, or of `find`'s variables stacked. */
  | { readonly kind: 'variational'; readonly operator: TypedExpression; readonly span: Span }
  /** `P(z ~ D) (event) >= p`. */
  | {
      readonly kind: 'chance';
      readonly bindings: readonly (IndexBinding | DrawBinding)[];
      readonly event: readonly TypedRelation[];
      readonly probability: TypedExpression;
      readonly span: Span;
    };

/** One constraint after flattening of groups, `and` and chains. Robust where a quantifier binds an uncertain local. */
export interface TypedConstraint {
  readonly name: string | undefined;
  /** Quantifiers from the outside in. */
  readonly quantifiers: readonly TypedQuantifier[];
  readonly relations: readonly TypedRelation[];
  /** Axes of the quantifiers' sets, then of the relation: the shape of its dual. Without quantifiers the axes of the (first) relation. */
  readonly shape: readonly Axis[];
  /** The variables after `… over y`. */
  readonly over: readonly VariableDecl[] | undefined;
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface TypedGoal {
  readonly sense: 'minimize' | 'maximize' | 'find';
  /** Undefined for `find`. With several objectives a `tensor` node of scalars. */
  readonly value: TypedExpression | undefined;
  readonly objectives: number;
  /** In order of declaration; for `find` the variables sought. */
  readonly owns: readonly VariableDecl[];
  /** `forall(i in I) maximize e over q[i]`: one player for each index; its own part of each owned variable is the variable indexed by `subscripts`. */
  readonly player:
    | {
        readonly quantifier: TypedQuantifier;
        readonly parts: readonly { readonly variable: VariableDecl; readonly part: IndexedNode }[];
      }
    | undefined;
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface TypedLevel {
  readonly name: string | undefined;
  readonly choice: 'optimistic' | 'pessimistic';
  /** `lower task(k in K)`: expressions of the level use these indices; its declarations are seen from outside with `axes` first. */
  readonly family:
    { readonly quantifier: TypedQuantifier; readonly axes: readonly Axis[] } | undefined;
  readonly variables: readonly VariableDecl[];
  readonly lets: readonly LetDecl[];
  readonly goals: readonly TypedGoal[];
  readonly constraints: readonly TypedConstraint[];
  /** In an order in which each can be solved after those before it. */
  readonly lower: readonly TypedLevel[];
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface TypedKnown {
  readonly entries: readonly {
    /** `value`, or the variable or metric. */
    readonly name: string;
    readonly of: VariableDecl | MetricDecl | undefined;
    readonly value: TypedExpression;
    readonly span: Span;
  }[];
  readonly span: Span;
}

export interface ProblemModel {
  readonly kind: 'problem';
  readonly name: string;
  readonly doc: string | undefined;
  readonly sizes: readonly SizeDecl[];
  readonly pinned: readonly PinnedSize[];
  readonly sets: readonly IndexSet[];
  /** In an order in which each uses only those before it; so are data. */
  readonly params: readonly ParamDecl[];
  readonly data: readonly DataDecl[];
  /** Params and data together, in an order in which each uses only those before it. */
  readonly inputs: readonly (ParamDecl | DataDecl)[];
  readonly level: TypedLevel;
  readonly metrics: readonly MetricDecl[];
  readonly known: readonly TypedKnown[];
  /** Names of the problem, for arguments of methods; of use to the model alone. */
  readonly scope: ProblemScope;
  readonly span: Span;
}

/** What `elaborateMethod` and comparisons need to read an expression in a problem's scope. */
export interface ProblemScope {
  readonly values: ReadonlyMap<string, Declaration | IndexSet>;
  readonly dims: ReadonlyMap<string, Dim>;
  readonly functions: ReadonlyMap<string, FunctionDecl>;
}

// ------------------------------------------------------------------------------------------------------------------------- statements

/** The statements of a method's body after `elaborateMethod`. Places and values in them are typed in the problem at hand. */
export type TypedStatement =
  | {
      readonly kind: 'state';
      readonly states: readonly { readonly state: StateDecl; readonly value: TypedExpression }[];
      readonly span: Span;
    }
  | { readonly kind: 'let'; readonly lets: readonly StatementLet[]; readonly span: Span }
  /** `let B = batch(D, k)`: the set's elements are drawn here. */
  | { readonly kind: 'batch'; readonly batch: IndexSet; readonly span: Span }
  /** Simultaneous. */
  | {
      readonly kind: 'assign';
      readonly targets: readonly TypedPlace[];
      readonly values: readonly TypedExpression[];
      readonly span: Span;
    }
  | { readonly kind: 'repeat'; readonly body: readonly TypedStatement[]; readonly span: Span }
  /** Over a range, a set or a batch (of a role), in order. */
  | {
      readonly kind: 'for';
      readonly binding: IndexBinding;
      readonly where: TypedExpression | undefined;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'while';
      readonly condition: TypedExpression;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'if';
      readonly condition: TypedExpression;
      readonly then: readonly TypedStatement[];
      readonly otherwise: readonly TypedStatement[];
      readonly span: Span;
    }
  /** For all agents at once, reading the values from before the block. */
  | {
      readonly kind: 'eachAgent';
      readonly binding: IndexBinding;
      readonly where: TypedExpression | undefined;
      readonly body: readonly TypedStatement[];
      readonly span: Span;
    }
  /** `each w in x where c`: one copy of the body for each variable that passes `c`, in order. */
  | {
      readonly kind: 'eachVariable';
      readonly copies: readonly {
        readonly part: VariablePart;
        readonly where: TypedExpression | undefined;
        readonly body: readonly TypedStatement[];
      }[];
      readonly span: Span;
    }
  | { readonly kind: 'draw'; readonly draw: StatementDraw; readonly span: Span }
  | {
      readonly kind: 'report';
      readonly name: string;
      readonly value: TypedExpression;
      readonly span: Span;
    }
  | { readonly kind: 'stop'; readonly condition: TypedExpression; readonly span: Span }
  | { readonly kind: 'return'; readonly values: readonly TypedExpression[]; readonly span: Span };

/** To the left of `<-`: the whole, or a part. A scalar value fills the place. */
export interface TypedPlace {
  readonly target: PatternVariable | VariablePart | StateDecl;
  readonly subscripts: readonly Subscript[] | undefined;
  /** Shape and kind of the place. */
  readonly type: TensorType;
  readonly span: Span;
}

/** `state s = e`. `agents` where it was made in `each c in C`: one for each agent. `shared`: made of messages and common values alone, so that all know it. */
export interface StateDecl {
  readonly kind: 'state';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly agents: IndexSet | undefined;
  readonly shared: boolean;
  readonly span: Span;
}

/** `let u = e` as a statement: the value at that moment. */
export interface StatementLet {
  readonly kind: 'statementLet';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly value: TypedExpression;
  readonly agents: IndexSet | undefined;
  readonly shared: boolean;
  /** The value is an `exchange`: other blocks see it whole, the agent first. */
  readonly message: boolean;
  readonly span: Span;
}

/** `u ~ normal(0, 1)[n]`. */
export interface StatementDraw {
  readonly kind: 'statementDraw';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly distribution: TypedDistribution;
  readonly agents: IndexSet | undefined;
  readonly shared: false;
  readonly span: Span;
}

/** `step : real = 0.1` with its argument, default or sweep value, in the problem's scope. */
export interface MethodParameter {
  readonly kind: 'parameter';
  readonly name: string;
  readonly key: string;
  readonly type: TensorType;
  readonly lower: TypedBound | undefined;
  readonly upper: TypedBound | undefined;
  /** Undefined only in the generic check. */
  readonly value: TypedExpression | undefined;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------------------- comparisons

export interface TypedReduction {
  readonly name: ReductionStep;
  /** `penalty(rho)`, `smooth(mu)`, `unroll(T, …)`, `sample(N)`, `scalarize(w)`: in the problem's scope, sweep names included. */
  readonly args: readonly TypedExpression[];
  /** `kkt(follower)`: the level; undefined for all. */
  readonly level: string | undefined;
  /** `unroll(T, method)`. */
  readonly method: MethodUse | undefined;
  /** How `scalarize` makes one number of several. */
  readonly rule?: ScalarizeRule;
  /** How `implicit` solves the system of the hypergradient. */
  readonly system?: SystemRule;
  readonly span: Span;
}

export const scalarizeRules = ['sum', 'tchebycheff', 'epsilon'] as const;
export type ScalarizeRule = (typeof scalarizeRules)[number];

export const systemRules = ['factor', 'cg', 'neumann'] as const;
export type SystemRule = (typeof systemRules)[number];

export type ReductionStep =
  | 'kkt'
  | 'value_function'
  | 'penalty'
  | 'strong_duality'
  | 'implicit'
  | 'unroll'
  | 'dual'
  | 'epigraph'
  | 'smooth'
  | 'hadamard'
  | 'relax'
  | 'robust'
  | 'sample'
  | 'scalarize';

/** A method's name with its arguments, checked in the problem's scope. */
export interface MethodUse {
  readonly name: string;
  /** Undefined for a name of the standard library that this build does not have. */
  readonly method: MethodModel | undefined;
  readonly args: readonly {
    readonly name: string | undefined;
    readonly value: TypedExpression;
    readonly span: Span;
  }[];
  /** The arguments as written: `elaborateMethod` reads them again in the problem at hand. */
  readonly syntax: readonly Argument[];
  readonly span: Span;
}

export interface TypedRun {
  /** As written, or the method's name. */
  readonly label: string;
  readonly method: MethodUse;
  readonly via: readonly TypedReduction[];
  readonly span: Span;
}

export interface TypedSweep {
  readonly name: string;
  /** The swept param, or a new name for arguments. */
  readonly of: ParamDecl | SweepName;
  readonly values: readonly TypedExpression[];
  readonly span: Span;
}

export interface TypedSetting {
  readonly of: ParamDecl | DataDecl;
  readonly value: TypedExpression;
  readonly span: Span;
}

export interface CompareModel {
  readonly title: string | undefined;
  readonly problem: ProblemModel;
  readonly on: readonly TypedSetting[];
  readonly runs: readonly TypedRun[];
  readonly sweeps: readonly TypedSweep[];
  /** Ascending as written; undefined where the file has none. */
  readonly seeds: readonly number[] | undefined;
  /** Bool scalar over columns; durations are seconds. */
  readonly stop: TypedExpression | undefined;
  readonly claims: readonly {
    readonly title: string;
    readonly condition: TypedExpression;
    readonly span: Span;
  }[];
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface SolveModel {
  readonly problem: ProblemModel;
  readonly method: MethodUse | undefined;
  readonly via: readonly TypedReduction[];
  readonly stop: TypedExpression | undefined;
  readonly span: Span;
}

/** Everything that the given files declare, in order; imports first. */
export interface Model {
  readonly problems: readonly ProblemModel[];
  /** Of the file and its imports; a method of the library with the same name is hidden by it. */
  readonly methods: readonly MethodModel[];
  /** The standard library, read as far as it is asked for. */
  readonly library: Library;
  readonly compares: readonly CompareModel[];
  readonly solves: readonly SolveModel[];
}
