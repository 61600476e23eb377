// scalarize(w): several objectives become their weighted sum.
import { objectivesOf } from '../problem/objectives.ts';
import { constantDim, sameDim } from '../tensor/dim.ts';
import { refuses, type Reduction } from './reduction.ts';

export const scalarize: Reduction = {
  name: 'scalarize',
  accepts: ({ problem, args, span }) => {
    const [goal] = problem.level.goals;
    const [weights] = args;
    if (goal === undefined || goal.objectives < 2)
      return refuses('the goal is one number already', goal?.span ?? problem.span);
    const size = constantDim(goal.objectives);
    if (args.length !== 1 || weights.type.shape.length !== 1)
      return refuses('it takes a list of weights: `scalarize([0.5, 0.5])`', span);
    if (!sameDim(weights.type.shape[0], size))
      return refuses(
        `there are ${goal.objectives} objectives, but ${weights.type.shape[0].key} weights`,
        span,
      );
    return { kind: 'accepts', because: 'the goal has several objectives' };
  },
  apply: ({ graph, problem, args }) => {
    const { level } = problem;
    const [goal] = level.goals;
    const [weights] = args;
    const objectives = objectivesOf(graph, goal);
    const terms = objectives.map((node, k) => {
      const term = graph.mul(graph.at(weights, 0, k), node);
      const span = graph.origin(node) ?? goal.span;
      graph.setOrigin(term, span);
      return { node: term, span };
    });
    const node = terms.map((term) => term.node).reduce((sum, each) => graph.add(sum, each));
    return {
      problem: {
        ...problem,
        level: { ...level, goals: [{ ...goal, node, terms, sums: [], objectives: 1 }] },
      },
      invert: (values) => values,
      note: 'objectives added with weights',
    };
  },
};
