// What every run records (language.md §7), by name.
import { oracleKinds } from './oracle-kinds.ts';
import type { Recorded } from './context.ts';
import type { Column, MethodUse, ProblemModel } from './types.ts';

const measures = ['value', 'gap', 'time', 'iterations', 'feasibility', 'stationarity', 'residual'];

/** The columns of the runs of a problem with the given methods. */
export function recordedBy(
  problem: ProblemModel,
  uses: readonly (MethodUse | undefined)[],
  labels: readonly string[] | undefined,
  sweeps: readonly string[],
): Recorded {
  const columns = new Map<string, Column>();
  const add = (kind: Column['kind'], names: readonly string[]): void => {
    for (const name of names) if (!columns.has(name)) columns.set(name, { kind, name });
  };
  add('measure', measures);
  add('oracle', oracleKinds);
  add(
    'metric',
    problem.metrics.flatMap(({ name, type }) => (type.shape.length === 0 ? [name] : [])),
  );
  for (const use of uses) add('report', use?.method?.reports ?? []);
  return { columns, open: uses.some((u) => u?.method === undefined), labels, sweeps };
}
