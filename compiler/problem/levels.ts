// Walking the levels of a problem.
import type { Goal, Level, Problem, Variable } from './problem.ts';

/** Every variable of a level and of all levels below it, outer first. */
export const allVariables = (level: Level): readonly Variable[] => [
  ...level.variables,
  ...level.lower.flatMap(allVariables),
];

/** A level as a problem of its own, in which all other variables are given numbers. */
export const subProblem = (problem: Problem, level: Level): Problem => ({
  ...problem,
  level,
  metrics: [],
  known: [],
});

/** One player's problem: the goal in the variables it owns, all others given. */
export const playersProblem = (problem: Problem, level: Level, goal: Goal): Problem =>
  subProblem(problem, {
    ...level,
    variables: level.variables.filter(({ name }) => goal.owns.includes(name)),
    goals: [goal],
  });
