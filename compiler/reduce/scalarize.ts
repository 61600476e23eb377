// scalarize(w): several objectives become their weighted sum.
import { constantDim, constantValue, sameDim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
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
    const objectives = goal.node === undefined ? [] : entriesOf(graph, goal.node, goal.objectives);
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

/** The entries of a list of scalars, as they were before they were joined where that is seen. */
function entriesOf(graph: Graph, list: Node, count: number): readonly Node[] {
  if (isOp(list, 'concat') && list.args.length === count) {
    const whole = list.args.every(({ type }) => constantValue(type.shape[0]) === 1);
    if (whole) return list.args.map((part) => graph.reshape(part, []));
  }
  return Array.from({ length: count }, (_, k) => graph.at(list, 0, k));
}
