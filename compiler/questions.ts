// The certificate's questions, answered by the facts.
import type { StructureQuestions } from './certify/structure.ts';
import { assumptionsOf } from './problem/facts/assumptions.ts';
import { createFacts, type Facts } from './problem/facts/facts.ts';
import type { Problem } from './problem/problem.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';

export function structureQuestions(graph: Graph, problem: Problem): StructureQuestions {
  const assumptions = assumptionsOf(problem);
  const known = new Map<string, Facts>();
  const about = (variables: readonly Node[]): Facts => {
    const key = variables.map((v) => v.id).join();
    const facts = known.get(key) ?? createFacts(graph, variables, assumptions);
    known.set(key, facts);
    return facts;
  };
  return {
    convex: (expression, variables) => {
      const truth = about(variables).isConvex(expression);
      if (truth.kind === 'yes') return { holds: true, conditions: [] };
      if (truth.kind === 'if') return { holds: true, conditions: [truth.condition] };
      return { holds: false, because: truth.reason.text };
    },
    smooth: (expression, variables) => about(variables).isSmooth(expression).kind === 'yes',
    strongConvexity: (expression, variables) => {
      const { bound, condition } = about(variables).strongConvexity(expression);
      if (bound === undefined || condition === undefined) return bound;
      return graph.select(condition, bound, 0);
    },
  };
}
