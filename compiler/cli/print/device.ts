// What a method on tfjs waits for: how many results of the device an iteration reads back, where and why, and which sparse matrices it makes full.
import { lineText, position, type Source } from '../../../grammar/source.ts';
import { isError } from '../../../grammar/diagnostic.ts';
import { deviceNotes } from '../../device-notes.ts';
import type { DeviceNote, DeviceNotes } from '../../emit/ts/spec.ts';
import { openSession } from '../../session.ts';
import { specialise } from '../../specialise.ts';
import { solvesOf, taskOf } from '../../tasks.ts';
import type { Io } from '../io.ts';
import type { Opened } from '../open.ts';

export interface DeviceExplanation {
  readonly problem: string;
  /** Undefined where no method was found. */
  readonly method: string | undefined;
  /** What the method cannot do without, or why there is none; undefined for a solver of the runtime, which runs nothing there. */
  readonly found: ExplainedNotes | string | undefined;
}

interface ExplainedNotes {
  readonly readBacks: readonly ExplainedNote[];
  readonly densified: readonly ExplainedNote[];
  readonly asksWhetherDone: boolean;
}

interface ExplainedNote {
  readonly what: string;
  readonly expression: string;
  readonly place: string | null;
  readonly each: 'iteration' | 'turn of a loop';
}

/** Each `solve` of the file, else each problem with the method that would be chosen. */
export async function explainDevice({
  front,
  host,
  settings,
  problems,
}: Opened): Promise<readonly DeviceExplanation[]> {
  const explained: DeviceExplanation[] = [];
  for (const solve of solvesOf(front.model, problems)) {
    const problem = solve.problem.name;
    const none = { problem, method: solve.method?.name };
    const { target: _, ...own } = settings;
    const opened = openSession(front, solve.problem, host, own);
    const made = opened.ok ? await specialise(opened.session, taskOf(solve)) : opened;
    if (!opened.ok || !made.ok) {
      const first = (made.ok ? [] : made.diagnostics).find(isError);
      explained.push({ ...none, found: first?.message ?? 'it cannot be compiled' });
      continue;
    }
    const { step, label } = made.specialised;
    const notes = step === undefined ? undefined : deviceNotes(opened.session, step);
    explained.push({
      problem,
      method: label,
      found: notes === undefined ? undefined : explainedNotes(notes, front.sources),
    });
  }
  return explained;
}

const explainedNotes = (
  { readBacks, densified, asksWhetherDone }: DeviceNotes,
  sources: readonly Source[],
): ExplainedNotes => {
  const explained = ({ what, expression, span, inLoop }: DeviceNote): ExplainedNote => ({
    what,
    expression,
    place: span === undefined ? null : placeText(sources[span.file], span.start),
    each: inLoop ? 'turn of a loop' : 'iteration',
  });
  return {
    readBacks: readBacks.map(explained),
    densified: densified.map(explained),
    asksWhetherDone,
  };
};

/** `lasso.opt:3:5`; the methods of the library have their own files. */
function placeText(source: Source | undefined, start: number): string | null {
  if (source === undefined || lineText(source, 1) === '') return null;
  const { line, column } = position(source, start);
  return `${source.name}:${line}:${column}`;
}

export const deviceJson = ({ problem, method, found }: DeviceExplanation) => ({
  problem,
  method: method ?? null,
  ...(typeof found === 'string'
    ? { fails: found }
    : (found ?? { readBacks: [], densified: [], asksWhetherDone: false })),
});

export function deviceText({ problem, method, found }: DeviceExplanation, { color }: Io): string {
  const head = `On tfjs: ${color.strong(method ?? problem)} on ${problem}`;
  if (typeof found === 'string') return `${head}: ${found}\n`;
  if (found === undefined) return `${head} is a solver of the runtime: nothing of it runs there.\n`;
  const { readBacks, densified, asksWhetherDone } = found;
  const lines = [
    head,
    ...listText(readBacks, 'an iteration reads nothing back', (n) =>
      n === 1 ? 'one result is read back' : `${n} results are read back`,
    ),
    ...listText(densified, undefined, (n) =>
      n === 1 ? 'one sparse matrix is made full' : `${n} sparse matrices are made full`,
    ),
    ...(asksWhetherDone
      ? ['  whether it is done is asked once in 16 iterations where asking means waiting']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

const cut = (text: string): string => (text.length <= 70 ? text : `${text.slice(0, 69)}…`);

function listText(
  notes: readonly ExplainedNote[],
  none: string | undefined,
  head: (count: number) => string,
): readonly string[] {
  if (notes.length === 0) return none === undefined ? [] : [`  ${none}`];
  return (['iteration', 'turn of a loop'] as const).flatMap((each) => {
    const own = notes.filter((note) => note.each === each);
    if (own.length === 0) return [];
    return [
      `  in each ${each} ${head(own.length)}:`,
      ...own.map(
        ({ what, expression, place }) =>
          `    ${what}: ${cut(expression)}${place === null ? '' : `   ${place}`}`,
      ),
    ];
  });
}
