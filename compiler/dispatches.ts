// Kernels that an iteration on a GPU starts, counted as it runs, with the fused kernels and without.
import type { Program } from '../runtime/program.ts';
import type { DispatchStats } from '../runtime/result.ts';
import type { Specialised } from './specialise.ts';

/** Iterations that are counted, after a first one. */
const counted = 4;

/** Undefined where nothing runs on a GPU, or it fails. */
export async function dispatchStats(
  { create, unfused, deviceFailure }: Pick<Specialised, 'create' | 'unfused' | 'deviceFailure'>,
  seed: number,
): Promise<DispatchStats | undefined> {
  if (unfused === undefined || deviceFailure() !== undefined) return undefined;
  const fused = await eachIteration(create(seed));
  const plain = await eachIteration(unfused(seed));
  if (fused === undefined || plain === undefined || deviceFailure() !== undefined) return undefined;
  return { iteration: fused.dispatches, own: fused.own, unfused: plain.dispatches };
}

interface EachIteration {
  readonly dispatches: number;
  readonly own: number;
}

/** The mean over a few iterations, fewer where the method asks to stop. */
export async function eachIteration(program: Program): Promise<EachIteration | undefined> {
  try {
    await program.init();
    let done = await program.step(1);
    const before = program.work?.();
    for (let k = 2; k <= 1 + counted && !done; k++) done = await program.step(k);
    const after = program.work?.();
    if (before === undefined || after === undefined) return undefined;
    const since = after.iterations === before.iterations ? noWork : before;
    const iterations = after.iterations - since.iterations;
    return {
      dispatches: (after.dispatches - since.dispatches) / iterations,
      own: (after.own - since.own) / iterations,
    };
  } finally {
    program.dispose?.();
  }
}

const noWork = { iterations: 0, dispatches: 0, own: 0 };
