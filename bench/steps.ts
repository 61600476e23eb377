// What a step of a generated program costs, many of them between two looks at the clock.
import type { TargetName } from '../compiler/choose-target.ts';
import { createHeap } from '../runtime/wasm/heap.ts';
import type { Competitor } from './interleave.ts';
import { oracleProgram, type Order } from './oracle.ts';

/** Milliseconds a step. Evaluations begin at the start each time: what setting it costs is taken off. */
export function steps(text: string, target: TargetName, order: Order, count: number): Competitor {
  const module = oracleProgram(text, target, order);
  const heap = target === 'wasm' ? { heap: createHeap() } : {};
  const input = { params: {}, data: {}, sizes: {}, seed: 1, dataSeed: 1, ...heap };
  const program = module.createStep(module.prepare(input), 1);
  const walks = order === 'descent';
  const lap = (task: (k: number) => void): number => {
    const begun = performance.now();
    for (let k = 1; k <= count; k++) task(k);
    return (performance.now() - begun) / count;
  };
  return {
    name: target,
    round: () => {
      program.init();
      if (walks) return lap((k) => void program.step(k));
      const both = lap((k) => {
        program.init();
        program.step(k);
      });
      return both - lap(() => program.init());
    },
  };
}
