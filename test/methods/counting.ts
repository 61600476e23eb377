// A method run for some iterations by the generated program and by the reference interpreter, each with counters of its own.
import { noSettings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import { specialise, type Specialised } from '../../compiler/specialise.ts';
import { taskOf } from '../../compiler/tasks.ts';
import type { OracleCounts } from '../../runtime/program.ts';
import { errorsOf, openText, solvesOf } from '../conformance/program.ts';
import { referenceRun } from '../conformance/reference-run.ts';

export interface Counted {
  readonly emitted: OracleCounts;
  /** Undefined for what the runtime itself solves. */
  readonly interpreted: OracleCounts | undefined;
}

export async function opened(
  members: string,
  use: string,
): Promise<{ readonly session: Session; readonly specialised: Specialised }> {
  const program = openText(`problem p {${members}}\nsolve p with ${use}`);
  const errors = errorsOf(program);
  if (errors !== '') throw new Error(errors);
  const [asked] = solvesOf(program);
  const found = openSession(program.front, asked.problem, program.host, noSettings);
  if (!found.ok) throw new Error(found.diagnostics.map(({ message }) => message).join('\n'));
  const made = await specialise(found.session, taskOf(asked));
  if (!made.ok) throw new Error(made.diagnostics.map(({ message }) => message).join('\n'));
  return { session: found.session, specialised: made.specialised };
}

export async function counted(
  members: string,
  use: string,
  iterations: number,
  seed = 1,
): Promise<Counted> {
  const { session, specialised } = await opened(members, use);
  const { create, step } = specialised;
  const emitted = create(seed);
  emitted.init();
  for (let k = 1; k <= iterations; k++) if (emitted.step(k)) break;
  if (step === undefined) return { emitted: emitted.counts, interpreted: undefined };
  const { counts } = referenceRun(session, step, iterations, seed);
  return { emitted: emitted.counts, interpreted: counts };
}
