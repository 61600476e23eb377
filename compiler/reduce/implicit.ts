// implicit: the lower variables become functions y(x) of the outer ones, with derivatives by the implicit function theorem (Dontchev & Rockafellar 2009, theorem 1B.1;
// through the prox fixed point, Bolte, Le, Pauwels & Silveti-Falls 2021). What remains is a problem of one level. `implicit("cg")` and `implicit("neumann", terms)` solve the
// adjoint system by products, without its matrix.
import { createFacts } from '../problem/facts/facts.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { decided } from '../problem/facts/decide.ts';
import { storyOf } from '../match/mismatch.ts';
import { isRestricted } from '../match/feasible.ts';
import type { Level, Problem } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { byAdjoint, noAdjoint } from './lower/adjoint.ts';
import { turnedAgainst } from './lower/pessimistic.ts';
import { withValues } from './lower/put-back.ts';
import { minimisedTerms } from './one-goal.ts';
import { refuses, type Acceptance, type Reduction, type ReductionInput } from './reduction.ts';
import { implicitReaction, reactionsBelow, type Reactions, type Values } from './lower/reaction.ts';

export const implicit: Reduction = {
  name: 'implicit',
  accepts: (asked) => {
    const input = turned(asked);
    const { graph, problem, args, span } = input;
    if (problem.level.lower.length === 0)
      return refuses('the problem has no lower level', problem.span);
    const { system = 'factor' } = input;
    if (system !== 'neumann' && args.length > 0) return refuses('it takes no numbers', span);
    if (system !== 'factor') {
      const why = noAdjoint(input);
      if (why !== undefined) return refuses(why.because, why.span);
    }
    const found = belowOf(input);
    if (found.kind === 'none') return refuses(found.because, found.span);
    const unclear: string[] = [];
    for (const level of found.levels) {
      const answer = uniqueness(graph, problem, level);
      if (answer.kind === 'refuted')
        return refuses(answer.because, level.goals[0]?.span ?? level.span);
      if (answer.kind === 'unclear') unclear.push(answer.because);
    }
    return accepted(unclear);
  },
  apply: (asked) => {
    const input = turned(asked);
    const { graph, system = 'factor', args } = input;
    if (system !== 'factor') return byAdjoint(input, system, args[0] ?? graph.constant(usualTerms));
    const found = belowOf(input);
    const values: Values = found.kind === 'values' ? found.values : new Map<Node, Node>();
    return withValues(input, values, 'lower variables as functions of the outer ones');
  },
};

const turned = (input: ReductionInput): ReductionInput => ({
  ...input,
  problem: turnedAgainst(input.graph, input.problem),
});

/** Terms of a Neumann series where nobody said. */
const usualTerms = 100;

const belowOf = ({ graph, problem, context }: ReductionInput): Reactions =>
  reactionsBelow({ graph, problem, context }, problem.level, implicitReaction);

function accepted(unclear: readonly string[]): Acceptance {
  const [first] = unclear;
  return {
    kind: 'accepts',
    because:
      first === undefined
        ? 'the lower goal is smooth and strongly convex in the lower variables'
        : `it needs a unique lower solution, which is not proved: ${first}`,
  };
}

type Uniqueness =
  | { readonly kind: 'proved' }
  | { readonly kind: 'unclear'; readonly because: string }
  | { readonly kind: 'refuted'; readonly because: string };

/** Whether the solution of a level is the only one, whatever the outer variables: by strong convexity. */
export function uniqueness(graph: Graph, problem: Problem, level: Level): Uniqueness {
  const names = level.variables.map(({ name }) => `\`${name}\``).join(', ');
  const [goal, second] = level.goals;
  if (second !== undefined || goal.player !== undefined || goal.sense === 'find')
    return { kind: 'unclear', because: `the equilibrium of ${names} may not be the only one` };
  const facts = createFacts(
    graph,
    level.variables.map(({ input }) => input),
    assumptionsOf(problem),
  );
  const node = minimisedTerms(graph, goal).reduce<Node>(
    (sum, term) => graph.add(sum, term.node),
    graph.constant(0),
  );
  const strong = facts.isStronglyConvex(node);
  if (strong.kind === 'yes' || strong.kind === 'if') return { kind: 'proved' };
  const [why] = storyOf(strong.reason);
  const because = `the lower goal is not known to be strongly convex in ${names}: ${why}`;
  if (level.variables.some(isRestricted)) return { kind: 'unclear', because };
  const { bound, condition } = facts.strongConvexity(node);
  const flat =
    facts.degree(node) <= 1 ||
    (facts.degree(node) === 2 &&
      bound !== undefined &&
      condition === undefined &&
      decided(graph.lt(1e-12, bound)) === false);
  if (!flat) return { kind: 'unclear', because };
  return {
    kind: 'refuted',
    because: `it needs a unique lower solution: the lower goal is not strongly convex in ${names} because ${
      facts.degree(node) <= 1
        ? 'it is linear and they are free'
        : 'its Hessian is singular or indefinite'
    }`,
  };
}
