// The runs of one method at one point of the sweep as one line of a table: medians over the seeds.
import type { OracleName } from '../program.ts';
import { oracleNames } from '../trace.ts';
import type { ComparedRun, Comparison, SweepPoint } from './comparison.ts';
import { median } from './statistics.ts';

export interface Summary {
  readonly label: string;
  readonly point: SweepPoint;
  readonly runs: readonly ComparedRun[];
  /** `optimal`, or `optimal 18, failed 2`. */
  readonly status: string;
  readonly good: boolean;
  readonly value: number;
  readonly gap: number;
  /** Smallest and largest gap over the seeds; undefined for one seed. */
  readonly gapRange: readonly [number, number] | undefined;
  readonly metrics: Readonly<Record<string, number>>;
  /** The value of a column at the end. */
  readonly last: (column: string) => number;
  readonly iterations: number;
  readonly counts: Readonly<Record<OracleName, number>>;
  readonly seconds: number;
  /** Whether there is anything to show but the status. */
  readonly ran: boolean;
}

/** One for each method and point, in the order of the runs. */
export function summaries({ runs, metricNames }: Comparison): readonly Summary[] {
  const groups = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.point, run.label]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => summary(group, metricNames));
}

function summary(runs: readonly ComparedRun[], metricNames: readonly string[]): Summary {
  const over = (value: (run: ComparedRun) => number): number => median(runs.map(value));
  const gaps = runs.map(({ gap }) => gap).filter((gap) => !Number.isNaN(gap));
  const words = runs.map(endOf);
  const [{ label, point }] = runs;
  return {
    label,
    point,
    runs,
    status: countedWords(words),
    good: words.every(isGood),
    value: over(({ value }) => value ?? NaN),
    gap: over(({ gap }) => gap),
    gapRange:
      runs.length > 1 && gaps.length > 0 ? [Math.min(...gaps), Math.max(...gaps)] : undefined,
    metrics: Object.fromEntries(
      metricNames.map((name) => [name, over(({ metrics }) => metrics[name] ?? NaN)]),
    ),
    last: (column) => over(({ trace }) => trace.at(-1)?.values[column] ?? NaN),
    iterations: over(({ iterations }) => iterations),
    counts: {
      values: over(({ counts }) => counts.values),
      grads: over(({ counts }) => counts.grads),
      hvps: over(({ counts }) => counts.hvps),
      jvps: over(({ counts }) => counts.jvps),
      solves: over(({ counts }) => counts.solves),
      projections: over(({ counts }) => counts.projections),
      proxes: over(({ counts }) => counts.proxes),
      lmos: over(({ counts }) => counts.lmos),
      samples: over(({ counts }) => counts.samples),
      bits: over(({ counts }) => counts.bits),
      bits_down: over(({ counts }) => counts.bits_down),
      draws: over(({ counts }) => counts.draws),
    },
    seconds: over(({ seconds }) => seconds.total),
    ran: runs.some(({ trace }) => trace.length > 0),
  };
}

/** How a run ended, in a word or two. */
export function endOf({ failure, status }: ComparedRun): string {
  if (failure === undefined) return status;
  return failure.kind === 'mismatch' ? 'does not apply' : 'failed';
}

const isGood = (word: string): boolean =>
  word === 'optimal' || word === 'stationary' || word === 'feasible';

function countedWords(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  if (counts.size === 1) return words[0];
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
}

/** Oracles that some run called, in the order of the language page; draws are no cost. */
export const calledOracles = (runs: readonly ComparedRun[]): readonly OracleName[] =>
  oracleNames.filter((name) => name !== 'draws' && runs.some(({ counts }) => counts[name] > 0));
