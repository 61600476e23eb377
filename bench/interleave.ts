// Rounds of several competitors in turn, so that a busy hour of the machine meets all of them.
import { median } from '../runtime/compare/statistics.ts';

export interface Competitor {
  readonly name: string;
  /** Milliseconds of one round. */
  readonly round: () => number | Promise<number>;
}

export interface Times {
  /** Milliseconds, the median of the rounds; NaN where it was not run or failed. */
  readonly of: (name: string) => number;
  /** Milliseconds, the least of the rounds; NaN as well. */
  readonly least: (name: string) => number;
  /** The median over the rounds of the first one's time divided by the second one's in the same round. */
  readonly ratio: (name: string, other: string) => number;
}

/** The first rounds warm up. */
export async function interleave(
  competitors: readonly Competitor[],
  rounds: number,
  warmUp = 2,
): Promise<Times> {
  const times = new Map(competitors.map(({ name }) => [name, new Array<number>()]));
  for (let round = 0; round < warmUp + rounds; round++) {
    if (process.stderr.isTTY || process.env.DOTOPT_PROGRESS === '1')
      console.error(`${competitors.at(0)?.name}: round ${round + 1} of ${warmUp + rounds}`);
    for (const { name, round: run } of competitors) {
      const ms = await run();
      if (round >= warmUp) times.get(name)?.push(ms);
    }
  }
  const all = (name: string): readonly number[] => times.get(name) ?? [];
  const middle = (values: readonly number[]): number =>
    values.length === 0 || values.some(Number.isNaN) ? NaN : median(values);
  return {
    of: (name) => middle(all(name)),
    least: (name) => (all(name).length === 0 ? NaN : Math.min(...all(name))),
    ratio: (name, other) => middle(all(name).map((ms, k) => ms / (all(other)[k] ?? NaN))),
  };
}
