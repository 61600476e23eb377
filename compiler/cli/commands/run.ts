// `dotopt run`: solves each `solve` of the file, else each problem, and certifies the answers.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import type { Limits } from '../../../runtime/run.ts';
import type { SolveResult } from '../../../runtime/result.ts';
import type { SolveModel } from '../../model/types.ts';
import { openSession } from '../../session.ts';
import { solveSession } from '../../solve.ts';
import { solvesOf, taskOf } from '../../tasks.ts';
import { codeOf, exitCode } from '../exit.ts';
import { interruptible, type Interrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { openProgram, type Opened } from '../open.ts';
import { diagnosticJson, printDiagnostics } from '../print/diagnostics.ts';
import { resultJson, toJson } from '../print/json.ts';
import { printResult } from '../print/result.ts';
import { progressLine } from '../progress.ts';
import { tfjsFor } from '../tfjs.ts';
import { watching } from '../watch.ts';

export async function runCommand(io: Io, file: string, options: SharedOptions): Promise<number> {
  return watching(io, options.watch, (onRead) => runOnce(io, file, { ...options, onRead }));
}

async function runOnce(
  io: Io,
  file: string,
  options: SharedOptions & { readonly onRead: (file: string) => void },
): Promise<number> {
  const tfjs = await tfjsFor(io, options);
  if (typeof tfjs === 'number') return tfjs;
  const opened = openProgram(io, file, { ...options, tfjs });
  if (typeof opened === 'number') return opened;
  const interrupt = interruptible(io.err);
  const results: SolveResult[] = [];
  const failures: Diagnostic[] = [];
  let code: number = exitCode.done;
  try {
    for (const solve of solvesOf(opened.front.model, opened.problems)) {
      if (interrupt.requested()) break;
      const solved = await solveOne(io, opened, solve, options, interrupt);
      if (!solved.ok) {
        printDiagnostics(io, solved.diagnostics, opened.front.sources);
        failures.push(...solved.diagnostics);
        code = Math.max(code, codeOfFailure(solved.diagnostics));
        continue;
      }
      if (!options.json) {
        if (results.length > 0) io.out('\n');
        printResult(io, solved.result, options.stats);
      }
      results.push(solved.result);
      printDiagnostics(io, solved.diagnostics, opened.front.sources);
      failures.push(...solved.diagnostics);
      code = Math.max(code, codeOf(solved.result));
    }
  } finally {
    interrupt.release();
  }
  if (options.json) {
    const body =
      results.length === 1
        ? resultJson(results[0], options.stats)
        : { results: results.map((result) => resultJson(result, options.stats)) };
    const told =
      failures.length === 0
        ? {}
        : { diagnostics: failures.map((d) => diagnosticJson(d, opened.front.sources)) };
    io.out(`${toJson({ ...opened.envelope(), ...body, ...told })}\n`);
  }
  return code;
}

type Solved =
  | {
      readonly ok: true;
      readonly result: SolveResult;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

async function solveOne(
  io: Io,
  opened: Opened,
  solve: SolveModel,
  options: SharedOptions,
  interrupt: Interrupt,
): Promise<Solved> {
  const session = openSession(opened.front, solve.problem, opened.host, opened.settings);
  if (!session.ok) return session;
  printDiagnostics(io, session.session.diagnostics, opened.front.sources);
  const limits = limitsOf(options);
  return solveSession(session.session, taskOf(solve), {
    seed: opened.settings.seed,
    dataSeed: opened.settings.dataSeed,
    limits,
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
    polish: options.polish === true,
    stats: options.stats,
    stop: options.tolerance === undefined ? solve.stop : undefined,
    observers: [progressLine(io, solve.method?.name ?? solve.problem.name)],
    interrupted: interrupt.poll,
    breathe: () => nextTurn(),
  });
}

export function limitsOf({ iterations, time }: SharedOptions): Partial<Limits> {
  return {
    ...(iterations === undefined ? {} : { iterations }),
    ...(time === undefined ? {} : { seconds: time }),
  };
}

/** What stands in the way of a solve: the data (2), else the source (1). */
export const codeOfFailure = (diagnostics: readonly Diagnostic[]): number =>
  diagnostics.every(({ code }) => code.startsWith('D')) ? exitCode.usage : exitCode.source;
