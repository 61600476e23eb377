// `dotopt build`: writes a readable program that solves the problem.
import path from 'node:path';
import type { Diagnostic } from '../../../grammar/diagnostic.ts';
import { commandMessage } from '../../command-messages.ts';
import { buildProgram } from '../../build.ts';
import { dataFormats, formatOfName } from '../../../runtime/data/open.ts';
import type { CarriedData, DataFile } from '../../build-main.ts';
import type { SolveModel } from '../../model/types.ts';
import type { Backend } from '../../../runtime/tfjs/load.ts';
import type { DataItem } from '../../problem/problem.ts';
import type { Settings } from '../../program-input.ts';
import { denseTensor } from '../../../runtime/kernels/tensors.ts';
import { openSession, type Session } from '../../session.ts';
import { sourceOptions } from '../../source-options.ts';
import { specialise } from '../../specialise.ts';
import { solvesOf, taskOf } from '../../tasks.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { leastTolerance32 } from '../../tolerance32.ts';
import { exitCode } from '../exit.ts';
import { formatProgram } from '../format-program.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { codeOfDiagnostics, openProgram, shownName, tellFailure, type Opened } from '../open.ts';
import { limitsOf } from './run.ts';
import { diagnosticJson, printDiagnostics } from '../print/diagnostics.ts';
import { toJson } from '../print/json.ts';
import { usageError, usageErrorJson } from '../print/usage.ts';
import { standalone, withoutTypes } from '../standalone.ts';
import { askedBackends } from '../tfjs.ts';
import { typeErrors } from '../type-check.ts';
import { writeWhole } from '../write-whole.ts';

export interface BuildCommandOptions extends SharedOptions {
  readonly standalone: boolean;
  readonly js: boolean;
  readonly stdout: boolean;
}

/** The name of a program, not of a folder. */
const isProgram = (out: string): boolean => /\.m?[jt]s$/.test(out);

export async function build(io: Io, file: string, given: BuildCommandOptions): Promise<number> {
  const inFile = !given.stdout && isProgram(given.out);
  const refuse = given.json ? usageErrorJson : usageError;
  const { target = 'ts' } = given;
  if (target === 'wasm')
    return refuse(
      io,
      'build writes programs for the targets ts and tfjs, not for wasm',
      '`dotopt run --target wasm` runs there',
    );
  const { tolerance } = given;
  if (target === 'tfjs' && tolerance !== undefined && tolerance < leastTolerance32)
    return refuse(
      io,
      `32-bit numbers do not meet --tolerance ${tolerance}; they meet ${leastTolerance32}`,
      `ask for --tolerance ${leastTolerance32}`,
    );
  if (inFile && given.js && /ts$/.test(given.out))
    return refuse(io, `--js writes no ${path.extname(given.out)} file`, 'name a .js file');
  const options = {
    ...given,
    js: given.js || (inFile && /js$/.test(given.out)),
    backends: target === 'tfjs' ? askedBackends() : undefined,
  };
  // The problem is the same wherever its program will run.
  const opened = openProgram(io, file, { ...options, target: 'ts' });
  if (typeof opened === 'number') return opened;
  const solves = solvesOf(opened.front.model, opened.problems);
  if (solves.length > 1 && (options.stdout || inFile))
    return refuse(
      io,
      options.stdout ? '--stdout takes one program' : `${given.out} holds one program`,
      'choose a problem with --problem',
    );
  const names = new Set<string>();
  const programs: Record<string, unknown>[] = [];
  const failures: Diagnostic[] = [];
  let code: number = exitCode.done;
  for (const solve of solves) {
    const name = `${uniqueName(solve, names)}.${options.js ? 'js' : 'ts'}`;
    const target = inFile
      ? path.resolve(io.cwd, options.out)
      : path.resolve(io.cwd, options.stdout ? '.' : options.out, name);
    const built = await buildOne(io, opened, solve, target, options);
    if (!built.ok) {
      tellFailure(io, opened, built.diagnostics, false);
      failures.push(...built.diagnostics);
      code = Math.max(code, codeOfDiagnostics(built.diagnostics));
      continue;
    }
    const { text, beside } = built;
    if (options.stdout && beside !== undefined)
      return refuse(
        io,
        'the data are too large to stand in the program',
        'use --out: they are written beside it',
      );
    if (beside !== undefined)
      code = Math.max(code, write(io, beside.target, beside.text, options.json));
    if (!options.stdout) code = Math.max(code, write(io, target, text, options.json));
    else if (!options.json) io.out(text);
    programs.push({
      problem: solve.problem.name,
      file: options.stdout ? null : shownName(io, target),
      data: beside === undefined ? null : shownName(io, beside.target),
      lines: linesOf(text),
      ...(options.stdout ? { code: text } : {}),
    });
  }
  if (options.json) {
    const told =
      failures.length === 0
        ? {}
        : { diagnostics: failures.map((d) => diagnosticJson(d, opened.front.sources)) };
    io.out(`${toJson({ ...opened.envelope(), programs, ...told })}\n`);
  }
  return code;
}

