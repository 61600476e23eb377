// A program small enough to know by hand: x <- x/2 from 1, or whatever step is given.
import { noCounts } from '../../runtime/trace.ts';
import type { StepProgram, Values } from '../../runtime/program.ts';

export const scalar = (x: number): Values[string] => ({
  storage: 'dense',
  shape: [],
  data: Float64Array.of(x),
});

export const place = { file: 0, start: 7, end: 14 };

export function program(
  next: (x: number, k: number) => number,
  stop: (x: number, k: number) => boolean = () => false,
): StepProgram & { readonly steps: () => number } {
  let x = 1;
  let steps = 0;
  const counts = noCounts();
  return {
    init: () => {
      x = 1;
    },
    step: (k) => {
      steps++;
      counts.grads++;
      x = next(x, k);
      return stop(x, k);
    },
    counts,
    answer: () => ({ x: scalar(x) }),
    reports: () => ({ twice: 2 * x }),
    save: () => ({ x: scalar(x) }),
    restore: (states) => {
      x = states.x.data[0];
    },
    trace: (states, k) =>
      Number.isFinite(next(states.x.data[0], k))
        ? undefined
        : { value: NaN, expression: 'next(x)', operands: [`x = ${states.x.data[0]}`], place },
    steps: () => steps,
  };
}
