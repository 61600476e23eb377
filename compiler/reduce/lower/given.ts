// A level as a problem of its own, in which the variables of all other levels are given numbers: params, so that constants of its methods may depend on them.
import type { MatchContext } from '../../match/match.ts';
import type { MatchedStep } from '../../match/step.ts';
import { allVariables, subProblem } from '../../problem/levels.ts';
import type { Level, Param, Problem } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substitute, substituteIn } from '../../tensor/substitute.ts';
import { mapLevel } from '../map-level.ts';

export interface GivenLevel {
  readonly context: MatchContext;
  /** The step over the variables of the other levels again. */
  readonly back: (step: MatchedStep) => MatchedStep;
}

export function withOthersGiven(
  graph: Graph,
  context: MatchContext,
  problem: Problem,
  level: Level,
): GivenLevel {
  const own = new Set(level.variables.map(({ name }) => name));
  const others = allVariables(problem.level).filter(({ name }) => !own.has(name));
  const given = new Map<Node, Node>(
    others.map(({ name, input }) => [input, graph.input(name, 'param', input.type)]),
  );
  const taken = new Map<Node, Node>([...given].map(([variable, param]) => [param, variable]));
  const swap = (node: Node): Node => substituteIn(graph, node, given);
  const params = others.map(({ name, lower, upper, domain, doc, span, input }): Param => ({
    name,
    input: graph.input(name, 'param', input.type),
    value: undefined,
    lower: lower === undefined ? undefined : { ...lower, node: swap(lower.node) },
    upper: upper === undefined ? undefined : { ...upper, node: swap(upper.node) },
    domain,
    doc,
    span,
  }));
  const alone = subProblem(
    { ...problem, params: [...problem.params, ...params] },
    mapLevel(level, swap),
  );
  return {
    context: { ...context, lowered: { ...context.lowered, problem: alone } },
    back: (step) => {
      const nodes = [
        ...step.states.flatMap(({ init, next }) => [init, next]),
        ...step.answer.map(({ node }) => node),
        ...(step.stop === undefined ? [] : [step.stop]),
      ];
      const after = substitute(graph, nodes, taken);
      const count = 2 * step.states.length;
      return {
        ...step,
        states: step.states.map((state, k) => ({
          ...state,
          init: after[2 * k],
          next: after[2 * k + 1],
        })),
        answer: step.answer.map((answer, k) => ({ ...answer, node: after[count + k] })),
        stop: step.stop === undefined ? undefined : after[after.length - 1],
        reports: [],
        startAnswer: [],
      };
    },
  };
}
