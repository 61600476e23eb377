// Methods in the typed model: the shape of problem that a method is for, and what the body becomes once it meets a problem.
import type { Argument, FunctionDecl, MethodDecl } from '../../grammar/ast.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { Dim } from '../tensor/dim.ts';
import type {
  Axis,
  IndexSet,
  MethodParameter,
  ProblemModel,
  SizeDecl,
  TensorType,
  TypedDomain,
  TypedExpression,
  TypedStatement,
  VariableDecl,
} from './types.ts';

/** `x` of `over x`: all variables that the matching goal owns, as one vector. In `MethodModel.pattern` its size is the symbol `dim(x)`; in an elaborated body it
 * has the size of the binding. Same name, same variable. */
export interface PatternVariable {
  readonly kind: 'patternVariable';
  readonly name: string;
  readonly type: TensorType;
  /** `over x in X` (a role), `over x in simplex` (that very domain, without arguments). */
  readonly domain: TypedDomain | undefined;
  readonly span: Span;
}

/** One of the variables that a pattern variable stands for, as `each w in x` sees it: its own shape, row-major from `offset` of the flat vector. */
export interface VariablePart {
  readonly kind: 'part';
  /** `w`. */
  readonly name: string;
  readonly of: string;
  readonly variable: VariableDecl;
  readonly offset: Dim;
  readonly type: TensorType;
  readonly span: Span;
}

/** `X`. */
export interface PatternDomain {
  readonly kind: 'patternDomain';
  readonly name: string;
  readonly span: Span;
}

/** `K` of `h(K*x)`. */
export interface PatternMap {
  readonly kind: 'patternMap';
  readonly name: string;
  readonly span: Span;
}

/** `D` of `E(i in D)`, `C` of `sum(c in C)`. */
export interface PatternSet {
  readonly kind: 'patternSet';
  readonly name: string;
  readonly use: 'average' | 'agents';
  readonly span: Span;
}

export type PatternArgument =
  | { readonly kind: 'variable'; readonly variable: string }
  | { readonly kind: 'mapped'; readonly map: PatternMap; readonly variable: string }
  | { readonly kind: 'index'; readonly set: PatternSet };

/** `f` of `f(x, i)`. `result` is `vector` under `sumsq(r(x))`, in constraints, and where `F is vector`; `operator`, a vector like x, for
 * `0 in F(x) + normal_cone` and `0 <= F(x) complements x >= 0`. */
export interface PatternFunction {
  readonly kind: 'patternFunction';
  readonly name: string;
  readonly parameters: readonly PatternArgument[];
  readonly result: 'scalar' | 'vector' | 'operator';
  readonly span: Span;
}

export type PatternTerm =
  | { readonly kind: 'call'; readonly function: PatternFunction; readonly span: Span }
  | { readonly kind: 'sumsq'; readonly function: PatternFunction; readonly span: Span }
  | {
      readonly kind: 'average' | 'agents';
      readonly set: PatternSet;
      readonly index: string;
      readonly function: PatternFunction;
      readonly span: Span;
    };

export interface PatternGoal {
  readonly sense: 'minimize' | 'maximize';
  /** The summands. */
  readonly terms: readonly PatternTerm[];
  /** What it decides; the variables of the lower level for a goal that chooses among its solutions. */
  readonly over: readonly PatternVariable[];
  readonly chooses: boolean;
  readonly span: Span;
}

export type PatternConstraint =
  /** `g(x) <= 0`, `h(x) == 0`. */
  | {
      readonly kind: 'lessEqual' | 'equal';
      readonly function: PatternFunction;
      readonly span: Span;
    }
  /** `0 in F(x) + normal_cone`, `0 in E(i in D) F(x, i) + normal_cone`. */
  | { readonly kind: 'variational'; readonly function: PatternFunction; readonly span: Span }
  /** `0 <= F(x) complements x >= 0`. */
  | { readonly kind: 'complements'; readonly function: PatternFunction; readonly span: Span };

export interface PatternLevel {
  readonly name: string | undefined;
  readonly goals: readonly PatternGoal[];
  /** `find x subject to { … }`. */
  readonly find: readonly PatternVariable[] | undefined;
  readonly constraints: readonly PatternConstraint[];
  readonly lower: readonly PatternLevel[];
  readonly span: Span;
}

export type QualifierProperty =
  | 'smooth'
  | 'convex'
  | 'strongly_convex'
  | 'linear'
  | 'quadratic'
  | 'bilinear'
  | 'separable'
  | 'monotone'
  | 'vector'
  | 'prox'
  | 'project'
  | 'lmo'
  | 'retract'
  | 'barrier'
  | 'mirror'
  | 'real'
  | 'int';

export interface TypedQualifier {
  /** A function, domain or variable of the pattern. */
  readonly subject: PatternFunction | PatternDomain | PatternVariable;
  readonly verb: 'is' | 'has';
  readonly property: QualifierProperty;
  readonly span: Span;
}

export interface MethodModel {
  readonly kind: 'method';
  readonly name: string;
  readonly doc: string | undefined;
  readonly parameters: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly span: Span;
  }[];
  readonly pattern: PatternLevel;
  readonly variables: readonly PatternVariable[];
  readonly functions: readonly PatternFunction[];
  readonly domains: readonly PatternDomain[];
  readonly maps: readonly PatternMap[];
  readonly sets: readonly PatternSet[];
  readonly qualifiers: readonly TypedQualifier[];
  /** The name of the implementation in the runtime, in place of a body. */
  readonly native: string | undefined;
  /** Names after `report`. */
  readonly reports: readonly string[];
  /** What `elaborateMethod` reads. */
  readonly declaration: MethodDecl;
  readonly scope: ReadonlyMap<string, FunctionDecl>;
  readonly span: Span;
}

/** What matching found for the roles of a pattern. Every role of the pattern must be bound. */
export interface MethodBindings {
  /** Arguments as written in `with m(…)` or `solve … with m(…)`, evaluated in the problem's scope. */
  readonly args: readonly Argument[];
  /** Values of new `sweep` names for this run. */
  readonly sweep: ReadonlyMap<string, number>;
  readonly variables: ReadonlyMap<
    string,
    {
      readonly size: Dim;
      /** In order of declaration. `shape` as the matching level sees the variable. */
      readonly parts: readonly {
        readonly variable: VariableDecl;
        readonly offset: Dim;
        readonly shape: readonly Axis[];
      }[];
    }
  >;
  /** Shape of the value: empty for a scalar, one axis for a vector. */
  readonly functions: ReadonlyMap<string, { readonly shape: readonly Axis[] }>;
  readonly maps: ReadonlyMap<string, { readonly rows: Dim; readonly columns: Dim }>;
  /** `actual`: the set it matched, undefined for a distribution (then `size` is too). */
  readonly sets: ReadonlyMap<
    string,
    { readonly actual: IndexSet | undefined; readonly size: Dim | undefined }
  >;
}

/** A method's body in one problem. */
export interface ElaboratedMethod {
  readonly method: MethodModel;
  readonly problem: ProblemModel;
  /** With values: argument, else default. */
  readonly parameters: readonly MethodParameter[];
  readonly variables: readonly PatternVariable[];
  readonly statements: readonly TypedStatement[];
  /** Sizes beyond the problem's that the body uses. */
  readonly sizes: readonly SizeDecl[];
  /** How many draw sites the body has; sites of the body are 0 … draws-1. */
  readonly draws: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** The value of an argument of a method or reduction that is a plain number, e.g. `T` of `unroll(T, m)`. */
export type ConstantArgument = TypedExpression;
