// A file of the repo brought to its answers, as the command does it: read, opened with its data, matched, run, certified.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessFor } from '../../compiler/cli/project-files.ts';
import { fileHost } from '../../compiler/cli/file-host.ts';
import { readProgram, type Front } from '../../compiler/front.ts';
import type { Host } from '../../compiler/host.ts';
import type { ProblemModel, SolveModel } from '../../compiler/model/types.ts';
import { noSettings, type Settings } from '../../compiler/program-input.ts';
import { openSession, type Session } from '../../compiler/session.ts';
import { solveSession, type SolveOptions } from '../../compiler/solve.ts';
import { taskOf } from '../../compiler/tasks.ts';
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import { renderAll } from '../../grammar/render.ts';
import type { SolveResult } from '../../runtime/result.ts';

export const repo = join(import.meta.dirname, '..', '..');

export interface Program {
  readonly front: Front;
  readonly host: Host;
}

/** A file of the repo, by its path from the root. */
export const openFile = (
  path: string,
  settings: ReadonlyMap<string, number> = new Map(),
): Program => openText(readFileSync(join(repo, path), 'utf8'), path, settings);

/** A text as if it stood at `path`: its data are found from there. */
export function openText(
  text: string,
  path = 'examples/program.opt',
  settings: ReadonlyMap<string, number> = new Map(),
): Program {
  const full = join(repo, path);
  const host = fileHost(accessFor(full, []));
  const front = readProgram(full, new TextEncoder().encode(text), host, {
    settings,
    readHeaders: true,
  });
  return { front, host };
}

export const errorsOf = ({ front }: Program): string =>
  renderAll(front.diagnostics.filter(isError), [...front.sources]);

/** Each `solve` of the file, and each problem that none names with a method of the compiler's choice. */
export function solvesOf({ front: { model } }: Program): readonly SolveModel[] {
  const bare = model.problems
    .filter((problem) => !model.solves.some((solve) => solve.problem === problem))
    .map((problem): SolveModel => bareSolve(problem));
  return [...model.solves, ...bare];
}

export const bareSolve = (problem: ProblemModel): SolveModel => ({
  problem,
  method: undefined,
  via: [],
  stop: undefined,
  span: problem.span,
});

export type Solved =
  | { readonly ok: true; readonly session: Session; readonly result: SolveResult }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly text: string };

export async function solve(
  program: Program,
  { problem, method, via, stop, span }: SolveModel,
  options: Partial<SolveOptions> = {},
  settings: Partial<Settings> = {},
): Promise<Solved> {
  const { front, host } = program;
  const refused = (diagnostics: readonly Diagnostic[]): Solved => ({
    ok: false,
    diagnostics,
    text: renderAll([...diagnostics], [...front.sources]),
  });
  const opened = openSession(front, problem, host, { ...noSettings, ...settings });
  if (!opened.ok) return refused(opened.diagnostics);
  const { session } = opened;
  const task = taskOf({ problem, method, via, stop, span });
  const solved = await solveSession(session, task, { seed: 1, dataSeed: 1, stop, ...options });
  return solved.ok ? { ok: true, session, result: solved.result } : refused(solved.diagnostics);
}
