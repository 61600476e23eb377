// The tensor IR: interned, immutable, acyclic, pure. Everything after the typed model is written in it: goals,
// constraints, domains, prox operators, a method's step, certificates. It knows nothing of problems or methods.
//
// - A node is one array-valued operation on whole arrays. There is no implicit broadcasting: elementwise operations take
//   equal shapes, `broadcast` is explicit. Positions are 0-based (the language is 1-based; lowering subtracts).
// - Interning (graph.ts): same operation, attributes and arguments give the same object, so `===` is equality and common
//   subexpressions are shared by construction.
// - Loops and branches are nodes that hold regions. A region's body may use any outer node freely (a closure); what depends on
//   none of a region's parameters is evaluated outside loops, but inside the branch of a `cond` that alone needs it (lazily).
// - Elements are 64-bit floats; `int` and `bool` (0 or 1) are kinds, not storage.
import type { Dim } from './dim.ts';

/** The kind says what surely holds of the values: an `int` is a whole number (so the constant 2 is one), a `bool` 0 or 1. A state of a loop has
 * the kind that holds through all iterations. */
export type Element = 'real' | 'int' | 'bool' | 'complex';

/** `csr`: a matrix stored by compressed rows. Only matrices are sparse; an entry that is not stored is an exact zero, for infinities and NaN too. Which
 * operations keep it is said by the shape rules (shape.ts). */
export type Storage = 'dense' | 'csr';

export interface TensorType {
  readonly element: Element;
  readonly shape: readonly Dim[];
  readonly storage: Storage;
}

export type UnaryFn =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'log'
  | 'log1p'
  | 'expm1'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'erf'
  | 'lgamma'
  | 'digamma'
  | 'trigamma'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'not'
  | 'xlogx'
  | 'isnan';

/** Comparisons give bool. `max`/`min` split the derivative evenly at ties; `pow` has 0^0 = 1; `mod` has the divisor's sign;
 * `xlogy(0, 0) = 0`; `kl(x, y) = x log(x/y) - x + y`. */
export type BinaryFn =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'max'
  | 'min'
  | 'atan2'
  | 'mod'
  | 'eq'
  | 'ne'
  | 'le'
  | 'lt'
  | 'and'
  | 'or'
  | 'xlogy'
  | 'kl';

export type ReduceFn = 'sum' | 'prod' | 'max' | 'min' | 'any' | 'all';

export type Distribution =
  | 'normal'
  | 'uniform'
  | 'bernoulli'
  | 'categorical'
  | 'poisson'
  | 'exponential'
  | 'gamma'
  | 'beta'
  | 'laplace'
  | 'student_t'
  | 'dirichlet'
  | 'rademacher'
  | 'permutation';

/** Where the value of an input comes from. `variable`: a decision; `state`: a method's state; `data`, `param`, `set` (positions or labels of a
 * computed set): fixed for a run; `dual`: a multiplier; `iteration`: the number of the counted iteration, from 1; `seed`: the run's seed. */
export type InputRole =
  'variable' | 'state' | 'data' | 'param' | 'set' | 'dual' | 'iteration' | 'seed';

/** Oracle kinds as the language counts them (§6 Counting). */
export type OracleKind =
  | 'values'
  | 'grads'
  | 'hvps'
  | 'jvps'
  | 'solves'
  | 'projections'
  | 'proxes'
  | 'lmos'
  | 'samples'
  | 'bits'
  | 'bits_down'
  | 'draws';

/** A piece of program with parameters: the body of a loop, a branch. `results` may use outer nodes. */
export interface Region {
  readonly parameters: readonly Node<'parameter'>[];
  readonly results: readonly Node[];
}

/** Attributes of each operation; the arguments it takes are in the comment. One entry an operation: adding one here makes
 * every table (shape, value, jvp, transpose, …) incomplete until it has a rule. */
export interface Attributes {
  // Leaves.
  /** A named value from outside. Type given at creation. */
  input: { readonly name: string; readonly role: InputRole };
  /** A parameter of a region; `key` makes it unique in its graph. */
  parameter: { readonly key: number; readonly name: string };
  /** A scalar. */
  constant: { readonly value: number };
  /** A dense literal of constant shape, row-major. */
  literal: { readonly values: readonly number[] };
  /** The value of a size, an int scalar. */
  size: { readonly dim: Dim };
  /** int[length]: start, start + 1, … */
  iota: { readonly start: Dim; readonly length: Dim };

  // Elementwise: (x), (x, y), (condition, then, else), equal shapes.
  unary: { readonly fn: UnaryFn };
  binary: { readonly fn: BinaryFn };
  select: Record<never, never>;
  /** (x): value x, derivative zero. */
  stop: Record<never, never>;
  /** (x): x, counted once for each execution as `times` calls of the oracle (`name` of the pattern function). Interning makes equal
   * function, point and derivative one node. Removed before simplification, when counts are placed. */
  oracle: { readonly kind: OracleKind; readonly name: string; readonly times: Dim };

