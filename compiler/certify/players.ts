// One player's problem: its goal in the variables it owns, all others given. A family of players (`forall(i in I) … over q[i]`) is one problem: given
// the others, what its members choose falls apart, and so the sum of their goals is least where each is least:
//   F(z; q) = Σ_i u_i(q with member i's part from z),  in z alone.
import type { StructureQuestions } from './structure.ts';
import { viewOf } from '../problem/analyse.ts';
import { assumptionsOf } from '../problem/facts/assumptions.ts';
import { createFacts } from '../problem/facts/facts.ts';
import { playersProblem } from '../problem/levels.ts';
import type { Goal, Level, Player, Problem, Variable } from '../problem/problem.ts';
import type { BatchAxis, Batched } from '../lower/vectorize/batched.ts';
import { vectorizeOver } from '../lower/vectorize/vectorize.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';

export interface OwnProblem {
  readonly goal: Goal;
  /** One level, one goal, the owned variables. */
  readonly problem: Problem;
  readonly questions: StructureQuestions;
  /** The expression at the point where the game stands, as an expression of the game's own variables. */
  readonly here: (node: Node) => Node;
  /** The owned variables as the game has them, in the order of the problem's. */
  readonly variables: readonly Variable[];
}

/** Undefined where players of a family share a domain. */
export function ownProblem(
  graph: Graph,
  problem: Problem,
  level: Level,
  goal: Goal,
  questions: StructureQuestions,
): OwnProblem | undefined {
  const own = playersProblem(problem, level, goal);
  const { variables } = own.level;
  const { player } = goal;
  if (player === undefined)
    return { goal, problem: own, questions, here: (node) => node, variables };
  if (variables.some((variable) => !fallsApart(variable, player))) return undefined;
  const inputs = variables.map(({ name, input }) =>
    graph.input(`own ${name}`, 'variable', input.type),
  );
  const sum = sumOver(graph, player, variables, inputs);
  const total = (node: Node): Node => sum(node).reduce((a, b) => graph.add(a, b));
  const back = new Map<Node, Node>(inputs.map((input, k) => [input, variables[k].input]));
  const summed: Goal = {
    ...goal,
    player: undefined,
    owns: goal.owns,
    node: goal.node === undefined ? undefined : total(goal.node),
    terms: goal.terms.map(({ node, span }) => ({ node: total(node), span })),
    sums: [],
  };
  return {
    goal,
    problem: {
      ...own,
      level: {
        ...own.level,
        variables: variables.map((variable, k) => ({ ...variable, input: inputs[k] })),
        goals: [summed],
      },
    },
    questions: membersQuestions(graph, problem, level, goal, player, questions),
    here: (node) => substituteIn(graph, node, back),
    variables,
  };
}

/** Whether each member's part has bounds and a domain of its own. */
function fallsApart({ name, domain, shape }: Variable, { slices }: Player): boolean {
  if (domain === undefined || domain.name === 'nonneg' || domain.name === 'box') return true;
  const slice = slices.find(({ variable }) => variable === name);
  if (slice === undefined) return false;
  // Domains of vectors take the last axis of what they are given.
  const byRows = domain.name === 'simplex' || domain.name === 'ball';
  return byRows && slice.positions.length === shape.length - 1;
}

const sumOver =
  (graph: Graph, player: Player, variables: readonly Variable[], own: readonly Node[]) =>
  (node: Node): readonly Node[] => {
    const replaced = new Map<Node, Node>(
      variables.map(({ name, input }, k) => {
        const positions = player.slices.find(({ variable }) => variable === name)?.positions ?? [];
        const axes = positions.map((_, axis) => axis);
        const part = positions.length === 0 ? own[k] : graph.gather(own[k], positions, axes, true);
        return [input, positions.length === 0 ? part : graph.put(input, part, positions, axes)];
      }),
    );
    const member = substituteIn(graph, node, replaced);
    const axes = axesOf(player);
    return [graph.sum(vectorizeOver(graph, [member], lanesOf(graph, player, axes), axes)[0])];
  };

const axesOf = ({ shape }: Player): readonly BatchAxis[] =>
  shape.map((length, order) => ({ order, length }));

const lanesOf = (
  graph: Graph,
  { index }: Player,
  axes: readonly BatchAxis[],
): ReadonlyMap<Node, Batched> =>
  new Map(
    index.map((parameter, k) => [parameter, { node: graph.iota(axes[k].length), axes: [axes[k]] }]),
  );

/** What holds of each member's goal in its own part holds of their sum. */
function membersQuestions(
  graph: Graph,
  problem: Problem,
  level: Level,
  goal: Goal,
  player: Player,
  together: StructureQuestions,
): StructureQuestions {
  const owned = level.variables.filter(({ name }) => goal.owns.includes(name));
  const view = viewOf(graph, owned, goal, assumptionsOf(problem));
  const facts = createFacts(graph, view.variables, view.assumptions);
  const member = goal.node === undefined ? undefined : view.of(goal.node);
  const axes = axesOf(player);
  const everyMember = (node: Node): Node =>
    vectorizeOver(graph, [node], lanesOf(graph, player, axes), axes)[0];
  return {
    convex: () => {
      if (member === undefined) return { holds: false, because: 'there is no goal' };
      const truth = goal.sense === 'maximize' ? facts.isConcave(member) : facts.isConvex(member);
      if (truth.kind === 'yes') return { holds: true, conditions: [] };
      if (truth.kind === 'if') return { holds: true, conditions: [truth.condition] };
      return { holds: false, because: truth.reason.text };
    },
    smooth: () => member !== undefined && facts.isSmooth(member).kind === 'yes',
    strongConvexity: (expression, variables) => {
      if (member === undefined) return undefined;
      const F = goal.sense === 'maximize' ? graph.neg(member) : member;
      const { bound, condition } = facts.strongConvexity(F);
      if (bound === undefined || condition !== undefined)
        return together.strongConvexity(expression, variables);
      const every = everyMember(bound);
      return every.type.shape.length === 0 ? every : graph.minOver(every);
    },
    monotone: () => ({ holds: false, because: 'a goal is no operator' }),
  };
}
