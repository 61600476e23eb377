// One run to all targets: the value function is asked at marks that lie ever further apart, and where it first falls below a target is found among those between.
import type { Measured } from './problems.ts';
import type { Mark, Start } from './side.ts';

export interface Reached {
  readonly seconds: number;
  readonly iterations: number;
}

export interface Finish {
  /** For each target, largest first: when it was reached, undefined where it never was. */
  readonly reached: readonly (Reached | undefined)[];
  /** The least value at a mark. */
  readonly best: number;
  /** The largest distance of a lower value from its proven bound. */
  readonly lowerGap: number;
  readonly compiling: number;
  readonly secondsAnIteration: number;
}

/** Marks whose values are asked lie this much further apart from one to the next. */
const growth = 1.25;

/** Runs until the last target is reached or the time is over; why there was no run. `targets` are values of the upper goal, largest first. */
export async function race(
  start: Start,
  seed: number,
  value: (x: Float64Array) => Measured,
  targets: readonly number[],
  seconds: number,
): Promise<Finish | string> {
  const runner = await start(seed);
  if (typeof runner === 'string') return runner;
  const reached: (Reached | undefined)[] = targets.map(() => undefined);
  let between: Mark[] = [];
  let best = Infinity;
  let lowerGap = 0;
  let last: Mark | undefined;
  const valueOf = (mark: Mark): number => {
    const measured = value(mark.x);
    if (measured.lowerGap > lowerGap) lowerGap = measured.lowerGap;
    if (measured.value < best) best = measured.value;
    return measured.value;
  };
  /** The first of the marks at or below a target, if the values fall. */
  const firstBelow = (marks: readonly Mark[], target: number): Mark => {
    let [low, high] = [-1, marks.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (valueOf(marks[middle]) <= target) high = middle;
      else low = middle;
    }
    return marks[high];
  };
  let asked = 0;
  while (last === undefined || last.seconds < seconds) {
    const mark = await runner.next();
    if (typeof mark === 'string') break;
    last = mark;
    between.push(mark);
    if (mark.iterations < asked * growth && mark.seconds < seconds) continue;
    asked = mark.iterations;
    const now = valueOf(mark);
    if (!Number.isFinite(now)) break;
    targets.forEach((target, k) => {
      if (reached[k] === undefined && now <= target) reached[k] = firstBelow(between, target);
    });
    if (reached.every((at) => at !== undefined)) break;
    between = [];
  }
  await runner.stop();
  return {
    reached,
    best,
    lowerGap,
    compiling: runner.compiling,
    secondsAnIteration: last === undefined ? NaN : last.seconds / last.iterations,
  };
}