const linesOf = (text: string): number => text.split('\n').length - 1;

function write(io: Io, target: string, text: string, quiet: boolean): number {
  const shown = shownName(io, target);
  const failed = writeWhole(target, text);
  if (failed !== undefined) return usageError(io, `${shown} cannot be written: ${failed}`);
  if (!quiet)
    io.out(`wrote ${io.color.strong(shown)}   ${io.color.soft(`${linesOf(text)} lines`)}\n`);
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
  | {
      readonly ok: true;
      readonly text: string;
      /** Data that the program reads, written with it. */
      readonly beside: { readonly target: string; readonly text: string } | undefined;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

async function buildOne(
  io: Io,
  opened: Opened,
  solve: SolveModel,
  target: string,
  options: BuildCommandOptions & { readonly backends: readonly Backend[] | undefined },
): Promise<Built> {
  const { front, host, settings } = opened;
  const found = openSession(front, solve.problem, host, settings);
  if (!found.ok) return found;
  const { session } = found;
  printDiagnostics(io, session.diagnostics, front.sources);
  const made = await specialise(session, {
    ...taskOf(solve),
    onDevice: options.backends !== undefined,
  });
  if (!made.ok) return made;
  const { step, decided, method } = made.specialised;
  if (step === undefined)
    return { ok: false, diagnostics: [commandMessage('C001', solve.span, { method })] };
  const { params, seed, dataSeed } = numbersOnly(settings);
  const limits = limitsOf(options);
  const limited = options.tolerance !== undefined || Object.keys(limits).length > 0;
  const flavour = options.js ? 'javascript' : 'typescript';
  const fileOf = fileNamer(io, opened, path.dirname(target), options.data);
  const carried = options.standalone ? carriedData(session, fileOf, target) : undefined;
  const make = (as: 'javascript' | 'typescript'): string =>
    buildProgram(session, step, decided, {
      flavour: as,
      stop: limited ? undefined : solve.stop,
      limits,
      tolerance: options.tolerance ?? (options.backends && leastTolerance32),
      backends: options.backends,
      params,
      seed,
      dataSeed,
      fileOf,
      carried: carried?.data,
    });
  const errors = await typeErrors(make('typescript'));
  if (errors.length > 0) throw new InternalError(`the program has type errors: ${errors[0]}`);
  return {
    ok: true,
    text: await formatProgram(
      options.standalone ? await alone(make('typescript'), flavour) : make(flavour),
      flavour,
    ),
    beside: carried?.beside,
  };
}

const alone = async (code: string, flavour: 'javascript' | 'typescript'): Promise<string> => {
  const whole = await standalone(code);
  return flavour === 'javascript' ? withoutTypes(whole) : whole;
};

/** Up to so many numbers stand in the program itself. */
const mostCarried = 2000;

/** The data that a program without imports has in it or beside it. */
function carriedData(
  { lowered, input }: Session,
  fileOf: (item: DataItem) => DataFile | undefined,
  target: string,
): { readonly data: CarriedData; readonly beside: { target: string; text: string } | undefined } {
  const names = lowered.problem.data.filter((item) => fileOf(item) !== undefined);
  const tensors = names.map(({ name }) => [name, denseTensor(input.data[name])] as const);
  const numbers = tensors.reduce((sum, [, { data }]) => sum + data.length, 0);
  if (numbers <= mostCarried)
    return { data: { values: input.data, file: undefined }, beside: undefined };
  const { dir, name } = path.parse(target);
  const file = `${name}.data.json`;
  const object = Object.fromEntries(
    tensors.map(([key, { shape, data }]) => [key, { shape, data: Array.from(data) }]),
  );
  return {
    data: { values: input.data, file: `./${file}` },
    beside: { target: path.join(dir, file), text: `${JSON.stringify(object)}\n` },
  };
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
        format: formatOfName(own),
        options: {},
      };
    if (item.value.kind !== 'file') return undefined;
    const { source } = item.value;
    const format = dataFormats.find((known) => known === source.format);
    // Such a file could not be read: this was told before.
    if (format === undefined) return undefined;
    const from = front.sources[source.span.file]?.name ?? '';
    return {
      path: relative(path.join(path.dirname(from), source.path)),
      format,
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
