// Maps the expressions of a level: of its variables, goals and constraints.
import type { Bound, Goal, Level, Variable } from '../problem/problem.ts';
import type { Node } from '../tensor/ir.ts';
import { mapConstraint, mapDomain } from './map-problem.ts';

type Swap = (node: Node) => Node;

const mapBound = (bound: Bound | undefined, swap: Swap): Bound | undefined =>
  bound === undefined ? undefined : { ...bound, node: swap(bound.node) };

/** Bounds, domain and start; the variable itself stays. */
export const mapVariable = (variable: Variable, swap: Swap): Variable => ({
  ...variable,
  lower: mapBound(variable.lower, swap),
  upper: mapBound(variable.upper, swap),
  domain: variable.domain === undefined ? undefined : mapDomain(variable.domain, swap),
  start:
    variable.start.kind === 'default'
      ? variable.start
      : { ...variable.start, node: swap(variable.start.node) },
});

export const mapGoal = (goal: Goal, swap: Swap): Goal => ({
  ...goal,
  node: goal.node === undefined ? undefined : swap(goal.node),
  terms: goal.terms.map(({ node, span }) => ({ node: swap(node), span })),
  sums: goal.sums.map((sum) => ({
    ...sum,
    node: swap(sum.node),
    body: swap(sum.body),
    draws: sum.draws.map((draw) => ({ ...draw, args: draw.args.map(swap) })),
  })),
});

/** The level itself, not those below it. */
export const mapLevel = (level: Level, swap: Swap): Level => ({
  ...level,
  variables: level.variables.map((variable) => mapVariable(variable, swap)),
  goals: level.goals.map((goal) => mapGoal(goal, swap)),
  constraints: level.constraints.map((constraint) => mapConstraint(constraint, swap)),
});
