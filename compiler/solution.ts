// The variables of an answer with their shapes and labels.
import type { Values } from '../runtime/program.ts';
import type { SolutionEntry } from '../runtime/result.ts';
import type { Session } from './session.ts';

export const solutionOf = (session: Session, answer: Values): readonly SolutionEntry[] =>
  session.lowered.problem.level.variables.map(({ name, labels }): SolutionEntry => {
    const tensor = answer[name];
    return {
      name,
      shape: tensor.shape,
      data: tensor.data,
      labels: labels.map((set) => (set === undefined ? undefined : session.labels.get(set))),
    };
  });
