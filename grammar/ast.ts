/**
 * The syntax tree of a `.opt` file. Every node has a `kind` and a `span`; unions are closed. Trivia (comments, blank
 * lines) are not in the tree: `parse` returns the comments beside it, and the printer reads blank lines off the source.
 *
 * Notes for readers of the tree
 * - Parentheses leave no node; the span of a parenthesised expression includes them.
 * - `inf` is reserved and becomes a `Number`; `pi` is an ordinary `Name`, which a file may redefine.
 * - `end` inside an index becomes `End` and refers to the nearest `Index` around it.
 * - Words such as `zeros`, `real` or `simplex` are plain names here. The model gives them meaning.
 * - `Bad` stands where an expression could not be read. A message has been given: stay silent about it.
 */
import type { Span } from './span.ts';

/** An identifier, NFC-normalised. As an expression it is a reference, elsewhere a declaration. */
export interface Name {
  readonly kind: 'Name';
  readonly name: string;
  readonly span: Span;
}

/** `## text` before a declaration, member, constraint: the lines joined by `\n`, without the marks. */
export interface Doc {
  readonly text: string;
  readonly span: Span;
}

/** The names that a binding brings: `i`, or a tuple `(i, j)`. */
export interface Names {
  readonly kind: 'Names';
  readonly names: readonly Name[];
  /** True for `(i, j)`, also for the tuple of one that recovery may leave. */
  readonly tuple: boolean;
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------- file

export interface FileAst {
  readonly kind: 'File';
  readonly declarations: readonly Declaration[];
  readonly span: Span;
}

export type Declaration =
  ImportDecl | FunctionDecl | ProblemDecl | MethodDecl | CompareDecl | SolveDecl | BadMember;

/** `import "shared.opt"` */
export interface ImportDecl {
  readonly kind: 'Import';
  readonly doc?: Doc;
  readonly path: Text;
  readonly span: Span;
}

/** `function f(x, y : real = 1) = …`; also a member of a problem. */
export interface FunctionDecl {
  readonly kind: 'Function';
  readonly doc?: Doc;
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly body: FunctionBody;
  readonly span: Span;
}

/** `x`, `r : real[n]`, `step : real >= 0 = 0.1` of a function or method. */
export interface Parameter {
  readonly kind: 'Parameter';
  readonly name: Name;
  readonly type?: Type;
  readonly bounds: readonly Bound[];
  readonly value?: Expr;
  readonly span: Span;
}

/** `= e` has no lets and `braces` false; `= { let …  e }` has braces. */
export interface FunctionBody {
  readonly kind: 'FunctionBody';
  readonly braces: boolean;
  readonly lets: readonly LetMember[];
  readonly value: Expr;
  readonly span: Span;
}

export interface ProblemDecl {
  readonly kind: 'Problem';
  readonly doc?: Doc;
  readonly name: Name;
  readonly members: readonly Member[];
  readonly span: Span;
}

/** `method m(a : real) for { pattern } where f is smooth { body }` */
export interface MethodDecl {
  readonly kind: 'Method';
  readonly doc?: Doc;
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly pattern: Pattern;
  readonly qualifiers: readonly Qualifier[];
  readonly body: Block | Native;
  readonly span: Span;
}

/** The shape of problem that a method is for: `{ minimize f(x) over x in X }`. */
export interface Pattern {
  readonly kind: 'Pattern';
  readonly members: readonly PatternMember[];
  readonly span: Span;
}

export type PatternMember = GoalMember | SubjectMember | LowerMember | FindMember;

/** `f is smooth`, `X has project` */
export interface Qualifier {
  readonly kind: 'Qualifier';
  readonly subject: Name;
  readonly verb: 'is' | 'has';
  readonly property: Name;
  readonly span: Span;
}

/** `native "highs"` in place of a method's body. */
export interface Native {
  readonly kind: 'Native';
  readonly name: Text;
  readonly span: Span;
}

/** `compare "title" of P { … }` */
export interface CompareDecl {
  readonly kind: 'Compare';
  readonly doc?: Doc;
  readonly title?: Text;
  readonly problem: Name;
  readonly items: readonly CompareItem[];
  readonly span: Span;
}

export type CompareItem =
  OnItem | WithItem | SweepItem | SeedsItem | StopItem | ClaimItem | BadMember;

/** `on { noise = 0.3 }` */
export interface OnItem {
  readonly kind: 'On';
  readonly entries: readonly Entry[];
  readonly span: Span;
}

/** `with m(args) via r1 via r2 as "label"` */
export interface WithItem {
  readonly kind: 'With';
  readonly method: Use;
  readonly via: readonly Use[];
  readonly label?: Text;
  readonly span: Span;
}

/** `sweep lam in {10, 100}` */
export interface SweepItem {
  readonly kind: 'Sweep';
  readonly name: Name;
  readonly values: Expr;
  readonly span: Span;
}

/** `seeds 1..5` */
export interface SeedsItem {
  readonly kind: 'Seeds';
  readonly values: Expr;
  readonly span: Span;
}

/** `stop when gap <= 1e-6 or time >= 20 s` of a comparison. */
export interface StopItem {
  readonly kind: 'StopWhen';
  readonly condition: Expr;
  readonly span: Span;
}

/** `claim "text": e` */
export interface ClaimItem {
  readonly kind: 'Claim';
  readonly title: Text;
  readonly condition: Expr;
  readonly span: Span;
}

/** `solve P with m(args) via r stop when c` */
export interface SolveDecl {
  readonly kind: 'Solve';
  readonly doc?: Doc;
  readonly problem: Name;
  readonly method?: Use;
  readonly via: readonly Use[];
  readonly stop?: Expr;
  readonly span: Span;
}

/** A method or a reduction with its arguments: `admm(rho = 1)`, `kkt(follower)`, `hadamard`. */
export interface Use {
  readonly kind: 'Use';
  readonly name: Name;
  readonly args: readonly Argument[];
  readonly span: Span;
}

/** `name = e` of `on` and `known`. */
export interface Entry {
  readonly kind: 'Entry';
  readonly name: Name;
  readonly value: Expr;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------- members

export type Member =
  | SetMember
  | DataMember
  | ParamMember
  | VarMember
  | LetMember
  | GoalMember
  | SubjectMember
  | FindMember
  | LowerMember
  | MetricMember
  | KnownMember
  | FunctionDecl
  | BadMember;

/** Something that could not be read, and the names it would have declared: silence about them too. */
export interface BadMember {
  readonly kind: 'BadMember';
  readonly names: readonly Name[];
  readonly span: Span;
}

/** `set I = 1..n`, `set K from csv(…)` */
export interface SetMember {
  readonly kind: 'Set';
  readonly doc?: Doc;
  readonly name: Name;
  readonly init: SetInit;
  readonly span: Span;
}

export type SetInit = Computed | Read;

/** `data A : real[m, n] >= 0 = …`, with `sparse` before it or not. */
export interface DataMember {
  readonly kind: 'Data';
  readonly doc?: Doc;
  readonly sparse: boolean;
  readonly name: Name;
  readonly type: Type;
  readonly bounds: readonly Bound[];
  readonly domain?: Expr;
  readonly init: DataInit;
  readonly span: Span;
}

export type DataInit = Computed | Drawn | Read | Required;

/** `= e` */
export interface Computed {
  readonly kind: 'Computed';
  readonly value: Expr;
  readonly span: Span;
}

/** `~ normal(0, 1)` */
export interface Drawn {
  readonly kind: 'Drawn';
  readonly distribution: Expr;
  readonly span: Span;
}

/** `from csv("f.csv", columns = 1..10)` */
export interface Read {
  readonly kind: 'Read';
  readonly format: Name;
  readonly args: readonly Argument[];
  readonly span: Span;
}

/** Nothing: the value must be given at run time. */
export interface Required {
  readonly kind: 'Required';
  readonly span: Span;
}

/** `param mu : real >= 0 = 0.1` */
export interface ParamMember {
  readonly kind: 'Param';
  readonly doc?: Doc;
  readonly name: Name;
  readonly type: Type;
  readonly bounds: readonly Bound[];
  readonly domain?: Expr;
  readonly value?: Expr;
  readonly span: Span;
}

/** `var a, b : real[n] in D >= 0 <= 1 start zeros` */
export interface VarMember {
  readonly kind: 'Var';
  readonly doc?: Doc;
  readonly names: readonly Name[];
  readonly type: Type;
  readonly bounds: readonly Bound[];
  readonly domain?: Expr;
  readonly start?: Computed | Drawn;
  readonly solves?: Solves;
  readonly span: Span;
}

/** `solves minimize e`, sugar for a lower level with that one variable. */
export interface Solves {
  readonly kind: 'Solves';
  readonly sense: Sense;
  readonly value: Expr;
  readonly span: Span;
}

/** `>= 0` after a type. */
export interface Bound {
  readonly kind: 'Bound';
  readonly op: BoundOp;
  readonly value: Expr;
  readonly span: Span;
}

export type BoundOp = '<=' | '<' | '>=' | '>';

/** `let r = A*x - b`, `let (w, V) = eigh(M)`; a member, a statement, or in the braces of a function. */
export interface LetMember {
  readonly kind: 'Let';
  readonly doc?: Doc;
  readonly target: Names;
  readonly value: Expr;
  readonly span: Span;
}

export type Sense = 'minimize' | 'maximize';

/** `minimize e over x, y`, perhaps `forall(i in I)` before it: a goal for each index. */
export interface GoalMember {
  readonly kind: 'Goal';
  readonly doc?: Doc;
  readonly quantifier?: Quantifier;
  readonly sense: Sense;
  readonly value: Expr;
  /** Empty: all variables of the level that no other goal owns. */
  readonly over: readonly Owned[];
  readonly span: Span;
}

/** `x`, `q[i]`, or in patterns `x in X`, after `over` and `find`. */
export interface Owned {
  readonly kind: 'Owned';
  readonly name: Name;
  readonly index: readonly IndexArgument[];
  readonly domain?: Expr;
  readonly span: Span;
}

/** `(i in I, j in J where i < j)` after `forall`, or after the name of a family of lower levels. */
export interface Quantifier {
  readonly kind: 'Quantifier';
  readonly bindings: readonly Binding[];
  readonly where?: Expr;
  readonly span: Span;
}

/** `subject to { … }` */
export interface SubjectMember {
  readonly kind: 'Subject';
  readonly doc?: Doc;
  readonly constraints: readonly Constraint[];
  readonly span: Span;
}

export type Constraint = Relation | ForallConstraint | Implies | Complements | BadMember;

/** `cap: f <= u over y`; the condition is a comparison, a chain, `in`, or several joined by `and`. */
export interface Relation {
  readonly kind: 'Relation';
  readonly doc?: Doc;
  readonly name?: Name;
  readonly condition: Expr;
  readonly over: readonly Owned[];
  readonly span: Span;
}

/** `name: forall(i in I) c` and `forall(i in I) { c1; c2 }`. */
export interface ForallConstraint {
  readonly kind: 'Forall';
  readonly doc?: Doc;
  readonly name?: Name;
  readonly quantifier: Quantifier;
  /** One without braces. */
  readonly constraints: readonly Constraint[];
  readonly braces: boolean;
  readonly span: Span;
}

/** `z implies e <= b` */
export interface Implies {
  readonly kind: 'Implies';
  readonly doc?: Doc;
  readonly name?: Name;
  readonly premise: Expr;
  readonly conclusion: Expr;
  readonly over: readonly Owned[];
  readonly span: Span;
}

/** `0 <= F(z) complements z >= 0` */
export interface Complements {
  readonly kind: 'Complements';
  readonly doc?: Doc;
  readonly name?: Name;
  readonly left: Expr;
  readonly right: Expr;
  readonly over: readonly Owned[];
  readonly span: Span;
}

/** `find x, y subject to { … }`; without constraints of its own when none follow. */
export interface FindMember {
  readonly kind: 'Find';
  readonly doc?: Doc;
  readonly quantifier?: Quantifier;
  readonly over: readonly Owned[];
  readonly constraints?: readonly Constraint[];
  readonly span: Span;
}

/** `lower optimistic task(i in 1..K) { … }` */
export interface LowerMember {
  readonly kind: 'Lower';
  readonly doc?: Doc;
  readonly policy?: 'optimistic' | 'pessimistic';
  readonly name?: Name;
  readonly family?: Quantifier;
  readonly members: readonly Member[];
  readonly span: Span;
}

/** `metric acc = e` */
export interface MetricMember {
  readonly kind: 'Metric';
  readonly doc?: Doc;
  readonly name: Name;
  readonly value: Expr;
  readonly span: Span;
}

/** `known { value = 17.014; x = [1, 2] }` */
export interface KnownMember {
  readonly kind: 'Known';
  readonly doc?: Doc;
  readonly entries: readonly Entry[];
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------- statements

export interface Block {
  readonly kind: 'Block';
  readonly statements: readonly Statement[];
  readonly span: Span;
}

export type Statement =
  | LetMember
  | State
  | Assign
  | Repeat
  | For
  | While
  | If
  | Each
  | Draw
  | Report
  | Stop
  | Return
  | BadMember;

/** `state s = e` */
export interface State {
  readonly kind: 'State';
  readonly target: Names;
  readonly value: Expr;
  readonly span: Span;
}

/** `x, S[k, :] <- e1, e2`; the parser gives as many values as targets, or a message. */
export interface Assign {
  readonly kind: 'Assign';
  readonly targets: readonly Place[];
  readonly values: readonly Expr[];
  readonly span: Span;
}

/** `x` or `S[k, :]` to the left of `<-`. */
export interface Place {
  readonly kind: 'Place';
  readonly name: Name;
  readonly index: readonly IndexArgument[];
  readonly span: Span;
}

/** `repeat { … }` */
export interface Repeat {
  readonly kind: 'Repeat';
  readonly body: Block;
  readonly span: Span;
}

/** `for k in 1..K { … }` */
export interface For {
  readonly kind: 'For';
  readonly target: Names;
  readonly set: Expr;
  readonly where?: Expr;
  readonly body: Block;
  readonly span: Span;
}

/** `while c { … }` */
export interface While {
  readonly kind: 'While';
  readonly condition: Expr;
  readonly body: Block;
  readonly span: Span;
}

/** `if c { … } else { … }`; `else if` is an `If` in `otherwise`. */
export interface If {
  readonly kind: 'If';
  readonly condition: Expr;
  readonly then: Block;
  readonly otherwise?: Block | If;
  readonly span: Span;
}

/** `each c in C where e { … }` */
export interface Each {
  readonly kind: 'Each';
  readonly target: Names;
  readonly set: Expr;
  readonly where?: Expr;
  readonly body: Block;
  readonly span: Span;
}

/** `u ~ normal(0, 1)[dim(x)]` */
export interface Draw {
  readonly kind: 'Draw';
  readonly name: Name;
  readonly distribution: Expr;
  readonly span: Span;
}

/** `report name = e` */
export interface Report {
  readonly kind: 'Report';
  readonly name: Name;
  readonly value: Expr;
  readonly span: Span;
}

/** `stop when c` in the body of a method. */
export interface Stop {
  readonly kind: 'Stop';
  readonly condition: Expr;
  readonly span: Span;
}

/** `return e1, e2` */
export interface Return {
  readonly kind: 'Return';
  readonly values: readonly Expr[];
  readonly span: Span;
}

// --------------------------------------------------------------------------------------------- types

/** `real[m, n]`, `bool`, or a set of labels. The element is `real int bool complex` or the name of a set. */
export interface Type {
  readonly kind: 'Type';
  readonly element: Name;
  readonly dims: readonly Expr[];
  readonly span: Span;
}

// --------------------------------------------------------------------------------------- expressions

export type Expr =
  | Name
  | NumberLiteral
  | BoolLiteral
  | Text
  | Duration
  | End
  | Unary
  | Binary
  | Comparison
  | Range
  | Transpose
  | Index
  | Call
  | Binder
  | Recurrence
  | Implicit
  | Conditional
  | Tuple
  | Tensor
  | Comprehension
  | SetLiteral
  | SetComprehension
  | Bad;

/** `3`, `2.5`, `1e-3`, `inf` */
export interface NumberLiteral {
  readonly kind: 'Number';
  readonly value: number;
  /** As written, so that no digit is lost in printing. */
  readonly text: string;
  readonly span: Span;
}

/** `true`, `false` */
export interface BoolLiteral {
  readonly kind: 'Bool';
  readonly value: boolean;
  readonly span: Span;
}

/** `"…"`, with its escapes resolved. */
export interface Text {
  readonly kind: 'Text';
  readonly value: string;
  readonly span: Span;
}

/** `20 s`, only in `stop when` of a comparison or a solve. */
export interface Duration {
  readonly kind: 'Duration';
  readonly text: string;
  readonly unit: DurationUnit;
  readonly seconds: number;
  readonly span: Span;
}

export type DurationUnit = 'ms' | 's' | 'min' | 'h';

/** `end` in an index. */
export interface End {
  readonly kind: 'End';
  readonly span: Span;
}

export type UnaryOp = '-' | 'not';

export interface Unary {
  readonly kind: 'Unary';
  readonly op: UnaryOp;
  readonly operand: Expr;
  readonly span: Span;
}

export type BinaryOp =
  'or' | 'and' | '+' | '-' | '.+' | '.-' | '*' | '/' | '\\' | '.*' | './' | '^' | '.^';

export interface Binary {
  readonly kind: 'Binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly opSpan: Span;
  readonly span: Span;
}

export type ComparisonOp = '==' | '!=' | '<=' | '<' | '>=' | '>' | 'in';

/** `a <= b`, `x in X`, and chains `l <= x <= u` with several links, in one direction. */
export interface Comparison {
  readonly kind: 'Comparison';
  readonly first: Expr;
  readonly links: readonly Link[];
  readonly span: Span;
}

/** `<= x` in a comparison. */
export interface Link {
  readonly kind: 'Link';
  readonly op: ComparisonOp;
  readonly right: Expr;
  readonly opSpan: Span;
  readonly span: Span;
}

/** `a..b`, inclusive. */
export interface Range {
  readonly kind: 'Range';
  readonly from: Expr;
  readonly to: Expr;
  readonly span: Span;
}

/** `A'` */
export interface Transpose {
  readonly kind: 'Transpose';
  readonly operand: Expr;
  readonly span: Span;
}

/** `A[i, :]`; also the shape of a distribution, `normal(0, 1)[d]`. */
export interface Index {
  readonly kind: 'Index';
  readonly operand: Expr;
  readonly args: readonly IndexArgument[];
  readonly span: Span;
}

export type IndexArgument = Expr | All;

/** `:` in an index. */
export interface All {
  readonly kind: 'All';
  readonly span: Span;
}

/** `f(x, axis = 1)`; also distributions, domains, `stop(e)`, `repeat(x, 2)`. */
export interface Call {
  readonly kind: 'Call';
  readonly callee: Name;
  readonly args: readonly Argument[];
  readonly span: Span;
}

/** `x` or `axis = 1` */
export interface Argument {
  readonly kind: 'Argument';
  readonly name?: Name;
  readonly value: Expr;
  readonly span: Span;
}

export type BinderOp = 'sum' | 'prod' | 'max' | 'min' | 'all' | 'any' | 'E' | 'P';

/** `sum(i in I, j in J where i < j) body`; the body is one multiplicative term. */
export interface Binder {
  readonly kind: 'Binder';
  readonly op: BinderOp;
  readonly opSpan: Span;
  readonly bindings: readonly Binding[];
  readonly where?: Expr;
  readonly body: Expr;
  readonly span: Span;
}

export type Binding = InBinding | DrawBinding;

/** `i in I`, `(i, j) in S`, `u : real[n] in ball(0, 1)` */
export interface InBinding {
  readonly kind: 'In';
  readonly target: Names;
  readonly type?: Type;
  readonly set: Expr;
  readonly span: Span;
}

/** `z ~ normal(0, 1)[d] by reparam` */
export interface DrawBinding {
  readonly kind: 'DrawFrom';
  readonly target: Names;
  readonly distribution: Expr;
  /** The gradient estimator: `reparam`, `score`, `enum`, `quadrature(n)`. */
  readonly by?: Use;
  readonly span: Span;
}

/** `fold(s = s0 for t in 1..T) step` is the last state, `scan` stacks the states. */
export interface Recurrence {
  readonly kind: 'Recurrence';
  readonly op: 'fold' | 'scan';
  readonly opSpan: Span;
  readonly state: Names;
  readonly start: Expr;
  readonly bindings: readonly Binding[];
  readonly where?: Expr;
  readonly body: Expr;
  readonly span: Span;
}

/** `root(z = z0) g`, `fixpoint(z = z0) g`, `minimizer(z = z0 in X) e` */
export interface Implicit {
  readonly kind: 'Implicit';
  readonly op: 'root' | 'fixpoint' | 'minimizer';
  readonly opSpan: Span;
  readonly state: Names;
  readonly start: Expr;
  readonly domain?: Expr;
  readonly body: Expr;
  readonly span: Span;
}

/** `if c then a else b` */
export interface Conditional {
  readonly kind: 'Conditional';
  readonly condition: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
  readonly span: Span;
}

/** `(a, b)`, at least two items. */
export interface Tuple {
  readonly kind: 'Tuple';
  readonly items: readonly Expr[];
  readonly span: Span;
}

/** `[1, 2, 3]`; nested for more axes. */
export interface Tensor {
  readonly kind: 'Tensor';
  readonly items: readonly Expr[];
  readonly span: Span;
}

/** `[e for i in 1..n, j in 1..n where c]` */
export interface Comprehension {
  readonly kind: 'Comprehension';
  readonly body: Expr;
  readonly bindings: readonly Binding[];
  readonly where?: Expr;
  readonly span: Span;
}

/** `{"a", "b"}`, `{10, 100}` */
export interface SetLiteral {
  readonly kind: 'SetLiteral';
  readonly items: readonly Expr[];
  readonly span: Span;
}

/** `{(i, j) for i in I, j in I where i < j}` */
export interface SetComprehension {
  readonly kind: 'SetComprehension';
  readonly body: Expr;
  readonly bindings: readonly Binding[];
  readonly where?: Expr;
  readonly span: Span;
}

/** An expression that could not be read. */
export interface Bad {
  readonly kind: 'Bad';
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------- all

export type Node =
  | FileAst
  | Declaration
  | Member
  | Statement
  | CompareItem
  | Constraint
  | Expr
  | Names
  | Parameter
  | FunctionBody
  | Pattern
  | Qualifier
  | Native
  | Use
  | Entry
  | Computed
  | Drawn
  | Read
  | Required
  | Solves
  | Bound
  | Owned
  | Quantifier
  | Block
  | Place
  | Type
  | Link
  | All
  | Argument
  | Binding;

export type NodeKind = Node['kind'];

/** The node of a kind. */
export type NodeOf<K extends NodeKind> = Extract<Node, { readonly kind: K }>;

/** A comment that is no documentation: `# text`, or a `##` that nothing follows. */
export interface Comment {
  readonly kind: 'Comment';
  /** With its marks, without the line end. */
  readonly text: string;
  readonly span: Span;
}
