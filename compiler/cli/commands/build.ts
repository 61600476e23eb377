// `dotopt build`: writes a readable program that solves the problem.
import path from 'node:path';
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import { commandMessage } from '../../command-messages.ts';
import { buildProgram } from '../../build.ts';
import type { DataFile } from '../../build-main.ts';
import type { SolveModel } from '../../model/types.ts';
import type { DataItem } from '../../problem/problem.ts';
import type { Settings } from '../../program-input.ts';
import { openSession } from '../../session.ts';
import { sourceOptions } from '../../source-options.ts';
import { specialise } from '../../specialise.ts';
import { solvesOf, taskOf } from '../../tasks.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { exitCode } from '../exit.ts';
import { formatProgram } from '../format-program.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { codeOfDiagnostics, openProgram, tellFailure, type Opened } from '../open.ts';
import { limitsOf } from './run.ts';
import { printDiagnostics } from '../print/diagnostics.ts';
import { usageError } from '../print/usage.ts';
import { typeErrors } from '../type-check.ts';
import { writeWhole } from '../write-whole.ts';

export interface BuildCommandOptions extends SharedOptions {
  readonly standalone: boolean;
  readonly js: boolean;
  readonly stdout: boolean;
}

export async function build(io: Io, file: string, options: BuildCommandOptions): Promise<number> {
  const opened = openProgram(io, file, options);
  if (typeof opened === 'number') return opened;
  const solves = solvesOf(opened.front.model, opened.problems);
  if (solves.length > 1 && options.stdout)
    return usageError(io, '--stdout takes one program', 'choose a problem with --problem');
  const names = new Set<string>();
  let code: number = exitCode.done;
  for (const solve of solves) {
    const name = `${uniqueName(solve, names)}.${options.js ? 'js' : 'ts'}`;
    const target = path.resolve(io.cwd, options.stdout ? '.' : options.out, name);
    const built = await buildOne(io, opened, solve, path.dirname(target), options);
    if (!built.ok) {
      tellFailure(io, opened, built.diagnostics, false);
      code = Math.max(code, codeOfDiagnostics(built.diagnostics));
      continue;
    }
    if (options.stdout) io.out(built.text);
    else code = Math.max(code, write(io, target, built.text));
  }
  return code;
}

function write(io: Io, target: string, text: string): number {
  const shown = path.relative(io.cwd, target);
  const failed = writeWhole(target, text);
  if (failed !== undefined) return usageError(io, `${shown} cannot be written (${failed})`);
  const lines = text.split('\n').length - 1;
  io.out(`wrote ${io.color.strong(shown)}   ${io.color.soft(`${lines} lines`)}\n`);
  return exitCode.done;
}

/** The problem's name, with the method's and a number where it is taken. */
function uniqueName({ problem, method }: SolveModel, taken: Set<string>): string {
  const wishes = [problem.name, `${problem.name}_${method?.name ?? 'auto'}`];
  const numbered = (k: number): string => `${problem.name}_${k}`;
  let name = wishes.find((wish) => !taken.has(wish)) ?? '';
  for (let k = 2; name === ''; k++) name = taken.has(numbered(k)) ? '' : numbered(k);
  taken.add(name);
  return name;
}

type Built =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

async function buildOne(
  io: Io,
  opened: Opened,
  solve: SolveModel,
  folder: string,
  options: BuildCommandOptions,
): Promise<Built> {
  const { front, host, settings } = opened;
  const found = openSession(front, solve.problem, host, settings);
  if (!found.ok) return found;
  const { session } = found;
  printDiagnostics(io, session.diagnostics, front.sources);
  const made = await specialise(session, taskOf(solve));
  if (!made.ok) return made;
  const { step, decided, method } = made.specialised;
  if (step === undefined)
    return { ok: false, diagnostics: [commandMessage('C001', solve.span, { method })] };
  const { params, seed, dataSeed } = numbersOnly(settings);
  const limits = limitsOf(options);
  const limited = options.tolerance !== undefined || Object.keys(limits).length > 0;
  const flavour = options.js ? 'javascript' : 'typescript';
  const make = (as: 'javascript' | 'typescript'): string =>
    buildProgram(session, step, decided, {
      flavour: as,
      stop: limited ? undefined : solve.stop,
      limits,
      tolerance: options.tolerance,
      params,
      seed,
      dataSeed,
      fileOf: fileNamer(io, opened, folder, options.data),
    });
  const errors = await typeErrors(make('typescript'));
  if (errors.length > 0) throw new InternalError(`the program has type errors: ${errors[0]}`);
  return { ok: true, text: await formatProgram(make(flavour), flavour) };
}

/** Where the program reads the data from: what was given on the command line, else what the problem says. */
function fileNamer(
  io: Io,
  { front }: Opened,
  folder: string,
  given: readonly string[],
): (item: DataItem) => DataFile | undefined {
  const named = new Map(
    given.map((text) => [
      text.slice(0, text.indexOf('=')).trim(),
      text.slice(text.indexOf('=') + 1),
    ]),
  );
  const relative = (file: string): string => {
    const found = path.relative(folder, path.resolve(io.cwd, file)).split(path.sep).join('/');
    return found.startsWith('.') ? found : `./${found}`;
  };
  return (item) => {
    const own = named.get(item.name);
    if (own !== undefined)
      return {
        path: relative(own),
        format: own.endsWith('.json') ? 'json' : 'csv',
        options: {},
      };
    if (item.value.kind !== 'file') return undefined;
    const { source } = item.value;
    const from = front.sources[source.span.file]?.name ?? '';
    return {
      path: relative(path.join(path.dirname(from), source.path)),
      format: source.format === 'json' ? 'json' : 'csv',
      options: sourceOptions(source),
    };
  };
}

function numbersOnly({ params, seed, dataSeed }: Settings): {
  readonly params: ReadonlyMap<string, number>;
  readonly seed: number;
  readonly dataSeed: number;
} {
  const numbers = [...params].flatMap(([name, value]): (readonly [string, number])[] =>
    typeof value === 'number' ? [[name, value]] : [],
  );
  return { params: new Map(numbers), seed, dataSeed };
}
