// The input of a program from tensors whose axes have names: equal names must have equal sizes.
import { RuntimeFault } from './fault.ts';
import type { ProgramInput } from './program.ts';
import type { Tensor } from './tensor.ts';

export interface Gathered {
  /** Each tensor with what its axes are called; a number is a size that must be found there, undefined any size. */
  readonly data?: Readonly<Record<string, readonly [Tensor, ...(string | number | undefined)[]]>>;
  readonly params?: ProgramInput['params'];
  /** Sizes that the program was made for, or that no data has. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly seed?: number;
  readonly dataSeed?: number;
}

export function gather(from: Gathered): ProgramInput {
  const sizes: Record<string, number> = { ...from.sizes };
  const data: Record<string, Tensor> = {};
  for (const [name, [tensor, ...axes]] of Object.entries(from.data ?? {})) {
    data[name] = tensor;
    axes.forEach((axis, k) => {
      if (axis === undefined) return;
      const found = tensor.shape[k] ?? 1;
      if (typeof axis === 'string') sizes[axis] ??= found;
      const wanted = typeof axis === 'string' ? sizes[axis] : axis;
      if (found !== wanted)
        throw new RuntimeFault(`axis ${k + 1} of ${name} has size ${found}; ${wanted} is needed`);
    });
  }
  return {
    params: from.params ?? {},
    data,
    sizes,
    seed: from.seed ?? 1,
    dataSeed: from.dataSeed ?? 1,
  };
}
