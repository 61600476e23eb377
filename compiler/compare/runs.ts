// Every method at every point with every seed.
import type { ComparedRun } from '../../runtime/compare/comparison.ts';
import type { Observer } from '../../runtime/observe.ts';
import type { TraceRow } from '../../runtime/trace.ts';
import type { CompareModel, TypedRun } from '../model/types.ts';
import { specialise, type Specialised } from '../specialise.ts';
import type { Condition } from './asker.ts';
import { watchedBy } from './claims.ts';
import { isCertified } from './columns.ts';
import { comparedRun, unfinished } from './compared-run.ts';
import { thrownFailure, mismatchFailure } from './failure.ts';
import { limitsFor } from './limits.ts';
import type { Place } from './places.ts';
import { provisionalReference } from './reference.ts';
import { stopOf, type World } from './world.ts';

/** A run that was done, with what it takes to do it again. */
export interface Done {
  readonly place: Place;
  readonly specialised: Specialised | undefined;
  readonly typed: TypedRun;
  readonly watches: readonly Condition[];
  readonly run: ComparedRun;
}

export async function allRuns(
  compare: CompareModel,
  places: readonly Place[],
  seeds: readonly number[],
  world: World,
): Promise<readonly Done[]> {
  const total = places.length * compare.runs.length * seeds.length;
  const done: Done[] = [];
  let begun = 0;
  for (const place of places) {
    for (const typed of compare.runs) {
      await world.breathe();
      if (world.interrupted()) return done;
      const made = await specialised(place, typed);
      if (!made.ok) {
        const run = unfinished(typed, place.point, seeds[0], made.failure);
        done.push({ place, typed, specialised: undefined, watches: [], run });
        begun += seeds.length;
        continue;
      }
      const watches = watchedBy(compare, place.asker, typed.label);
      for (const seed of seeds) {
        await world.breathe();
        if (world.interrupted()) return done;
        const observer = world.progress.run(runLabel(place, typed, seed, seeds), begun++, total);
        const run = await oneRun(compare, place, typed, made.specialised, seed, watches, world, [
          observer,
        ]);
        done.push({ place, typed, specialised: made.specialised, watches, run });
      }
    }
  }
  return done;
}

const runLabel = (
  { point }: Place,
  { label }: TypedRun,
  seed: number,
  seeds: readonly number[],
): string =>
  [
    label,
    ...Object.entries(point).map(([name, value]) => `${name} = ${value}`),
    ...(seeds.length > 1 ? [`seed ${seed}`] : []),
  ].join(', ');

type Made =
  | { readonly ok: true; readonly specialised: Specialised }
  | { readonly ok: false; readonly failure: ReturnType<typeof mismatchFailure> };

async function specialised(place: Place, typed: TypedRun): Promise<Made> {
  const { method, via, label, span } = typed;
  try {
    const made = await specialise(place.session, {
      method: method.method,
      missing: method.method === undefined ? method.name : undefined,
      args: method.syntax,
      label,
      via,
      sweep: place.names,
      span,
    });
    return made.ok ? made : { ok: false, failure: mismatchFailure(made.diagnostics) };
  } catch (error) {
    return { ok: false, failure: thrownFailure(error) };
  }
}

function oneRun(
  compare: CompareModel,
  place: Place,
  typed: TypedRun,
  made: Specialised,
  seed: number,
  watches: readonly Condition[],
  world: World,
  observers: readonly Observer[],
): Promise<ComparedRun> {
  const { session, rows, asker, before, point } = place;
  const { sense } = session.program.plan;
  const written = stopOf(compare, world);
  const stop = written === undefined ? undefined : asker.condition(written);
  return comparedRun({
    session,
    rows: rows.session,
    run: typed,
    specialised: made,
    point,
    seed,
    gap: { sense, reference: provisionalReference(sense, before) },
    rule: stop?.holds ?? toleranceRule(world.tolerance),
    watches: watches.map(({ holds }) => holds),
    certified: [...(stop?.columns ?? []), ...watches.flatMap(({ columns }) => columns)].some(
      isCertified,
    ),
    limits: limitsFor(written, world.limits),
    tolerance: world.tolerance,
    observers,
    interrupted: world.interrupted,
    breathe: world.breathe,
  });
}

const toleranceRule =
  (tolerance: number | undefined) =>
  ({ values }: TraceRow): boolean =>
    tolerance !== undefined && (values.gap ?? NaN) <= tolerance;
