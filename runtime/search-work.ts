// What was done beside the run itself to find a better answer: other starts, and points of the outer variables at which lower levels were solved again.
import type { OracleCounts } from './program.ts';
import { noCounts, oracleNames } from './trace.ts';

export interface SearchWork {
  /** Starts from which the method was tried, the problem's own among them. */
  readonly starts: number;
  /** Points of the outer variables that were looked at. */
  readonly points: number;
  /** The oracle calls of the trials. To solve the lower levels again at a point is one solve, to measure the goal there one value. */
  readonly counts: OracleCounts;
  readonly seconds: number;
}

export const noWork = (): SearchWork => ({ starts: 0, points: 0, counts: noCounts(), seconds: 0 });

export function addWork(a: SearchWork, b: SearchWork): SearchWork {
  return {
    starts: a.starts + b.starts,
    points: a.points + b.points,
    counts: addCounts(a.counts, b.counts),
    seconds: a.seconds + b.seconds,
  };
}

export function addCounts(a: OracleCounts, b: OracleCounts): OracleCounts {
  const sum = noCounts();
  for (const name of oracleNames) sum[name] = a[name] + b[name];
  return sum;
}
