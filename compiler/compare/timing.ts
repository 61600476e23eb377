// The times of runs: each again without measuring, all in a random order so that no method has the better hour, the middle one of three where short.
import type { ComparedRun } from '../../runtime/compare/comparison.ts';
import type { Program } from '../../runtime/program.ts';
import { blockFor, createRandom, firstUniform, moveTo } from '../../runtime/random/random.ts';
import { timeRun, type Timing } from '../../runtime/run.ts';

export interface TimedTask {
  readonly run: ComparedRun;
  readonly create: () => Program;
}

export interface TimingOptions extends Timing {
  readonly seed: number;
  readonly progress?: (done: number, total: number) => void;
}

/** Longer runs keep the times that were taken beside measuring. */
const longestSeconds = 10;
/** Shorter runs are timed three times. */
const shortSeconds = 1;

/** Seconds of each run's rows; a run that is too long, or whose program fails when run again, is left out. */
export async function timesOf(
  tasks: readonly TimedTask[],
  options: TimingOptions,
): Promise<ReadonlyMap<ComparedRun, readonly number[]>> {
  const chosen = tasks.filter(
    ({ run }) => run.trace.length > 1 && run.seconds.total <= longestSeconds,
  );
  const queue = shuffled(
    chosen.flatMap((task) =>
      Array.from({ length: task.run.seconds.total <= shortSeconds ? 3 : 1 }, () => task),
    ),
    options.seed,
  );
  const taken = new Map<ComparedRun, (readonly number[])[]>();
  for (const [k, { run, create }] of queue.entries()) {
    await options.breathe?.();
    if (options.interrupted?.() === true) break;
    options.progress?.(k, queue.length);
    const seconds = await timed(create, run, options);
    if (seconds !== undefined) taken.set(run, [...(taken.get(run) ?? []), seconds]);
  }
  return new Map([...taken].map(([run, times]) => [run, middle(times)]));
}

async function timed(
  create: () => Program,
  run: ComparedRun,
  options: Timing,
): Promise<readonly number[] | undefined> {
  try {
    return await timeRun(
      create(),
      run.trace.map(({ iteration }) => iteration),
      options,
    );
  } catch {
    return undefined;
  }
}

/** The repetition of middle length. */
function middle(times: readonly (readonly number[])[]): readonly number[] {
  const total = (seconds: readonly number[]): number => seconds[seconds.length - 1];
  return [...times].sort((a, b) => total(a) - total(b))[(times.length - 1) >> 1];
}

/** Fisher and Yates (1938), drawn from the seed. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const random = createRandom(seed, 'run');
  const result = [...items];
  for (let k = result.length - 1; k > 0; k--) {
    moveTo(random, shuffleSite, [k]);
    blockFor(random, 0, 0, 0);
    const other = Math.floor(firstUniform(random) * (k + 1));
    [result[k], result[other]] = [result[other], result[k]];
  }
  return result;
}

/** A draw site that no source reaches. */
const shuffleSite = 2 ** 40;

/** The run with its times. */
export function withTimes(run: ComparedRun, seconds: readonly number[] | undefined): ComparedRun {
  if (seconds === undefined) return run;
  return {
    ...run,
    trace: run.trace.map((row, k) => ({ ...row, seconds: seconds[k] })),
    seconds: { ...run.seconds, total: seconds[seconds.length - 1] },
  };
}
