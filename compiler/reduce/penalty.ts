// penalty(rho): the lower variables are decided together with the outer ones, and what the lower goal could still gain costs rho times as much: minimise
// f(x, y) + rho (g(x, y) - min over z of g(x, z)) (Ye & Zhu 1995; Shen & Chen 2023; Kwon et al. 2023). The minimum has the derivative of g by x at the minimiser
// (Danskin 1966), so nothing is differentiated through the inner solve.
import type { Level, Term, Variable } from '../problem/problem.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { dependsOn } from '../tensor/visit.ts';
import { mapLevel } from './map-level.ts';
import { minimisedTerms, withGoal } from './one-goal.ts';
import { refuses, type Reduced, type Reduction, type ReductionInput } from './reduction.ts';
import { inOrder } from './lower/order.ts';
import {
  bestReply,
  implicitReaction,
  reactionsBelow,
  type Values,
  type World,
} from './lower/reaction.ts';
import type { NoEquation } from './lower/equation.ts';

export const penalty: Reduction = {
  name: 'penalty',
  accepts: (input) => {
    const { problem, args, span } = input;
    const { level } = problem;
    if (level.lower.length === 0) {
      const [constraint] = level.constraints;
      return constraint === undefined
        ? refuses('the problem has no lower level', problem.span)
        : refuses('a penalty of constraints is not built yet', constraint.span);
    }
    if (args.length !== 1) return refuses('it takes one number: `penalty(rho)`', span);
    const [goal, second] = level.goals;
    if (
      second !== undefined ||
      goal.player !== undefined ||
      goal.objectives > 1 ||
      goal.sense === 'find'
    )
      return refuses('it takes an upper level with one goal of one number', (second ?? goal).span);
    const made = gapsOf(input);
    if (made.kind === 'none') return refuses(made.because, made.span);
    return {
      kind: 'accepts',
      because:
        'the lower goal and its least value can be evaluated, and their difference be weighed',
    };
  },
  apply: (input) => penalised(input, input.args[0]),
};

/** The problem with the gaps of its lower levels at a price. */
export function penalised(input: ReductionInput, rho: Node): Reduced {
  const { graph, problem } = input;
  const { level } = problem;
  const made = gapsOf(input);
  const { gaps, deeper, variables } =
    made.kind === 'gaps' ? made : { gaps: [], deeper: new Map<Node, Node>(), variables: [] };
  const above = mapLevel({ ...level, lower: [] }, (node) => substituteIn(graph, node, deeper));
  const terms = [
    ...minimisedTerms(graph, above.goals[0]),
    ...gaps.map(({ node, span }): Term => ({ node: graph.mul(rho, node), span })),
  ];
  const joined = withGoal(
    graph,
    { ...problem, level: above },
    { terms, variables: [...above.variables, ...variables], constraints: above.constraints },
  );
  return {
    problem: joined,
    invert: (outer) => {
      const at = new Map(
        joined.level.variables.flatMap(
          ({ name, input: own }): readonly (readonly [Node, Node])[] => {
            const value = outer.get(name);
            return value === undefined ? [] : [[own, value]];
          },
        ),
      );
      const below = [...deeper].flatMap(([own, value]): readonly (readonly [string, Node])[] =>
        own.op === 'input' ? [[own.attributes.name, substituteIn(graph, value, at)]] : [],
      );
      return new Map([...outer, ...below]);
    },
    note: 'lower variables decided together with the outer ones, their gap at a price',
  };
}

type Gaps =
  | {
      readonly kind: 'gaps';
      /** What each lower level could still gain. */
      readonly gaps: readonly Term[];
      readonly variables: readonly Variable[];
      /** Variables further down as functions of those above them. */
      readonly deeper: Values;
    }
  | ({ readonly kind: 'none' } & NoEquation);

function gapsOf({ graph, problem, context }: ReductionInput): Gaps {
  const world: World = { graph, problem, context };
  const { level } = problem;
  const ordered = inOrder(level.lower);
  if (ordered.kind === 'cycle')
    return {
      kind: 'none',
      because: 'lower levels use one another in a circle',
      span: ordered.span,
    };
  const gaps: Term[] = [];
  const variables: Variable[] = [];
  const deeper = new Map<Node, Node>();
  for (const lower of ordered.levels) {
    const below = reactionsBelow(world, lower, implicitReaction);
    if (below.kind === 'none') return below;
    for (const [input, value] of below.values) deeper.set(input, value);
    const alone = mapLevel({ ...lower, lower: [] }, (node) =>
      substituteIn(graph, node, below.values),
    );
    const gap = gapOf(world, alone);
    if (gap.kind === 'none') return gap;
    gaps.push(gap.term);
    variables.push(...alone.variables);
  }
  return { kind: 'gaps', gaps, variables, deeper };
}

function gapOf(
  world: World,
  level: Level,
): { readonly kind: 'term'; readonly term: Term } | ({ readonly kind: 'none' } & NoEquation) {
  const { graph, problem } = world;
  const [goal, second] = level.goals;
  if (second !== undefined || goal.player !== undefined || goal.sense === 'find')
    return { kind: 'none', because: 'the lower level is a game', span: (second ?? goal).span };
  const others = problem.level.variables.map(({ input }) => input);
  const moving = level.variables.find(({ lower, upper, domain }) =>
    [lower?.node, upper?.node, ...(domain?.args ?? [])].some(
      (node) => node !== undefined && dependsOn(node, others),
    ),
  );
  if (moving !== undefined)
    return {
      kind: 'none',
      because: `what \`${moving.name}\` may be depends on outer variables`,
      span: moving.span,
    };
  const reply = bestReply(world, level);
  if (reply.kind === 'none') return reply;
  const value = minimisedTerms(graph, goal).reduce<Node>(
    (sum, { node }) => graph.add(sum, node),
    graph.constant(0),
  );
  const at = new Map<Node, Node>(level.variables.map(({ input }, k) => [input, reply.values[k]]));
  return {
    kind: 'term',
    term: { node: graph.sub(value, substituteIn(graph, value, at)), span: goal.span },
  };
}
