// The numbers of a point of a problem that has few of them: in the order of its variables, outer levels first.
import type { ComparedRun } from '../../runtime/compare/comparison.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import type { Values } from '../../runtime/program.ts';
import { allVariables } from '../problem/levels.ts';
import type { Session } from '../session.ts';

/** Pictures show problems of no more than this many. */
const mostNumbers = 4;

/** Undefined where there are too many. */
export function numbersOf({ lowered }: Session, point: Values): readonly number[] | undefined {
  const tensors = allVariables(lowered.problem.level).map(({ name }) => point[name]);
  const count = tensors.reduce((sum, tensor) => sum + (tensor?.data.length ?? Infinity), 0);
  return count > mostNumbers ? undefined : tensors.flatMap(({ data }) => [...data]);
}

type Shapes = ComparedRun['answer'];

export function pointOf(shapes: Shapes, numbers: readonly number[]): Values {
  let used = 0;
  return Object.fromEntries(
    shapes.map(({ name, shape, data }) => [
      name,
      dense(
        shape,
        Float64Array.from(data, () => numbers[used++]),
      ),
    ]),
  );
}

/** `x`, or `x[1]` and `x[2]`. */
export const numberNames = (shapes: Shapes): readonly string[] =>
  shapes.flatMap(({ name, data }) =>
    data.length === 1 ? [name] : Array.from(data, (_, k) => `${name}[${k + 1}]`),
  );
