// The field that players follow who each step along their own slope, all at the same time: -F(z).
import { RuntimeFault } from '../../runtime/fault.ts';
import type { Values } from '../../runtime/program.ts';
import { playersSlopes } from '../certify/game.ts';
import { ownProblem } from '../certify/players.ts';
import { operatorOf, operatorParts } from '../certify/variational.ts';
import { compileMeasures } from '../evaluator.ts';
import { structureQuestions } from '../questions.ts';
import type { Session } from '../session.ts';
import type { Node } from '../tensor/ir.ts';

/** F at a point, in the order of the variables; undefined where it has no value. */
export type Field = (point: Values) => readonly number[] | undefined;

/** Undefined where some player's goal has kinks, or nobody plays against another. */
export function fieldOf(session: Session): Field | undefined {
  const { lowering, problem } = session.lowered;
  const parts = slopesOf(session);
  if (parts === undefined) return undefined;
  const { measures } = compileMeasures(lowering.graph, problem, session.input, parts);
  const names = problem.level.variables.map(({ name }) => name);
  return (point) => {
    try {
      const found = names.flatMap((name) => [...measures.evaluate(name, point).data]);
      return found.every(Number.isFinite) ? found : undefined;
    } catch (error) {
      if (!(error instanceof RuntimeFault)) throw error;
      return undefined;
    }
  };
}

/** By variable. */
function slopesOf({ lowered }: Session): ReadonlyMap<string, Node> | undefined {
  const { problem } = lowered;
  const { graph } = lowered.lowering;
  const { level } = problem;
  const operator = operatorOf(level);
  if (operator !== undefined) {
    const parts = operatorParts(graph, operator, level);
    return new Map(level.variables.map(({ name }, k) => [name, parts[k]]));
  }
  const questions = structureQuestions(graph, problem);
  const found = new Map<string, Node>();
  for (const goal of level.goals) {
    const own = ownProblem(graph, problem, level, goal, questions);
    const slopes = own === undefined ? undefined : playersSlopes(graph, own);
    if (own === undefined || slopes === undefined) return undefined;
    own.variables.forEach(({ name }, k) => found.set(name, slopes[k]));
  }
  return level.variables.every(({ name }) => found.has(name)) ? found : undefined;
}
