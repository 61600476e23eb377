// A method of the library by tfjs, ready to step.
import { noSettings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import { specialise, type Specialised } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { Settings } from '../../compiler/program-input.ts';
import { errorsOf, openText, solvesOf } from '../conformance/program.ts';

export interface Opened {
  readonly session: Session;
  readonly specialised: Specialised;
}

/** The first `solve` of the text, under the settings. */
export const openedWith = (text: string, settings: Partial<Settings>): Promise<Opened> =>
  openedIn(openText(text), settings);

export async function openedIn(
  program: ReturnType<typeof openText>,
  settings: Partial<Settings>,
): Promise<Opened> {
  const errors = errorsOf(program);
  if (errors !== '') throw new Error(errors);
  const [asked] = solvesOf(program);
  const opened = openSession(program.front, asked.problem, program.host, {
    ...noSettings,
    ...settings,
  });
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join('\n'));
  const made = await specialise(opened.session, taskOf(asked));
  if (!made.ok) throw new Error(made.diagnostics.map(({ message }) => message).join('\n'));
  return { session: opened.session, specialised: made.specialised };
}
