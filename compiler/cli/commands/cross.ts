// `dotopt cross`: each problem by every route that applies, and whether what they certify agrees.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crossSession, type Cross } from '../../cross.ts';
import { openSession } from '../../session.ts';
import { exitCode } from '../exit.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { openProgram, tellFailure } from '../open.ts';
import { crossJson, printCross } from '../print/cross.ts';
import { printDiagnostics } from '../print/diagnostics.ts';
import { toJson } from '../print/json.ts';
import { progressLine } from '../progress.ts';
import { telling, tfjsFor } from '../tfjs.ts';
import { limitsOf } from './run.ts';

export async function crossCommand(io: Io, file: string, options: SharedOptions): Promise<number> {
  const tfjs = await tfjsFor(io, options);
  if (typeof tfjs === 'number') return tfjs;
  const opened = openProgram(io, file, { ...options, tfjs: telling(io, tfjs) });
  if (typeof opened === 'number') return opened;
  const interrupt = interruptible(io.err);
  const found: Cross[] = [];
  try {
    for (const problem of opened.problems) {
      if (interrupt.requested()) break;
      const session = openSession(opened.front, problem, opened.host, opened.settings);
      if (!session.ok) {
        tellFailure(io, opened, session.diagnostics, options.json);
        return exitCode.source;
      }
      printDiagnostics(io, session.session.diagnostics, opened.front.sources);
      const cross = await crossSession(session.session, {
        seed: opened.settings.seed,
        dataSeed: opened.settings.dataSeed,
        limits: limitsOf(options),
        ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
        observers: [progressLine(io, problem.name)],
        interrupted: interrupt.poll,
        breathe: () => nextTurn(),
      });
      if (!options.json) printCross(io, cross);
      found.push(cross);
    }
  } finally {
    interrupt.release();
  }
  if (options.json) io.out(`${toJson({ ...opened.envelope(), problems: found.map(crossJson) })}\n`);
  return Math.max(exitCode.done, ...found.map(codeOf));
}

/** 7 where proofs contradict each other, 5 where no route came to a certified answer. */
function codeOf({ routes, disagreements }: Cross): number {
  if (disagreements.some(({ grave }) => grave)) return exitCode.claim;
  const certified = routes.some(
    ({ outcome }) => outcome.kind === 'solved' && outcome.result.status !== 'not converged',
  );
  return certified ? exitCode.done : exitCode.notConverged;
}
