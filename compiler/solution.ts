// The variables of an answer with their shapes and labels, level by level, outer ones first.
import type { Values } from '../runtime/program.ts';
import type { SolutionEntry } from '../runtime/result.ts';
import { allVariables } from './problem/levels.ts';
import type { Session } from './session.ts';

export const solutionOf = (session: Session, answer: Values): readonly SolutionEntry[] =>
  allVariables(session.lowered.problem.level).flatMap(({ name, labels }): SolutionEntry[] => {
    const tensor = answer[name];
    if (tensor === undefined) return [];
    return [
      {
        name,
        shape: tensor.shape,
        data: tensor.data,
        labels: labels.map((set) => (set === undefined ? undefined : session.labels.get(set))),
      },
    ];
  });
