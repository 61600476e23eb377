// Everything the facts say of a problem, level by level, goal by goal, term by term: what `classify`, `explain` and the checks read.
import type { Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import type { CurvatureFact, Truth } from './fact.ts';
import { assumptionsOf } from './facts/assumptions.ts';
import type { Assumptions } from './facts/calculus.ts';
import { createFacts, type Facts } from './facts/facts.ts';
import { joinTerms } from './join-terms.ts';
import type { Constraint, Domain, Goal, Level, Problem, Term, Variable } from './problem.ts';

export interface TermFacts {
  /** As the facts see it: a player's own part set apart, terms that belong together joined. */
  readonly term: Term;
  readonly curvature: CurvatureFact;
  readonly smooth: Truth;
  readonly degree: number;
}

export interface GoalFacts {
  readonly goal: Goal;
  readonly variables: readonly Variable[];
  readonly facts: Facts;
  /** The whole goal, as written, in the variables it owns. Undefined for `find`. */
  readonly node: Node | undefined;
  readonly curvature: CurvatureFact | undefined;
  readonly smooth: Truth | undefined;
  readonly degree: number;
  readonly terms: readonly TermFacts[];
  /** Convex for `minimize`, concave for `maximize`. */
  readonly wellCurved: Truth | undefined;
}

export type ConstraintForm =
  | 'linear equality'
  | 'linear inequality'
  | 'piecewise linear inequality'
  | 'quadratic equality'
  | 'convex quadratic inequality'
  | 'norm bound'
  | 'convex inequality'
  | 'nonlinear equality'
  | 'inequality that is not known to be convex'
  | 'membership'
  | 'implication'
  | 'complementarity'
  | 'variational inequality'
  | 'robust constraint'
  | 'chance constraint'
  | 'constraint on given quantities';

export interface ConstraintFacts {
  readonly constraint: Constraint;
  readonly form: ConstraintForm;
  /** The set it allows is convex. */
  readonly convex: Truth;
}

export interface LevelFacts {
  readonly level: Level;
  readonly goals: readonly GoalFacts[];
  readonly constraints: readonly ConstraintFacts[];
  readonly lower: readonly LevelFacts[];
}

export interface ProblemFacts {
  readonly problem: Problem;
  readonly graph: Graph;
  readonly assumptions: Assumptions;
  readonly level: LevelFacts;
}

export function analyse(graph: Graph, problem: Problem): ProblemFacts {
  const assumptions = assumptionsOf(problem);
  return {
    problem,
    graph,
    assumptions,
    level: analyseLevel(graph, problem.level, assumptions, []),
  };
}

/** The variables a goal owns. */
export const ownedBy = (level: Level, goal: Goal): readonly Variable[] =>
  level.variables.filter((v) => goal.owns.includes(v.name));

type Indices = readonly (readonly [Node<'parameter'>, Dim])[];

function analyseLevel(
  graph: Graph,
  level: Level,
  outer: Assumptions,
  indices: Indices,
): LevelFacts {
  const { family } = level;
  const own: Indices = family?.index.map((index, k) => [index, family.shape[k]] as const) ?? [];
  const all = [...indices, ...own];
  const assumptions = { ...outer, indices: new Map(all) };
  const inputs = level.variables.map((v) => v.input);
  return new LevelAnalysis(
    level,
    level.goals.map((goal) => new GoalAnalysis(graph, level, goal, assumptions)),
    () => level.constraints.map((it) => analyseConstraint(it, inputs, graph, assumptions)),
    level.lower.map((inner) => analyseLevel(graph, inner, outer, all)),
  );
}

// What is costly to know is found out when it is first asked for: a check asks for little. These are classes because an object literal with a getter has a
// shape of its own, which V8 keeps, with all that the getter sees, until it collects everything.

class LevelAnalysis implements LevelFacts {
  readonly level: Level;
  readonly goals: readonly GoalFacts[];
  readonly lower: readonly LevelFacts[];
  private readonly findConstraints: () => readonly ConstraintFacts[];

  constructor(
    level: Level,
    goals: readonly GoalFacts[],
    constraints: () => readonly ConstraintFacts[],
    lower: readonly LevelFacts[],
  ) {
    this.level = level;
    this.goals = goals;
    this.lower = lower;
    this.findConstraints = once(constraints);
  }

  get constraints(): readonly ConstraintFacts[] {
    return this.findConstraints();
  }
}

/** A goal's expressions with a player's own slices as symbols of their own. */
export interface View {
  readonly variables: readonly Node[];
  readonly of: (node: Node) => Node;
  readonly assumptions: Assumptions;
}

export function viewOf(
  graph: Graph,
  variables: readonly Variable[],
  goal: Goal,
  assumptions: Assumptions,
): View {
  const { player } = goal;
  if (player === undefined)
    return { variables: variables.map((v) => v.input), of: (node) => node, assumptions };
  const ranges = new Map(assumptions.ranges);
  const replaced = new Map<Node, Node>();
  const symbols = variables.map(({ name, input }) => {
    const positions = player.slices.find((slice) => slice.variable === name)?.positions ?? [];
    const shape = input.type.shape.slice(positions.length);
    const own = graph.parameter({ ...input.type, shape }, name);
    if (positions.length > 0)
      replaced.set(
        input,
        graph.put(
          input,
          own,
          positions,
          positions.map((_, axis) => axis),
        ),
      );
    else replaced.set(input, own);
    const range = assumptions.ranges.get(input);
    if (range !== undefined) ranges.set(own, range);
    return own;
  });
  const indices = new Map([
    ...(assumptions.indices ?? []),
    ...player.index.map((index, k) => [index, player.shape[k]] as const),
  ]);
  return {
    variables: symbols,
    of: (node) => substituteIn(graph, node, replaced),
    assumptions: { ...assumptions, ranges, indices },
  };
}

class GoalAnalysis implements GoalFacts {
  readonly goal: Goal;
  readonly variables: readonly Variable[];
  readonly facts: Facts;
  readonly node: Node | undefined;
  readonly degree: number;
  private readonly findTerms: () => readonly TermFacts[];
  private readonly findCurvature: () => CurvatureFact | undefined;
  private readonly findSmooth: () => Truth | undefined;
  private readonly findWellCurved: () => Truth | undefined;

  constructor(graph: Graph, level: Level, goal: Goal, assumptions: Assumptions) {
    const variables = ownedBy(level, goal);
    const view = viewOf(graph, variables, goal, assumptions);
    const facts = createFacts(graph, view.variables, view.assumptions);
    const node = goal.node === undefined ? undefined : view.of(goal.node);
    const whole = goal.objectives === 1 ? node : undefined;
    const isMaximum = goal.sense === 'maximize';
    const wanted = isMaximum ? 'concave' : 'convex';
    this.goal = goal;
    this.variables = variables;
    this.facts = facts;
    this.node = node;
    this.degree = node === undefined ? 0 : facts.degree(node);
    this.findTerms = once(() => {
      const own = goal.terms.map((term) => ({ node: view.of(term.node), span: term.span }));
      return joinTerms(graph, facts, own).map((term) => new TermAnalysis(facts, term, wanted));
    });
    this.findCurvature = once(() => whole && facts.curvature(whole, wanted));
    this.findSmooth = once(() => node && facts.isSmooth(node));
    this.findWellCurved = once(
      () => whole && (isMaximum ? facts.isConcave(whole) : facts.isConvex(whole)),
    );
  }

  get terms(): readonly TermFacts[] {
    return this.findTerms();
  }

  get curvature(): CurvatureFact | undefined {
    return this.findCurvature();
  }

  get smooth(): Truth | undefined {
    return this.findSmooth();
  }

  get wellCurved(): Truth | undefined {
    return this.findWellCurved();
  }
}

class TermAnalysis implements TermFacts {
  readonly term: Term;
  readonly degree: number;
  private readonly findCurvature: () => CurvatureFact;
  private readonly findSmooth: () => Truth;

  constructor(facts: Facts, term: Term, wanted: 'convex' | 'concave') {
    this.term = term;
    this.degree = facts.degree(term.node);
    this.findCurvature = once(() => facts.curvature(term.node, wanted));
    this.findSmooth = once(() => facts.isSmooth(term.node));
  }

  get curvature(): CurvatureFact {
    return this.findCurvature();
  }

  get smooth(): Truth {
    return this.findSmooth();
  }
}

function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: find() }).value;
}