  // Arrangement. (x) unless said otherwise.
  /** Input axis k becomes output axis axes[k] (increasing); other output axes repeat. */
  broadcast: { readonly shape: readonly Dim[]; readonly axes: readonly number[] };
  /** Output axis k is input axis permutation[k]. */
  transpose: { readonly permutation: readonly number[] };
  /** Row-major; same number of entries. */
  reshape: { readonly shape: readonly Dim[] };
  /** Contiguous block. */
  slice: { readonly start: readonly Dim[]; readonly size: readonly Dim[] };
  /** Zeros around x; the transpose of `slice`. */
  pad: { readonly before: readonly Dim[]; readonly shape: readonly Dim[] };
  reverse: { readonly axis: number };
  /** (x1, x2, …) joined along the axis. */
  concat: { readonly axis: number };
  /** (x, index for axes[0], index for axes[1], …), indices int of equal shape S: result shape S followed by the other axes of x.
   * `inBounds: false` asks for a check at run time. */
  gather: { readonly axes: readonly number[]; readonly inBounds: boolean };
  /** (updates, indices…): zeros(shape) with the updates added at the positions; the transpose of `gather`. */
  scatter: { readonly axes: readonly number[]; readonly shape: readonly Dim[] };
  /** (x, value, scalar or vector indices…): x with the addressed part replaced, laid out as `gather` would give it. */
  put: { readonly axes: readonly number[] };
  /** (mask): the positions of the true entries in row-major order, int[length, rank]; `length` is a fresh size symbol that this node defines. */
  compress: { readonly length: Dim };

  // Reductions and scans along axes. (x)
  reduce: { readonly fn: ReduceFn; readonly axes: readonly number[] };
  /** 0-based position of the first extremal entry. */
  argreduce: { readonly fn: 'argmax' | 'argmin'; readonly axis: number };
  cumulate: { readonly fn: 'sum' | 'prod'; readonly axis: number; readonly reverse: boolean };
  sort: { readonly axis: number; readonly descending: boolean };
  /** 0-based positions, stable. */
  argsort: { readonly axis: number; readonly descending: boolean };

  /** (a, b): sum over paired axes; result shape: batch axes, free axes of a, free axes of b. */
  contract: {
    readonly batch: readonly (readonly [number, number])[];
    readonly sum: readonly (readonly [number, number])[];
  };

  // Dense linear algebra on the last two axes, batched over the leading ones.
  /** (A symmetric positive definite): lower triangular L, A = L L'. */
  cholesky: Record<never, never>;
  /** (L, B): solves L X = B, or L' X = B; B has the axes of a matrix. `lower` says which triangle L is. */
  triangularSolve: { readonly lower: boolean; readonly transposed: boolean };
  /** (A square, B): A X = B by LU with partial pivoting, or by Cholesky where `positiveDefinite`. */
  solve: { readonly positiveDefinite: boolean };
  /** (A, B): least squares (minimum norm where rank deficient). */
  leastSquares: Record<never, never>;
  /** (A): Q, R thin, diagonal of R nonnegative. Two results. The thin size is `minDim` of rows and columns. */
  qr: Record<never, never>;
  /** (A symmetric): eigenvalues ascending, eigenvectors in columns, each with the sign that makes its first entry of at least 0.41 times the
   * largest one positive. Two results. */
  eigh: Record<never, never>;
  /** (A): U thin, s descending, V thin (A = U diag(s) V'); signs as for `eigh`, fixed on the columns of U. Three results. */
  svd: Record<never, never>;
  /** (A): log|det A|, and its sign. Two results. */
  logabsdet: Record<never, never>;
  expm: Record<never, never>;

  /** Result `index` of a node with several results. */
  part: { readonly index: number };

  // Regions.
  /** (count, initial states…): for index = 0 … count-1, region parameters (index, states…), results (next states…, outputs…).
   * Results: final states, then each output stacked along a new first axis of length `length` (undefined where nothing is stacked). */
  loop: { readonly region: Region; readonly states: number; readonly length: Dim | undefined };
  /** (initial states…): while condition(states) holds, states = body(states). */
  while: { readonly condition: Region; readonly body: Region };
  /** (condition): the results of one branch, evaluated lazily; regions without parameters. */
  cond: { readonly then: Region; readonly otherwise: Region };
  /** (start): z with residual(z) == 0, differentiated implicitly. `solved`: the start is the solution already, and only the derivative is left to the equation.
   * `members`: how many leading axes of z count equations that share nothing. */
  root: { readonly residual: Region; readonly solved: boolean; readonly members: number };
  /** (start): z with z == map(z), differentiated implicitly. */
  fixpoint: { readonly map: Region };
  /** (start): z that minimises objective(z), differentiated implicitly. */
  minimizer: { readonly objective: Region };

  /** (parameters of the distribution…, counters…): entries drawn independently. Parameters are scalars or have the shape of the result; the vector of a
   * `categorical` (weights) or `dirichlet` has one axis, or that axis after the shape (`dirichlet`: the shape ends in it). Their meaning, with
   * 0-based positions for `categorical` and `permutation`, is documented in runtime/random/distributions.ts. `site` numbers the place in the source; the counters are all loop
   * counters around it. `parameters` of the arguments are parameters, the rest counters. Never merged or moved out of a loop. */
  draw: {
    readonly distribution: Distribution;
    readonly site: number;
    readonly parameters: number;
    readonly shape: readonly Dim[];
    /** Which seed keys it: the run's, or the data seed. */
    readonly stream: 'run' | 'data';
  };
  /** (counters…): k positions out of `population`, without replacement, int[k] (ascending draws order). */
  sample: { readonly site: number; readonly population: Dim; readonly count: Dim };
}

export type Op = keyof Attributes;

export interface NodeOf<O extends Op> {
  readonly op: O;
  readonly id: number;
  readonly attributes: Attributes[O];
  readonly args: readonly Node[];
  /** The type of the only result, or of the first of several. */
  readonly type: TensorType;
  /** All results. A node with more than one is used only through `part`; a node with one is used directly. */
  readonly results: readonly TensorType[];
  /** Keys of the region parameters it depends on, ascending: where it may be evaluated. */
  readonly free: readonly number[];
}

/** A node; `Node<'add'>`-style narrowing by `op` works through the distribution over operations. */
export type Node<O extends Op = Op> = { [K in O]: NodeOf<K> }[O];
