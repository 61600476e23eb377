// A problem as mathematics: levels, owners, goals, constraints and domains, all over tensor IR. Built by compiler/lower from the
// typed model; read by facts, reductions, matching, certificates and explain.
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Distribution, Element, Node } from '../tensor/ir.ts';

/** How labels or numbers of a set show along an axis: a set's name, or undefined for a plain position. */
export type AxisLabels = readonly (string | undefined)[];

/** A size symbol and where its value comes from. */
export interface SizeSource {
  readonly symbol: string;
  readonly from:
    | { readonly kind: 'param'; readonly name: string } // param n : int
    // read from a header: axis `axis` of the data has size `size`, which is linear in the symbol
    | {
        readonly kind: 'data';
        readonly name: string;
        readonly axis: number;
        readonly size: Dim;
      }
    | { readonly kind: 'compress'; readonly node: Node<'compress'> } // the size of a filtered set
    | { readonly kind: 'labels'; readonly name: string } // a label set read from a file
    | { readonly kind: 'expression'; readonly node: Node }; // an int expression of params, e.g. floor(n/2)
  readonly span: Span;
}

export interface IndexSet {
  readonly name: string;
  readonly size: Dim;
  readonly elements:
    | { readonly kind: 'range'; readonly first: Dim }
    | { readonly kind: 'labels'; readonly labels: readonly string[] }
    | { readonly kind: 'column'; readonly source: DataSource } // labels read from a file
    // int[size, arity]: an entry plus its component's `first` is the number meant, or the 0-based position in a labelled set
    | {
        readonly kind: 'tuples';
        readonly table: Node;
        readonly components: readonly SetComponent[];
      };
  readonly span: Span;
}

export interface SetComponent {
  /** The set its entries are positions of, where it is a named one. */
  readonly set: string | undefined;
  readonly first: Dim;
}

export interface DataSource {
  readonly format: 'csv' | 'json' | 'npy' | 'npz' | 'parquet' | 'libsvm' | 'sql';
  readonly path: string;
  /** Option name → literal value; ranges as [first, last]. */
  readonly options: Readonly<Record<string, DataOption>>;
  readonly span: Span;
}
export type DataOption =
  string | number | boolean | readonly string[] | { readonly first: number; readonly last: number };

/** Fixed input. `input` is its IR input node (role data or param). */
export interface DataItem {
  readonly name: string;
  readonly input: Node<'input'>;
  readonly value:
    | { readonly kind: 'expression'; readonly node: Node }
    | { readonly kind: 'draw'; readonly node: Node } // drawn from the data seed
    | { readonly kind: 'file'; readonly source: DataSource }
    | { readonly kind: 'required' };
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly domain: Domain | undefined;
  readonly labels: AxisLabels;
  readonly doc: string | undefined;
  readonly span: Span;
}

export interface Param {
  readonly name: string;
  readonly input: Node<'input'>;
  readonly value: Node | undefined;
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly domain: Domain | undefined;
  readonly doc: string | undefined;
  readonly span: Span;
}

/** A bound, broadcast to the shape of what it bounds; `strict` for `>` and `<`. */
export interface Bound {
  readonly node: Node;
  readonly strict: boolean;
  readonly span: Span;
}

export type DomainName =
  | 'box'
  | 'nonneg'
  | 'simplex'
  | 'ball'
  | 'sphere'
  | 'halfspace'
  | 'affine'
  | 'soc'
  | 'psd'
  | 'spd'
  | 'spectrahedron'
  | 'correlation'
  | 'stiefel'
  | 'grassmann'
  | 'fixed_rank'
  | 'orthogonal'
  | 'doubly_stochastic'
  | 'sparse_ball'
  | 'monotone'
  | 'product';

export interface Domain {
  readonly name: DomainName;
  /** Arguments in the order of the language page (defaults filled in). */
  readonly args: readonly Node[];
  /** `ball(…, norm = p)`: 1, 2, inf. */
  readonly norm: number | undefined;
  readonly factors: readonly Domain[];
  readonly span: Span;
}

export interface Variable {
  readonly name: string;
  readonly input: Node<'input'>;
  readonly element: Exclude<Element, 'complex'> | 'complex';
  readonly shape: readonly Dim[];
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly domain: Domain | undefined;
  readonly start:
    | { readonly kind: 'default' }
    | { readonly kind: 'expression'; readonly node: Node; readonly span: Span }
    | {
        readonly kind: 'draw';
        readonly distribution: Distribution;
        readonly node: Node;
        readonly span: Span;
      };
  readonly labels: AxisLabels;
  readonly doc: string | undefined;
  readonly span: Span;
}

/** One summand of a goal, sign included: the goal is the sum of its terms. */
export interface Term {
  readonly node: Node;
  readonly span: Span;
}

/** A random quantity `z ~ D` bound by `E` or `P`. */
export interface RandomQuantity {
  /** Stands for the drawn value. */
  readonly parameter: Node<'parameter'>;
  readonly distribution: Distribution;
  /** Parameters of the distribution; they may depend on variables. */
  readonly args: readonly Node[];
  readonly shape: readonly Dim[];
  /** `normal(mu, S)` with a matrix S. */
  readonly multivariate: boolean;
  /** Added to what the IR draws: 1 for positions, which the language counts from 1. */
  readonly first: 0 | 1;
  readonly estimator:
    | { readonly kind: 'default' | 'reparam' | 'score' | 'enum' }
    | { readonly kind: 'quadrature'; readonly points: number };
  readonly site: number;
  readonly span: Span;
}

