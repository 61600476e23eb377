// What reductions of a single goal share: its terms in the sense of minimisation, new variables, the problem with another goal.
import type { Span } from '../../grammar/span.ts';
import type { Constraint, Goal, Problem, SampledSum, Term, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { realType, type Shape } from '../tensor/type.ts';
import { mapConstraint } from './map-problem.ts';
import { refuses, type Acceptance, type ReductionInput } from './reduction.ts';

/** Undefined where the problem has one level and one goal of one number. */
export function needsOneGoal({ problem }: ReductionInput): Acceptance | undefined {
  const { level } = problem;
  const [goal, other] = level.goals;
  const [lower] = level.lower;
  if (lower !== undefined) return refuses('it takes problems of one level', lower.span);
  if (goal === undefined || goal.sense === 'find')
    return refuses('it takes problems with a goal', goal?.span ?? problem.span);
  if (other !== undefined || goal.player !== undefined)
    return refuses('it takes problems with one goal', (other ?? goal).span);
  if (goal.objectives > 1) return refuses('it takes a goal of one number', goal.span);
  return undefined;
}

/** The terms with the sign that makes the goal one of minimisation. */
export function minimisedTerms(graph: Graph, { sense, terms }: Goal): readonly Term[] {
  if (sense !== 'maximize') return terms;
  return terms.map(({ node, span }) => {
    const negated = graph.neg(node);
    graph.setOrigin(negated, span);
    return { node: negated, span };
  });
}

/** The sums and expectations whose terms are still there: methods with samples draw from them as before. */
function keptSums(
  graph: Graph,
  { sums, sense }: Goal,
  terms: readonly Term[],
  swap: (node: Node) => Node,
): readonly SampledSum[] {
  const there = new Set(terms.map(({ node }) => node));
  const signed = (node: Node): Node => (sense === 'maximize' ? graph.neg(node) : node);
  return sums
    .filter(({ node }) => there.has(signed(node)))
    .map((sum) => ({
      ...sum,
      node: swap(signed(sum.node)),
      body: swap(signed(sum.body)),
      draws: sum.draws.map((draw) => ({ ...draw, args: draw.args.map(swap) })),
    }));
}

/** A name that no variable has: `u`, `u_x`, `u_x2`, … */
export function freshName(problem: Problem, wanted: string): string {
  const taken = new Set([
    ...problem.level.variables.map(({ name }) => name),
    ...problem.params.map(({ name }) => name),
    ...problem.data.map(({ name }) => name),
  ]);
  let name = wanted;
  for (let k = 2; taken.has(name); k++) name = `${wanted}${k}`;
  return name;
}

export function newVariable(
  graph: Graph,
  name: string,
  shape: Shape,
  start: Node,
  span: Span,
): Variable {
  return {
    name,
    input: graph.input(name, 'variable', realType(shape)),
    element: 'real',
    shape,
    lower: undefined,
    upper: undefined,
    domain: undefined,
    start: { kind: 'expression', node: start, span },
    labels: shape.map(() => undefined),
    doc: undefined,
    span,
  };
}

export interface Change {
  readonly terms: readonly Term[];
  readonly variables: readonly Variable[];
  readonly constraints: readonly Constraint[];
  /** Replaces inputs of variables that are gone, in constraints and metrics. */
  readonly replaced?: ReadonlyMap<Node, Node>;
}

/** The problem with its goal, variables and constraints replaced; the goal is one of minimisation. */
export function withGoal(graph: Graph, problem: Problem, change: Change): Problem {
  const { level } = problem;
  const [goal] = level.goals;
  const replaced = change.replaced ?? new Map<Node, Node>();
  const swap = (node: Node): Node => substituteIn(graph, node, replaced);
  const terms = change.terms.map(({ node, span }) => {
    const made = swap(node);
    graph.setOrigin(made, span);
    return { node: made, span };
  });
  const node = terms.reduce<Node | undefined>(
    (sum, term) => (sum === undefined ? term.node : graph.add(sum, term.node)),
    undefined,
  );
  return {
    ...problem,
    level: {
      ...level,
      variables: change.variables,
      goals: [
        {
          ...goal,
          sense: 'minimize',
          node: node ?? graph.constant(0),
          terms,
          sums: keptSums(graph, goal, change.terms, swap),
          owns: change.variables.map(({ name }) => name),
        },
      ],
      constraints: change.constraints.map((constraint) => mapConstraint(constraint, swap)),
    },
    metrics: [],
    known: [],
  };
}
