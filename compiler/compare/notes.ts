// What is said beside the table: errors of the file, what the gaps rest on, methods that failed.
import type { ComparedRun, Note } from '../../runtime/compare/comparison.ts';
import type { Front } from '../../runtime/compare/front.ts';
import { formatEntry, formatSmall, formatValue } from '../../runtime/report/number.ts';
import type { CompareModel } from '../model/types.ts';
import type { Place } from './places.ts';
import { knownProblems } from './reference.ts';
import type { Settled } from './settle.ts';
import { stopOf, type World } from './world.ts';

const knownTolerance = 1e-6;

export function notesOf(
  compare: CompareModel,
  places: readonly Place[],
  { references }: Settled,
  runs: readonly ComparedRun[],
  world: World,
  interrupted: boolean,
  front: Front | undefined,
): readonly Note[] {
  const notes: Note[] = [];
  if (interrupted)
    notes.push({
      kind: 'note',
      text: 'interrupted: only the runs that began are here, and claims were not decided',
    });
  const [{ session }] = places;
  for (const { rows } of places) if (rows.draws !== undefined) notes.push(rowsNote(rows.draws));
  for (const { point, before } of places) {
    notes.push(...before.notes);
    if (before.known === undefined) continue;
    const here = runs.filter((run) => run.point === point);
    notes.push(
      ...knownProblems(
        session.program.plan.sense,
        before.known,
        here,
        knownTolerance,
        session.program.ranked,
      ),
    );
  }
  if (
    references.some(({ reference }) => reference === undefined) &&
    session.program.plan.sense !== 'find' &&
    session.program.ownGap === undefined &&
    session.program.plan.beyond?.spec.kind !== 'pareto'
  )
    notes.push({ kind: 'note', text: 'there is no reference value, so no gaps' });
  if (compare.stop !== undefined && stopOf(compare, world) === undefined)
    notes.push({ kind: 'note', text: 'the command line sets the limits in place of `stop when`' });
  notes.push(...resolutionNotes(runs), ...failureNotes(runs), ...frontNotes(front));
  return unique(notes);
}

const rowsNote = (draws: number): Note => ({
  kind: 'note',
  text: `on the way the expectations are measured on ${formatEntry(draws)} draws, at the end of each run on all of the sample`,
});

/** Gaps that a sample cannot tell from zero (language §7). */
function resolutionNotes(runs: readonly ComparedRun[]): readonly Note[] {
  const least = runs.flatMap(({ certificate, value }) =>
    certificate?.standardError === undefined
      ? []
      : [certificate.standardError / Math.max(1, Math.abs(value ?? 0))],
  );
  if (least.length === 0) return [];
  const text = `gaps below ${formatSmall(Math.max(...least))} are not resolved: the value is the mean over a fixed sample, with that standard error, relative`;
  return [{ kind: 'note', text }];
}

/** One note for each way in which runs of one label failed. */
function failureNotes(runs: readonly ComparedRun[]): readonly Note[] {
  const groups = new Map<string, { readonly run: ComparedRun; count: number }>();
  for (const run of runs) {
    if (run.failure === undefined) continue;
    const key = JSON.stringify([run.label, run.failure.kind]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { run, count: 1 });
    else group.count++;
  }
  return [...groups.values()].map(({ run, count }): Note => {
    const { failure, label } = run;
    const help = failure?.help === undefined ? '' : ` (${failure.help})`;
    const more = count > 1 ? ` (the first of ${count} runs)` : '';
    return { kind: 'note', text: `${label}: ${failure?.text ?? ''}${more}${help}` };
  });
}

/** The ends that another dominates, and what the others cover. */
function frontNotes(front: Front | undefined): readonly Note[] {
  if (front === undefined) return [];
  const { points, hypervolume, reference } = front;
  const lost = points.filter(({ dominated }) => dominated);
  const named = new Set(
    lost.map(({ label, point }) =>
      [label, ...Object.entries(point).map(([name, value]) => `${name} = ${value}`)].join(', '),
    ),
  );
  const shown = [...named].slice(0, mostNamed);
  const more = named.size > shown.length ? ` and ${named.size - shown.length} more` : '';
  const whose =
    lost.length === 0
      ? 'no end is dominated by another'
      : `${lost.length} of ${points.length} ends are dominated by others (${shown.join('; ')}${more})`;
  const text = `${whose}; hypervolume ${formatValue(hypervolume)} up to (${reference.map(formatEntry).join(', ')})`;
  return [{ kind: 'note', text }];
}

const mostNamed = 6;

const unique = (notes: readonly Note[]): readonly Note[] => [
  ...new Map(notes.map((note) => [note.text, note])).values(),
];
