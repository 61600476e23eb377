// What a method's pattern names mean for the problem at hand. The match room gives it, `lowerMethod` (method.ts) asks it.
//
// All points are flat vectors (docs/architecture.md: the flat vector). Everything asked for here is asked *in one lane*: a method
// that evaluates `f` at many points, or `prox` for each agent, gets the answer for one point over region parameters, and
// `vectorize` (vectorize.ts) turns it into whole-array work. The room that answers need not know of batches.
//
// Counting: answers are plain IR without `oracle` nodes. `lowerMethod` wraps them, and wraps derivatives (derivative.ts).
import type { Span } from '../../grammar/span.ts';
import type { Domain, Variable } from '../problem/problem.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';

/** A problem variable within the flat vector of a pattern variable. */
export interface PatternPart {
  readonly variable: Variable;
  /** Where its entries begin in the flat vector. */
  readonly offset: Dim;
  readonly shape: readonly Dim[];
}

/** `x` of a pattern: a flat vector of all variables that the matching goal owns. */
export interface PatternVariable {
  readonly name: string;
  readonly size: Dim;
  readonly parts: readonly PatternPart[];
  /** The flat start, over data, params and `start` draws. */
  readonly start: Node;
}

/** One argument of a pattern function: a point (flat vector), or an element of the pattern's set `D` or `C`. */
export type PatternArgument =
  | { readonly kind: 'point'; readonly node: Node }
  /** 0-based position in a finite set (int scalar). */
  | { readonly kind: 'position'; readonly node: Node }
  /** The element at a 0-based place (int scalar) of a batch. */
  | { readonly kind: 'draw'; readonly place: Node; readonly batch: DrawnBatch };

/** Drawn elements: what stands for an element in a function's expression, and its value at a place of the batch. Laws may depend on variables: `at` has
 * their values. The noise is the batch's own: at other points it is the same, moved. */
export type DrawnBatch = (place: Node, at: ReadonlyMap<Node, Node>) => ReadonlyMap<Node, Node>;

/** `f`, `g`, `h`, `F`, `r` of a pattern. */
export interface PatternFunction {
  readonly name: string;
  /** The value for these arguments, in the order of the pattern: a scalar, or a vector for `F is vector`, `r` of `sumsq(r(x))`, `g` and
   * `h` of constraints. In the sense of minimisation where the pattern minimises. */
  readonly apply: (args: readonly PatternArgument[]) => Node;
  /** What a call counts as: the operator of a game is made of gradients. */
  readonly counts: 'values' | 'grads';
  /** Whether its elements count as samples: the one element of a goal without sums is none. */
  readonly samples: boolean;
}

/** `K` of `h(K*x)`. */
export interface PatternMap {
  readonly name: string;
  readonly rows: Dim;
  readonly columns: Dim;
  readonly apply: (x: Node) => Node;
  readonly applyTransposed: (y: Node) => Node;
  /** The matrix itself, where a method takes it apart. */
  readonly matrix: () => Node;
}

/** `D` of `E(i in D) f(x, i)` and `C` of `sum(c in C) f(c, x)`. */
export type PatternSet =
  | {
      readonly kind: 'finite';
      readonly name: string;
      readonly size: Dim;
      /** Told of each batch that is drawn without replacement: there must be as many elements. */
      readonly drawing: (count: Dim) => void;
    }
  | {
      readonly kind: 'distribution';
      readonly name: string;
      /** `count` fresh elements, drawn at this site for these counters. */
      readonly draw: (site: number, counters: readonly Node[], count: Dim) => DrawnBatch;
    };

/** What a method asks about a role; `role` is the pattern's name (`h`, `X`) or a domain named in place (`lmo(simplex, g)`). */
export type OperationName =
  | 'prox' // (t, v)
  | 'prox_conj' // (t, v)
  | 'conj' // (v)
  | 'project' // (v)
  | 'lmo' // (g)
  | 'distance' // (v)
  | 'mirror' // (v)
  | 'mirror_dual' // (x)
  | 'retract' // (x, d)
  | 'tangent' // (x, g)
  | 'transport' // (x, y, d)
  | 'lipschitz' // ()
  | 'strong_convexity'; // ()

export type OperationRole =
  | { readonly kind: 'role'; readonly name: string }
  | { readonly kind: 'domain'; readonly domain: Domain };

export interface PatternOperation {
  readonly name: OperationName;
  readonly role: OperationRole;
  readonly args: readonly Node[];
  readonly span: Span;
}

export interface PatternSemantics {
  /** In the order of the pattern. */
  readonly variables: readonly PatternVariable[];
  readonly functions: ReadonlyMap<string, PatternFunction>;
  readonly maps: ReadonlyMap<string, PatternMap>;
  readonly sets: ReadonlyMap<string, PatternSet>;
  /** Names of domains (`X`, `Y`) that the pattern binds. */
  readonly domains: ReadonlyMap<string, Domain | undefined>;
  /** The answer of an operation, or undefined where there is none: the match room has then collected the diagnostic. */
  readonly operation: (operation: PatternOperation) => Node | undefined;
}