const yes = (text: string): Truth => ({
  kind: 'yes',
  reason: { text, node: undefined, because: [] },
});
const unknown = (text: string, node?: Node): Truth => ({
  kind: 'unknown',
  reason: { text, node, because: [] },
});

/** Domains that are convex sets; a product as its factors are. */
export function isConvexDomain(domain: Domain): boolean {
  switch (domain.name) {
    case 'box':
    case 'nonneg':
    case 'simplex':
    case 'ball':
    case 'halfspace':
    case 'affine':
    case 'soc':
    case 'psd':
    case 'spd':
    case 'spectrahedron':
    case 'correlation':
    case 'doubly_stochastic':
    case 'monotone':
      return true;
    case 'sphere':
    case 'stiefel':
    case 'grassmann':
    case 'fixed_rank':
    case 'orthogonal':
    case 'sparse_ball':
      return false;
    case 'product':
      return domain.factors.every(isConvexDomain);
  }
}

function analyseConstraint(
  constraint: Constraint,
  variables: readonly Node[],
  graph: Graph,
  assumptions: Assumptions,
): ConstraintFacts {
  const facts = createFacts(graph, variables, assumptions);
  const { relation } = constraint;
  switch (relation.kind) {
    case 'equal': {
      const degree = facts.degree(relation.residual);
      if (degree === 0)
        return { constraint, form: 'constraint on given quantities', convex: yes('given') };
      if (degree === 1) return { constraint, form: 'linear equality', convex: yes('affine') };
      const form = degree === 2 ? 'quadratic equality' : 'nonlinear equality';
      return {
        constraint,
        form,
        convex: unknown('an equality that is not affine', relation.residual),
      };
    }
    case 'lessEqual':
      return { constraint, ...inequality(relation.residual, facts) };
    case 'in': {
      const isConvex = isConvexDomain(relation.domain) && facts.degree(relation.value) <= 1;
      return {
        constraint,
        form: 'membership',
        convex: isConvex
          ? yes('an affine expression in a convex set')
          : unknown('not a convex set', relation.value),
      };
    }
    case 'implies':
      return { constraint, form: 'implication', convex: unknown('a logical condition') };
    case 'complements':
      return { constraint, form: 'complementarity', convex: unknown('a complementarity') };
    case 'variational':
      return {
        constraint,
        form: 'variational inequality',
        convex: facts.isMonotone(relation.operator),
      };
    case 'robust': {
      const inner = analyseConstraint(
        { ...constraint, relation: relation.relation },
        variables,
        graph,
        assumptions,
      );
      return { constraint, form: 'robust constraint', convex: inner.convex };
    }
    case 'chance':
      return { constraint, form: 'chance constraint', convex: unknown('a chance constraint') };
  }
}

