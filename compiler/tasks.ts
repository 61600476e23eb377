// What a file asks to be solved: its `solve`s, else each of its problems with a method that the compiler picks.
import type { Model, ProblemModel, SolveModel } from './model/types.ts';
import type { MethodTask } from './specialise.ts';

export function solvesOf(model: Model, problems: readonly ProblemModel[]): readonly SolveModel[] {
  const own = model.solves.filter((solve) => problems.includes(solve.problem));
  const bare = (problem: ProblemModel): SolveModel => ({
    problem,
    method: undefined,
    via: [],
    stop: undefined,
    span: problem.span,
  });
  return own.length > 0 ? own : problems.map(bare);
}

export const taskOf = (solve: SolveModel): MethodTask => ({
  method: solve.method?.method,
  missing: solve.method?.method === undefined ? solve.method?.name : undefined,
  args: solve.method?.syntax ?? [],
  label: undefined,
  via: solve.via,
  sweep: new Map(),
  span: solve.span,
});
