// The final reference, once all runs are done, and the gaps to it.
import type { ComparedRun, Comparison, Reference } from '../../runtime/compare/comparison.ts';
import { gapOf, type GapMeasure } from '../../runtime/compare/gap.ts';
import type { Session } from '../session.ts';
import { isCertified, isGap } from './columns.ts';
import { comparedRun } from './compared-run.ts';
import type { Place } from './places.ts';
import { finalReference, provisionalReference } from './reference.ts';
import type { Done } from './runs.ts';
import type { World } from './world.ts';

export interface Settled {
  readonly done: readonly Done[];
  readonly references: Comparison['references'];
}

/** The final reference at each point; gaps of rows that were measured against another one are written anew. */
export async function settleReferences(
  places: readonly Place[],
  done: readonly Done[],
  world: World,
): Promise<Settled> {
  const bySession = new Map<Session, Reference | undefined>();
  for (const { session, before } of places) {
    if (bySession.has(session)) continue;
    const runs = done.filter(({ place }) => place.session === session).map(({ run }) => run);
    const { plan, ownGap } = session.program;
    bySession.set(
      session,
      ownGap === undefined ? finalReference(plan.sense, before, runs) : undefined,
    );
  }
  const settled: Done[] = [];
  for (const each of done) {
    const reference = bySession.get(each.place.session);
    settled.push({ ...each, run: await againstReference(each, reference, world) });
  }
  return {
    done: settled,
    references: places.map(({ point, session }) => ({ point, reference: bySession.get(session) })),
  };
}

/** The run with its gaps to the final reference; done again where a claim asks at which iteration a gap was first reached. */
async function againstReference(
  { place, specialised: made, typed, watches, run }: Done,
  reference: Reference | undefined,
  world: World,
): Promise<ComparedRun> {
  const { session, before } = place;
  const { sense } = session.program.plan;
  if (session.program.ownGap !== undefined) return run;
  if (sense === 'find' || reference?.value === provisionalReference(sense, before)) return run;
  const gap = { sense, reference: reference?.value };
  const watched = watches.some(({ columns }) => columns.some(isGap));
  if (!watched || made === undefined || run.trace.length === 0 || world.interrupted())
    return withGaps(run, gap);
  const again = await comparedRun({
    session,
    rows: place.rows.session,
    run: typed,
    specialised: made,
    point: place.point,
    seed: run.seed,
    gap,
    rule: () => false,
    watches: watches.map(({ holds }) => holds),
    certified: watches.some(({ columns }) => columns.some(isCertified)),
    limits: { iterations: run.iterations, seconds: Infinity },
    tolerance: world.tolerance,
    observers: [],
    interrupted: world.interrupted,
    breathe: world.breathe,
  });
  if (again.trace.at(-1)?.iteration !== run.trace.at(-1)?.iteration) return withGaps(run, gap);
  return { ...again, reason: run.reason, failure: run.failure };
}

function withGaps(run: ComparedRun, gap: GapMeasure): ComparedRun {
  const trace = run.trace.map((row) => ({
    ...row,
    values: {
      ...row.values,
      gap: gapOf(gap, row.values.value, row.values.feasibility ?? NaN),
    },
  }));
  return { ...run, trace, gap: trace.at(-1)?.values.gap ?? NaN };
}