function inequality(
  residual: Node,
  facts: Facts,
): { readonly form: ConstraintForm; readonly convex: Truth } {
  const degree = facts.degree(residual);
  if (degree === 0) return { form: 'constraint on given quantities', convex: yes('given') };
  if (degree === 1) return { form: 'linear inequality', convex: yes('affine') };
  const convex = facts.isConvex(residual);
  if (convex.kind !== 'yes' && convex.kind !== 'if')
    return { form: 'inequality that is not known to be convex', convex };
  if (degree === 2) return { form: 'convex quadratic inequality', convex };
  if (isPiecewiseLinear(residual, facts)) return { form: 'piecewise linear inequality', convex };
  return { form: isNormBound(residual, facts) ? 'norm bound' : 'convex inequality', convex };
}

/** Made of affine expressions by sums, given factors, abs, max and min. */
function isPiecewiseLinear(node: Node, facts: Facts, depth = 12): boolean {
  if (facts.degree(node) <= 1) return true;
  if (depth === 0) return false;
  const all = (nodes: readonly Node[]): boolean =>
    nodes.every((part) => isPiecewiseLinear(part, facts, depth - 1));
  if (isOp(node, 'unary')) return ['neg', 'abs'].includes(node.attributes.fn) && all(node.args);
  if (isOp(node, 'binary')) {
    const { fn } = node.attributes;
    if (fn === 'mul' || fn === 'div')
      return node.args.some((x) => facts.degree(x) === 0) && all(node.args);
    return ['add', 'sub', 'max', 'min'].includes(fn) && all(node.args);
  }
  if (isOp(node, 'reduce')) return node.attributes.fn !== 'prod' && all(node.args);
  if (isOp(node, 'contract')) return node.args.some((x) => facts.degree(x) === 0) && all(node.args);
  return isArrangement(node) && all(node.args.slice(0, 1));
}

const isArrangement = (node: Node): boolean =>
  isOp(node, 'broadcast') ||
  isOp(node, 'transpose') ||
  isOp(node, 'reshape') ||
  isOp(node, 'slice') ||
  isOp(node, 'reverse') ||
  isOp(node, 'gather');

/** norm(affine) ≤ affine, entry by entry. */
function isNormBound(residual: Node, facts: Facts): boolean {
  const terms = isOp(residual, 'binary') ? residual.args : [residual];
  const curved = terms.filter((term) => facts.degree(term) > 1);
  const [only] = curved;
  return (
    curved.length === 1 &&
    isOp(only, 'unary') &&
    only.attributes.fn === 'sqrt' &&
    facts.degree(only.args[0]) === 2
  );
}
