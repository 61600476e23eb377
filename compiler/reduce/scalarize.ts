// scalarize(w): several objectives become one number (Miettinen 1999, part II, sections 3.1, 3.2 and 3.4).
//
// scalarize(w)                        their sum with weights.
// scalarize(w, "tchebycheff", ideal)  the largest weighted distance from the ideal point, or from zero.
// scalarize(e, "epsilon", rho)        the objectives whose limit is inf, and rho/2 times the squares of what the others exceed their limits by.
import type { ScalarizeRule } from '../model/types.ts';
import { objectivesOf } from '../problem/objectives.ts';
import type { Goal, Term } from '../problem/problem.ts';
import { constantDim, sameDim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';
import { refuses, type Reduction, type ReductionInput } from './reduction.ts';

export const scalarize: Reduction = {
  name: 'scalarize',
  accepts: ({ problem, args, span, rule = 'sum' }) => {
    const [goal] = problem.level.goals;
    const [weights, more] = args;
    if (goal === undefined || goal.objectives < 2)
      return refuses('the goal is one number already', goal?.span ?? problem.span);
    const size = constantDim(goal.objectives);
    if (weights === undefined || weights.type.shape.length !== 1)
      return refuses('it takes a list of weights: `scalarize([0.5, 0.5])`', span);
    if (!sameDim(weights.type.shape[0], size))
      return refuses(
        `there are ${goal.objectives} objectives, but ${weights.type.shape[0].key} weights`,
        span,
      );
    if (rule === 'epsilon' && more === undefined)
      return refuses(
        'it takes limits and the weight of the penalty: `scalarize([inf, 0.2], "epsilon", 1000)`',
        span,
      );
    return { kind: 'accepts', because: 'the goal has several objectives' };
  },
  apply: (input) => {
    const { problem, rule = 'sum' } = input;
    const { level } = problem;
    const [goal] = level.goals;
    const { terms, sense } = rules[rule](input, goal);
    const node = terms.map((term) => term.node).reduce((sum, each) => input.graph.add(sum, each));
    return {
      problem: {
        ...problem,
        level: { ...level, goals: [{ ...goal, sense, node, terms, sums: [], objectives: 1 }] },
      },
      invert: (values) => values,
      note: notes[rule],
    };
  },
};

const notes: { readonly [R in ScalarizeRule]: string } = {
  sum: 'objectives added with weights',
  tchebycheff: 'the largest weighted distance of the objectives from the ideal point',
  epsilon: 'all but the objectives without a limit became penalties on exceeding theirs',
};

type Scalarized = Pick<Goal, 'terms' | 'sense'>;

const rules: {
  readonly [R in ScalarizeRule]: (input: ReductionInput, goal: Goal) => Scalarized;
} = {
  sum: ({ graph, args: [weights] }, goal) => ({
    sense: goal.sense,
    terms: objectivesOf(graph, goal).map((f, k) =>
      termOf(graph, goal, f, graph.mul(graph.at(weights, 0, k), f)),
    ),
  }),
  tchebycheff: ({ graph, args: [weights, ideal] }, goal) => {
    const distances = objectivesOf(graph, goal).map((f, k) => {
      const away = ideal === undefined ? f : graph.sub(f, graph.at(ideal, 0, k));
      const worse = goal.sense === 'maximize' ? graph.neg(away) : away;
      return graph.reshape(graph.mul(graph.at(weights, 0, k), worse), [1]);
    });
    const largest = graph.maxOver(graph.concat(distances, 0));
    graph.setOrigin(largest, goal.span);
    return { sense: 'minimize', terms: [{ node: largest, span: goal.span }] };
  },
  epsilon: ({ graph, args: [limits, rho] }, goal) => ({
    sense: 'minimize',
    terms: objectivesOf(graph, goal).map((f, k) => {
      const limit = graph.at(limits, 0, k);
      const worse = goal.sense === 'maximize' ? graph.neg(f) : f;
      const bound = goal.sense === 'maximize' ? graph.neg(limit) : limit;
      if (isUnlimited(limits, k)) return termOf(graph, goal, f, worse);
      const excess = graph.max(graph.sub(worse, bound), 0);
      return termOf(graph, goal, f, graph.mul(graph.div(rho, 2), graph.sumsq(excess)));
    }),
  }),
};

/** Whether `inf`, of either sign, is written in the place of a limit. */
function isUnlimited(limits: Node, k: number): boolean {
  const written = isOp(limits, 'literal')
    ? limits.attributes.values[k]
    : limits.op === 'concat'
      ? constantEntry(flat(limits.args[k]))
      : undefined;
  return written === Infinity || written === -Infinity;
}

const flat = (node: Node): Node => (isOp(node, 'reshape') ? flat(node.args[0]) : node);

function termOf(graph: Graph, goal: Goal, objective: Node, node: Node): Term {
  const span = graph.origin(objective) ?? goal.span;
  graph.setOrigin(node, span);
  return { node, span };
}
