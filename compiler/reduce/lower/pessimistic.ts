// A pessimistic lower level with several solutions answers with the one that is worst above. Its goal is turned a little against the goal above, g - epsilon f, whose solutions
// tend to the worst of those of g as epsilon falls (Molodtsov 1976; Loridan & Morgan 1996): the rest of a reduction may then take the solution for the only one.
import type { Goal, Level, Problem } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { dependsOn } from '../../tensor/visit.ts';
import { minimisedTerms } from '../one-goal.ts';

/** The weight of the goal above. Solutions move by about as much, and a lower goal loses the square of it. */
const epsilon = 1e-6;

/** The problem with its pessimistic lower levels turned; itself where there are none, or no single goal above or below that could turn them. */
export function turnedAgainst(graph: Graph, problem: Problem): Problem {
  const { level } = problem;
  const [goal, second] = level.goals;
  if (!level.lower.some(isPessimistic)) return problem;
  if (goal === undefined || second !== undefined || !isPlain(goal)) return problem;
  const above = minimisedTerms(graph, goal);
  const lower = level.lower.map((each): Level => {
    const [own, other] = each.goals;
    if (!isPessimistic(each) || own === undefined || other !== undefined || !isPlain(own))
      return each;
    const inputs = each.variables.map(({ input }) => input);
    const sign = own.sense === 'maximize' ? epsilon : -epsilon;
    const added = above
      .filter(({ node }) => dependsOn(node, inputs))
      .map(({ node, span }) => ({ node: graph.mul(sign, node), span }));
    const terms = [...own.terms, ...added];
    const node = terms.reduce<Node>((sum, term) => graph.add(sum, term.node), graph.constant(0));
    return { ...each, choice: 'optimistic', goals: [{ ...own, terms, node, sums: [] }] };
  });
  return { ...problem, level: { ...level, lower } };
}

const isPessimistic = ({ choice }: Level): boolean => choice === 'pessimistic';

const isPlain = ({ player, objectives, sense }: Goal): boolean =>
  player === undefined && objectives === 1 && sense !== 'find';
