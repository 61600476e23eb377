// The certificate's questions, answered by the facts. Variables that a question does not name count as given: their values at the point are known, and so
// a condition on them can be asked there.
import type { Answer, StructureQuestions } from './certify/structure.ts';
import { assumptionsOf } from './problem/facts/assumptions.ts';
import type { Assumptions } from './problem/facts/calculus.ts';
import { createFacts, type Facts } from './problem/facts/facts.ts';
import { allVariables } from './problem/levels.ts';
import type { Problem } from './problem/problem.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';
import { substituteIn } from './tensor/substitute.ts';

interface About {
  readonly facts: Facts;
  /** The expression with numbers for the variables that are given. */
  readonly given: (node: Node) => Node;
  readonly back: (node: Node) => Node;
}

export function structureQuestions(graph: Graph, problem: Problem): StructureQuestions {
  const assumptions = assumptionsOf(problem);
  const all = allVariables(problem.level);
  const known = new Map<string, About>();
  const about = (variables: readonly Node[]): About => {
    const key = variables.map((v) => v.id).join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const others = all.filter(({ input }) => !variables.includes(input));
    const made = aboutGiven(
      graph,
      variables,
      others.map(({ input }) => input),
      assumptions,
    );
    known.set(key, made);
    return made;
  };
  return {
    convex: (expression, variables) => {
      const { facts, given, back } = about(variables);
      const truth = facts.isConvex(given(expression));
      if (truth.kind === 'yes') return { holds: true, conditions: [] };
      if (truth.kind === 'if') return { holds: true, conditions: [back(truth.condition)] };
      return { holds: false, because: truth.reason.text };
    },
    smooth: (expression, variables) => {
      const { facts, given } = about(variables);
      return facts.isSmooth(given(expression)).kind === 'yes';
    },
    strongConvexity: (expression, variables) => {
      const { facts, given, back } = about(variables);
      const { bound, condition } = facts.strongConvexity(given(expression));
      if (bound === undefined || condition === undefined)
        return bound === undefined ? undefined : back(bound);
      return back(graph.select(condition, bound, 0));
    },
    monotone: (operator, variables): Answer => {
      const { facts, given, back } = about(variables);
      const truth = facts.isMonotone(given(operator));
      if (truth.kind === 'yes') return { holds: true, conditions: [] };
      if (truth.kind === 'if') return { holds: true, conditions: [back(truth.condition)] };
      return { holds: false, because: truth.reason.text };
    },
  };
}

function aboutGiven(
  graph: Graph,
  variables: readonly Node[],
  others: readonly Node<'input'>[],
  assumptions: Assumptions,
): About {
  if (others.length === 0) {
    const same = (node: Node): Node => node;
    return { facts: createFacts(graph, variables, assumptions), given: same, back: same };
  }
  const numbers = others.map((input) =>
    graph.input(`given ${input.attributes.name}`, 'param', input.type),
  );
  const there = new Map<Node, Node>(others.map((input, k) => [input, numbers[k]]));
  const here = new Map<Node, Node>(others.map((input, k) => [numbers[k], input]));
  const ranges = new Map(assumptions.ranges);
  others.forEach((input, k) => {
    const range = assumptions.ranges.get(input);
    if (range !== undefined) ranges.set(numbers[k], range);
  });
  const semidefinite = new Set(assumptions.semidefinite);
  others.forEach((input, k) => {
    if (semidefinite.has(input)) semidefinite.add(numbers[k]);
  });
  return {
    facts: createFacts(graph, variables, { ...assumptions, ranges, semidefinite }),
    given: (node) => substituteIn(graph, node, there),
    back: (node) => substituteIn(graph, node, here),
  };
}