/** A finite sum, average or expectation that enters a goal additively: what methods with samples and agents draw from. The lane
 * `body` holds for one element; `vectorize` (lower/vectorize.ts) over `index` and `draws` gives it for a batch. */
export interface SampledSum {
  readonly kind: 'mean' | 'sum' | 'expectation';
  /** The whole sum as it stands in the goal, factor included: one of the goal's terms. What does not depend on the element is no part of it. */
  readonly node: Node;
  /** The 0-based position in the flattened set; undefined where there are only draws. */
  readonly index: Node<'parameter'> | undefined;
  /** The number of elements of the set. */
  readonly size: Dim | undefined;
  /** The name of the set, where it is a named one. */
  readonly set: string | undefined;
  readonly draws: readonly RandomQuantity[];
  /** One element's value, factor included: node = mean, sum or expectation of it. */
  readonly body: Node;
  readonly span: Span;
}

/** An expectation that is measured as the mean over a fixed sample. */
export interface SampledMean {
  readonly mean: Node;
  /** The values of the single draws, along the first axis. */
  readonly lanes: Node;
  readonly draws: number;
  /** What was asked for and cannot be done: `by quadrature` of several numbers, `by enum` where there is no end of values. */
  readonly instead: 'quadrature' | 'enum' | undefined;
  readonly span: Span;
}

export interface Goal {
  /** `find`: `variables` are sought subject to the constraints, `node` and `terms` are empty. */
  readonly sense: 'minimize' | 'maximize' | 'find';
  /** The expression as written (a vector for several objectives). */
  readonly node: Node | undefined;
  readonly terms: readonly Term[];
  /** The terms that are sums or averages over a set, or expectations; of `find` those within the operator of `0 in F(z) + normal_cone`. */
  readonly sums: readonly SampledSum[];
  /** Names of the variables it owns, in order of declaration. */
  readonly owns: readonly string[];
  /** Owned parts where a family of players owns slices: `over q[i]`. */
  readonly player: Player | undefined;
  /** 1, or the number of bracketed objectives. */
  readonly objectives: number;
  readonly span: Span;
}

/** `forall(i in I) … over q[i]`: a goal for each index. `node` and `terms` depend on `index` (0-based positions). */
export interface Player {
  readonly index: readonly Node<'parameter'>[];
  readonly sets: readonly (string | undefined)[];
  readonly shape: readonly Dim[];
  /** For each owned variable its positions on the leading axes, over `index`. */
  readonly slices: readonly { readonly variable: string; readonly positions: readonly Node[] }[];
}

export type Relation =
  | { readonly kind: 'equal'; readonly residual: Node } // residual == 0
  | { readonly kind: 'lessEqual'; readonly residual: Node } // residual <= 0
  | { readonly kind: 'in'; readonly value: Node; readonly domain: Domain }
  | { readonly kind: 'implies'; readonly condition: Node; readonly then: readonly Relation[] }
  | { readonly kind: 'complements'; readonly left: Node; readonly right: Node } // 0 <= left ⊥ right >= 0
  | { readonly kind: 'variational'; readonly operator: Node } // 0 in F(z) + normal cone
  | {
      readonly kind: 'robust';
      readonly uncertain: readonly Node<'parameter'>[];
      readonly set: Domain;
      readonly relation: Relation;
    }
  | {
      readonly kind: 'chance';
      /** probability(event) >= level, or <= level where `atMost`. */
      readonly level: Node;
      readonly atMost: boolean;
      readonly draws: readonly RandomQuantity[];
      readonly event: readonly Relation[];
    };

export interface Constraint {
  readonly name: string | undefined;
  readonly relation: Relation;
  /** Axes of `forall (i in I)`, which lead in every residual; the relation holds for each of their positions. */
  readonly lanes: readonly Dim[];
  /** Goals it binds beyond the default, from `… over y`. */
  readonly over: readonly string[] | undefined;
  /** Labels of the axes of the residual, for reports of duals. */
  readonly labels: AxisLabels;
  readonly span: Span;
}

export interface Level {
  readonly name: string | undefined;
  readonly choice: 'optimistic' | 'pessimistic';
  /** A family: one problem for each index. Inside, `index` stands for the member; the level's expressions depend on it. */
  readonly family:
    | {
        readonly index: readonly Node<'parameter'>[];
        readonly sets: readonly (string | undefined)[];
        readonly shape: readonly Dim[];
      }
    | undefined;
  /** How many leading axes of every variable count problems that share nothing: what a family became. */
  readonly members?: number;
  readonly variables: readonly Variable[];
  readonly goals: readonly Goal[];
  readonly constraints: readonly Constraint[];
  readonly lower: readonly Level[];
  readonly span: Span;
}

export interface Metric {
  readonly name: string;
  readonly node: Node;
  readonly doc: string | undefined;
  readonly span: Span;
}

/** One `known { … }` block: names (`value`, variables, metrics) to expressions. */
export interface Known {
  readonly entries: readonly { readonly name: string; readonly node: Node; readonly span: Span }[];
}

/** A size that must not be negative once sizes are known: what `check` could not prove. */
export interface SizeCheck {
  readonly nonnegative: Dim;
  readonly message: string;
  readonly span: Span;
}

export interface Problem {
  readonly name: string;
  readonly doc: string | undefined;
  readonly sizes: readonly SizeSource[];
  readonly checks: readonly SizeCheck[];
  readonly sets: readonly IndexSet[];
  readonly params: readonly Param[];
  readonly data: readonly DataItem[];
  readonly level: Level;
  readonly metrics: readonly Metric[];
  readonly known: readonly Known[];
  /** Expectations without a closed form, wherever they stand. */
  readonly sampled?: readonly SampledMean[];
  readonly span: Span;
}
