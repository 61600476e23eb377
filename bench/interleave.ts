// Rounds of several competitors in turn, so that a busy hour of the machine meets all of them.
import { median } from '../runtime/compare/statistics.ts';

export interface Competitor {
  readonly name: string;
  /** Milliseconds of one round. */
  readonly round: () => number | Promise<number>;
}

/** The median of each competitor's rounds, by name; the first rounds warm up. */
export async function interleave(
  competitors: readonly Competitor[],
  rounds: number,
  warmUp = 3,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map(competitors.map(({ name }) => [name, new Array<number>()]));
  for (let round = 0; round < warmUp + rounds; round++)
    for (const { name, round: run } of competitors) {
      const ms = await run();
      if (round >= warmUp) times.get(name)?.push(ms);
    }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

/** One line a competitor, with the ratio of the first one's time to it. */
export function printTimes(
  title: string,
  times: ReadonlyMap<string, number>,
  format: (ms: number) => string,
): void {
  console.log(title);
  const width = Math.max(...[...times.keys()].map((name) => name.length));
  const [first] = [...times.values()];
  for (const [k, [name, ms]] of [...times].entries()) {
    const ratio = k === 0 ? '' : `   dotopt takes ${(first / ms).toPrecision(3)} times this`;
    console.log(`  ${name.padEnd(width)}  ${format(ms).padStart(9)}${ratio}`);
  }
}
