// The certificate of a problem: what to measure at an answer, as IR over the problem's own variables, built from the problem as written. It shares no
// expression with any method: no prox, no projection, no conjugate table of the match room is used here. One file a kind of problem.
import type { BeyondPlan } from './beyond.ts';
import { planGame } from './game.ts';
import { nothing, planGoal, type GoalPlan } from './goal.ts';
import { planPareto } from './pareto.ts';
import type { StructureQuestions } from './structure.ts';
import { operatorOf, planVariational } from './variational.ts';
import type { Problem } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';

export interface CertificatePlan extends GoalPlan {
  /** Where there is more than one goal of one level: what decides instead of a bound and a slope. */
  readonly beyond: BeyondPlan | undefined;
}

export function planCertificate(
  graph: Graph,
  problem: Problem,
  questions: StructureQuestions,
): CertificatePlan {
  const { level } = problem;
  if (level.goals.length > 1 || level.goals.some(({ player }) => player !== undefined))
    return gamePlan(graph, problem, questions);
  const operator = operatorOf(level);
  if (operator !== undefined) {
    const { spec, measures } = planVariational(graph, level, operator, questions);
    return { ...nothing(graph, level, 'find'), beyond: { spec, measures, later: [] } };
  }
  const [goal] = level.goals;
  if (goal !== undefined && goal.objectives > 1) {
    const { spec, measures, notes } = planPareto(graph, problem, goal, questions);
    return { ...nothing(graph, level, spec.sense), notes, beyond: { spec, measures, later: [] } };
  }
  return { ...planGoal(graph, problem, questions), beyond: undefined };
}

function gamePlan(graph: Graph, problem: Problem, questions: StructureQuestions): CertificatePlan {
  const { level } = problem;
  const game = planGame(graph, problem, level, questions);
  if (typeof game === 'string')
    return { ...nothing(graph, level, 'minimize'), notes: [game], beyond: undefined };
  const { spec, measures, later, value, sense } = game;
  return {
    ...nothing(graph, level, sense),
    value,
    beyond: { spec, measures, later: [later] },
  };
}
