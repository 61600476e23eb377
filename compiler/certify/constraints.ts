// Constraints in a bound. For every λ >= 0 and every ν, F(z) + λ'g(z) + ν'h(z) is at most F(z) wherever g(z) <= 0 and h(z) == 0: a bound on it over bounds and
// domains alone is a bound on the optimal value, whoever proposes the multipliers. A negative λ is cut to 0; a poor one only gives a poor bound.
import type { Constraint, Level } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { Atom } from './atoms.ts';
import { noConditions, type Answer, type StructureQuestions } from './structure.ts';

/** g(x) <= 0, or h(x) == 0 where `equation`. */
export interface Residual {
  readonly node: Node;
  readonly equation: boolean;
  readonly constraint: Constraint;
}

/** The constraints of a level as residuals; undefined where one is of another kind. */
export function residualsOf(level: Level): readonly Residual[] | undefined {
  const found = level.constraints.map((constraint): Residual | undefined => {
    const { relation } = constraint;
    return relation.kind === 'equal' || relation.kind === 'lessEqual'
      ? { node: relation.residual, equation: relation.kind === 'equal', constraint }
      : undefined;
  });
  const known = found.flatMap((residual) => (residual === undefined ? [] : [residual]));
  return known.length === found.length ? known : undefined;
}

/** Whether the residuals bound a convex set: g convex, h affine. */
export function convexResiduals(
  graph: Graph,
  residuals: readonly Residual[],
  variables: readonly Node[],
  questions: StructureQuestions,
): Answer {
  const answers = residuals.flatMap(({ node, equation }) => [
    questions.convex(node, variables),
    ...(equation ? [questions.convex(graph.neg(node), variables)] : []),
  ]);
  return answers.reduce<Answer>(
    (all, answer) =>
      !all.holds
        ? all
        : !answer.holds
          ? answer
          : { holds: true, conditions: [...all.conditions, ...answer.conditions] },
    noConditions,
  );
}

/** A constraint as a kink of the goal: the largest of λ g over allowed multipliers λ, which is 0 at every point that keeps it. */
export function constraintAtom(graph: Graph, { node, equation }: Residual): Atom {
  const zeros = graph.zeros(node.type.shape);
  return {
    node: zeros,
    start: zeros,
    centre: zeros,
    // A constraint that is kept with room to spare has no multiplier.
    fixed: (tolerance) => (equation ? graph.lt(zeros, -1) : graph.lt(node, graph.neg(tolerance))),
    project: (y) => allowed(graph, equation, y),
    base: undefined,
    linear: (y) => graph.mul(y, node),
    normOf: undefined,
  };
}

const allowed = (graph: Graph, equation: boolean, y: Node): Node =>
  equation ? y : graph.max(y, 0);

/** The inputs through which multipliers are proposed, and λ'g + ν'h with them. */
export interface Proposal {
  readonly inputs: readonly Node<'input'>[];
  readonly lagrangian: Node;
}

export const proposalName = (k: number): string => `multiplier ${k + 1}`;

export function proposal(graph: Graph, residuals: readonly Residual[]): Proposal {
  const inputs = residuals.map(({ node }, k) =>
    graph.input(proposalName(k), 'variable', {
      element: 'real',
      shape: node.type.shape,
      storage: 'dense',
    }),
  );
  const terms = residuals.map(({ node, equation }, k) =>
    graph.sum(graph.mul(allowed(graph, equation, inputs[k]), node)),
  );
  return {
    inputs,
    lagrangian: terms.reduce((a, b) => graph.add(a, b), graph.constant(0)),
  };
}
