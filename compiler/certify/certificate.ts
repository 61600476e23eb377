// The certificate of a problem: what to measure at an answer, as IR over the problem's own variables, built from the problem as written. It shares no
// expression with any method: no prox, no projection, no conjugate table of the match room is used here. One file a kind of problem.
import type { BeyondPlan } from './beyond.ts';
import { planGame } from './game.ts';
import { nothing, planGoal, type GoalPlan } from './goal.ts';
import { planPareto } from './pareto.ts';
import { planLevels, unitsBelow } from './levels.ts';
import type { StructureQuestions } from './structure.ts';
import { operatorOf, planVariational } from './variational.ts';
import { violation } from './violation.ts';
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
  if (level.lower.length > 0) return levelsPlan(graph, problem, questions);
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

function levelsPlan(
  graph: Graph,
  problem: Problem,
  questions: StructureQuestions,
): CertificatePlan {
  const { level } = problem;
  const [goal] = level.goals;
  const found = planLevels({ graph, problem, questions });
  const sense = goal?.sense ?? 'find';
  const all = {
    ...nothing(graph, level, sense === 'find' ? 'minimize' : sense),
    // One number alone can be the value.
    value: level.goals.length === 1 && goal.objectives === 1 ? goal.node : undefined,
    violation: unitsBelow(level)
      .map((unit) => violation(graph, unit))
      .reduce((a, b) => graph.max(a, b), violation(graph, level)),
  };
  if (typeof found === 'string') return { ...all, notes: [found], beyond: undefined };
  return { ...all, beyond: found };
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
