// The points of a comparison with their problems, and what gaps are measured against at each.
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import type { Front } from '../front.ts';
import type { Host } from '../host.ts';
import type { CompareModel } from '../model/types.ts';
import type { Settings } from '../program-input.ts';
import { openSession, type Session } from '../session.ts';
import { createAsker, type Asker } from './asker.ts';
import { watchedBy } from './claims.ts';
import { isGap } from './columns.ts';
import type { PointSettings } from './points.ts';
import { referenceBeforehand, type Beforehand } from './reference.ts';
import { rowsSession, type RowsSession } from './rows-session.ts';
import { stopOf, type World } from './world.ts';

/** A point of the sweeps with all that its runs share. */
export interface Place extends PointSettings {
  readonly session: Session;
  /** What rows on the way are measured with. */
  readonly rows: RowsSession;
  readonly asker: Asker;
  readonly before: Beforehand;
}

export type OpenSession = Omit<Place, 'before'>;

type Sessions =
  | {
      readonly ok: true;
      readonly open: readonly OpenSession[];
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** One session for each setting of the problem; points that differ in arguments of methods alone share it. */
export function openSessions(
  front: Front,
  compare: CompareModel,
  host: Host,
  points: readonly PointSettings[],
): Sessions {
  const known = new Map<Settings, Pick<Place, 'session' | 'rows'>>();
  const open: OpenSession[] = [];
  const warnings: Diagnostic[] = [];
  for (const place of points) {
    let found = known.get(place.settings);
    if (found === undefined) {
      const opened = openSession(front, compare.problem, host, place.settings);
      if (!opened.ok) return opened;
      const { session } = opened;
      found = { session, rows: rowsSession(session) };
      if (known.size === 0) warnings.push(...session.diagnostics.filter((d) => !isError(d)));
      known.set(place.settings, found);
    }
    open.push({ ...place, ...found, asker: createAsker(found.session, place.names) });
  }
  return { ok: true, open, diagnostics: warnings };
}

/** Whether a run needs to know the gap while it goes. */
function needsGap(compare: CompareModel, { asker }: OpenSession, world: World): boolean {
  const stop = stopOf(compare, world);
  const columns = [
    ...(stop === undefined ? [] : asker.condition(stop).columns),
    ...compare.runs.flatMap(({ label }) =>
      watchedBy(compare, asker, label).flatMap((watch) => watch.columns),
    ),
  ];
  return columns.some(isGap) || world.tolerance !== undefined;
}

export async function withReferences(
  compare: CompareModel,
  open: readonly OpenSession[],
  world: World,
): Promise<readonly Place[]> {
  const known = new Map<Session, Beforehand>();
  const places: Place[] = [];
  for (const place of open) {
    const before =
      known.get(place.session) ??
      (await referenceBeforehand(place.session, compare, {
        settings: place.settings,
        needed: needsGap(compare, place, world),
        observer: () => world.progress.run('reference', 0, 0),
        interrupted: world.interrupted,
        breathe: world.breathe,
      }));
    known.set(place.session, before);
    places.push({ ...place, before });
  }
  return places;
}
