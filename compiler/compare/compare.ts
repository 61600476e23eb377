// One comparison: every method at every point of the sweeps with every seed, then the reference, the times, the claims.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import type { Span } from '../../grammar/span.ts';
import type { Comparison } from '../../runtime/compare/comparison.ts';
import type { Front } from '../front.ts';
import type { Host } from '../host.ts';
import type { CompareModel } from '../model/types.ts';
import type { Settings } from '../program-input.ts';
import { frontOf } from '../../runtime/compare/front.ts';
import { decideClaims } from './claims.ts';
import { metricNames } from './compared-run.ts';
import { notesOf } from './notes.ts';
import { openSessions, withReferences } from './places.ts';
import { planesOf } from './planes.ts';
import { pointsOf } from './points.ts';
import { allRuns, type Done } from './runs.ts';
import { settleReferences } from './settle.ts';
import { timesOf, withTimes, type TimedTask } from './timing.ts';
import { worldOf, type CompareOptions, type World } from './world.ts';

export type CompareResult =
  | {
      readonly ok: true;
      readonly comparison: Comparison;
      /** Warnings. */
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export async function compareModel(
  front: Front,
  compare: CompareModel,
  host: Host,
  settings: Settings,
  options: CompareOptions = {},
): Promise<CompareResult> {
  const points = pointsOf(front, compare, host, settings);
  if (!points.ok) return points;
  const sessions = openSessions(front, compare, host, points.points);
  if (!sessions.ok) return sessions;
  const world = worldOf(options);
  const seeds = compare.seeds ?? [settings.seed];
  const places = await withReferences(compare, sessions.open, world);
  const done = await allRuns(compare, places, seeds, world);
  const settled = await settleReferences(places, done, world);
  const timed = await withAllTimes(settled.done, settings.seed, world);
  world.progress.end();
  const runs = timed.map(({ run }) => run);
  const { sense } = places[0].session.program.plan;
  const names = objectiveNames(front, compare);
  const objectives = frontOf(names, sense === 'maximize' ? 'maximize' : 'minimize', runs);
  const interrupted = world.interrupted();
  const [first] = places;
  const claims = interrupted
    ? []
    : decideClaims({
        compare,
        runs,
        points: places.map(({ point }) => point),
        askerAt: (point) => places.find((place) => place.point === point)?.asker ?? first.asker,
        textAt: (span) => textAt(front, span),
      });
  return {
    ok: true,
    diagnostics: sessions.diagnostics,
    comparison: {
      title: compare.title ?? compare.problem.name,
      problem: compare.problem.name,
      doc: compare.doc ?? compare.problem.doc,
      sense: first.session.program.plan.sense,
      source: `${textAt(front, compare.problem.span)}\n\n${textAt(front, compare.span)}\n`,
      references: settled.references,
      runs,
      claims,
      metricNames: metricNames(first.session),
      sweep: compare.sweeps.map(({ name }) => name),
      seeds,
      notes: notesOf(compare, places, settled, runs, world, interrupted, objectives),
      planes: sessions.open.every(({ session }) => session === first.session)
        ? planesOf(first.session, runs, names)
        : [],
      front: objectives,
      interrupted,
    },
  };
}

/** The objectives as written, where they are short. */
function objectiveNames(front: Front, { problem }: CompareModel): readonly string[] {
  const [goal] = problem.level.goals;
  if (goal === undefined || goal.objectives < 2) return [];
  const items = goal.value?.kind === 'tensor' ? goal.value.items : [];
  return Array.from({ length: goal.objectives }, (_, k) => {
    const written = k < items.length ? textAt(front, items[k].span).replace(/\s+/g, ' ') : '';
    return written !== '' && written.length <= 24 ? written : `objective ${k + 1}`;
  });
}

const textAt = (front: Front, { file, start, end }: Span): string =>
  front.sources[file]?.text.slice(start, end) ?? '';

async function withAllTimes(
  done: readonly Done[],
  seed: number,
  world: World,
): Promise<readonly Done[]> {
  const tasks = done.flatMap(({ run, specialised: made }): readonly TimedTask[] =>
    made === undefined ? [] : [{ run, create: () => made.create(run.seed) }],
  );
  const times = await timesOf(tasks, {
    seed,
    breathe: world.breathe,
    interrupted: world.interrupted,
    progress: world.progress.timing,
  });
  return done.map((each) => ({ ...each, run: withTimes(each.run, times.get(each.run)) }));
}
