// dotopt for programs: `compile`, `solve` and `compare` with the names and defaults of the command.
// Mistakes come back as values, with the text that the command would print.
import { isError, type Diagnostic } from '../grammar/diagnostic.ts';
import { renderAll } from '../grammar/render.ts';
import type { Comparison } from '../runtime/compare/comparison.ts';
import type { Observer } from '../runtime/observe.ts';
import type { SolveResult } from '../runtime/result.ts';
import type { Limits } from '../runtime/run.ts';
import { dataFormats } from '../runtime/data/open.ts';
import { hasNan } from '../runtime/has-nan.ts';
import { isCompressedRows } from '../runtime/sparse.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { buildProgram } from './build.ts';
import { commandMessage } from './command-messages.ts';
import { compareModel } from './compare/compare.ts';
import { readProgram, type Front } from './front.ts';
import type { Host } from './host.ts';
import { memoryHost } from './memory-host.ts';
import type { ProblemModel } from './model/types.ts';
import type { LoadedTfjs } from '../runtime/tfjs/load.ts';
import type { HeapSettings, TargetName } from './choose-target.ts';
import type { Settings } from './program-input.ts';
import { openSession } from './session.ts';
import { solveSession } from './solve.ts';
import { sourceOptions } from './source-options.ts';
import { specialise } from './specialise.ts';
import { solvesOf, taskOf } from './tasks.ts';

/** A text in the language, or a text with its name and the files that it reads. */
export type Input = string | InputFile;

export interface InputFile {
  /** The name that messages show and that paths are relative to; `problem.opt` by default. */
  readonly name?: string;
  readonly text: string | Uint8Array;
  /** Imports and data by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Reads imports and data, in place of `files`; `openFile` of `dotopt/node` gives one that reads the disk. */
  readonly host?: Host;
}

/** Numbers as arrays, nested for matrices, or a tensor: dense, or a matrix by compressed rows, which `sparse data` keep. */
export type Numbers = number | readonly number[] | readonly (readonly number[])[] | Tensor;

/** `threads` and `largePages`: as `machine` of `dotopt/node` gives them; one thread, and none, by default. */
export interface Options extends Pick<HeapSettings, 'threads' | 'largePages'> {
  /** Values of params. */
  readonly set?: Readonly<Record<string, number>>;
  /** Values of data, in place of what the problem says. */
  readonly data?: Readonly<Record<string, Numbers>>;
  /** The run's seed; 1 by default. */
  readonly seed?: number;
  /** The seed of drawn data; 1 by default. */
  readonly dataSeed?: number;
  /** Where it runs: `ts` (plain JavaScript), `wasm`, or `tfjs`; by the size of the problem unless given. */
  readonly target?: TargetName;
  /** What the target `tfjs` runs on: as `loadTfjs` of the runtime gives it. */
  readonly tfjs?: LoadedTfjs;
  /** Only this problem. */
  readonly problem?: string;
}

export interface RunOptions extends Options {
  /** These take the place of `stop when`. */
  readonly iterations?: number;
  /** Seconds. */
  readonly time?: number;
  readonly tolerance?: number;
  /** True asks the run to stop; what it has is certified. */
  readonly interrupted?: () => boolean;
  /** Lets others work between blocks of iterations. */
  readonly breathe?: () => Promise<void>;
}

export interface SolveOptions extends RunOptions {
  readonly observers?: readonly Observer[];
}

export interface CompileOptions extends Options {
  /** `typescript` by default. */
  readonly flavour?: 'typescript' | 'javascript';
}

/** What was asked for, with warnings and what went wrong in runs; or the mistakes that stand in the way. `text` shows them as the command does. */
export type Outcome<T> =
  | ({ readonly ok: true; readonly diagnostics: readonly Diagnostic[] } & T)
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly text: string };

/** A program that solves one problem; see `dotopt build`. */
export interface Program {
  readonly problem: string;
  readonly method: string;
  readonly code: string;
}

/** Writes a program for each `solve` of the file, else for each problem. */
export async function compile(
  input: Input,
  options: CompileOptions = {},
): Promise<Outcome<{ readonly programs: readonly Program[] }>> {
  const opened = open(input, options);
  const programs: Program[] = [];
  for (const solve of solvesOf(opened.front.model, opened.problems)) {
    const session = openSession(opened.front, solve.problem, opened.host, opened.settings);
    if (!session.ok) return failure(opened, session.diagnostics);
    const made = await specialise(session.session, taskOf(solve));
    if (!made.ok) return failure(opened, made.diagnostics);
    const { step, decided, method } = made.specialised;
    if (step === undefined)
      return failure(opened, [commandMessage('C001', solve.span, { method })]);
    const code = buildProgram(session.session, step, decided, {
      flavour: options.flavour ?? 'typescript',
      params: new Map(Object.entries(options.set ?? {})),
      seed: opened.settings.seed,
      dataSeed: opened.settings.dataSeed,
      stop: solve.stop,
      carried: undefined,
      limits: {},
      tolerance: undefined,
      fileOf: ({ value }) => {
        if (value.kind !== 'file') return undefined;
        const { path, format: named } = value.source;
        const format = dataFormats.find((known) => known === named);
        return format && { path, format, options: sourceOptions(value.source) };
      },
    });
    programs.push({ problem: solve.problem.name, method, code });
  }
  return finish(opened, { programs });
}

/** Solves each `solve` of the file, else each problem, and certifies the answers. */
export async function solve(
  input: Input,
  options: SolveOptions = {},
): Promise<Outcome<{ readonly results: readonly SolveResult[] }>> {
  const opened = open(input, options);
  const { seed, dataSeed } = opened.settings;
  const results: SolveResult[] = [];
  const trouble: Diagnostic[] = [];
  for (const each of solvesOf(opened.front.model, opened.problems)) {
    const session = openSession(opened.front, each.problem, opened.host, opened.settings);
    if (!session.ok) return failure(opened, session.diagnostics);
    const solved = await solveSession(session.session, taskOf(each), {
      ...running(options),
      seed,
      dataSeed,
      stop: options.tolerance === undefined ? each.stop : undefined,
      ...(options.observers === undefined ? {} : { observers: options.observers }),
    });
    if (!solved.ok) return failure(opened, solved.diagnostics);
    results.push(solved.result);
    trouble.push(...session.session.diagnostics, ...solved.diagnostics);
  }
  return finish(opened, { results }, trouble);
}

/** Runs the comparisons of the file. */
export async function compare(
  input: Input,
  options: RunOptions = {},
): Promise<Outcome<{ readonly comparisons: readonly Comparison[] }>> {
  const opened = open(input, options);
  const comparisons: Comparison[] = [];
  for (const each of opened.front.model.compares) {
    if (!opened.problems.includes(each.problem)) continue;
    const { front, host, settings } = opened;
    const done = await compareModel(front, each, host, settings, running(options));
    if (!done.ok) return failure(opened, done.diagnostics);
    comparisons.push(done.comparison);
  }
  return finish(opened, { comparisons });
}

// ------------------------------------------------------------------------------------------------ opening

interface Opened {
  readonly front: Front;
  readonly host: Host;
  readonly settings: Settings;
  /** Those to work on; none where the file has errors. */
  readonly problems: readonly ProblemModel[];
}

function open(input: Input, options: Options): Opened {
  const file: InputFile = typeof input === 'string' ? { text: input } : input;
  const host = file.host ?? memoryHost(file.files);
  const data = new Map(
    Object.entries(options.data ?? {}).map(([name, numbers]) => [name, tensorOf(numbers)]),
  );
  const params = new Map(Object.entries(options.set ?? {}));
  const bytes = typeof file.text === 'string' ? new TextEncoder().encode(file.text) : file.text;
  const front = readProgram(file.name ?? 'problem.opt', bytes, host, {
    settings: params,
    givenShapes: new Map([...data].map(([name, { shape }]) => [name, shape])),
    readHeaders: true,
  });
  const whole: Front = {
    ...front,
    diagnostics: [...front.diagnostics, ...strangersIn(front, options), ...badValues(options)],
  };
  return {
    front: whole,
    host,
    settings: {
      params,
      data,
      seed: options.seed ?? 1,
      dataSeed: options.dataSeed ?? 1,
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(options.tfjs === undefined ? {} : { tfjs: options.tfjs }),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.largePages === undefined ? {} : { largePages: options.largePages }),
    },
    problems: whole.diagnostics.some(isError)
      ? []
      : front.model.problems.filter(
          ({ name }) => options.problem === undefined || name === options.problem,
        ),
  };
}

/** Names in the options that the file does not have. */
function strangersIn(
  { model }: Front,
  { set = {}, data = {}, problem }: Options,
): readonly Diagnostic[] {
  const start = { file: 0, start: 0, end: 0 };
  const unknown = (kind: string, names: readonly string[], known: readonly string[]) =>
    names
      .filter((name) => !known.includes(name))
      .map((name) =>
        commandMessage('C002', start, { kind, name, known: known.join(', ') || 'none' }),
      );
  return [
    ...unknown(
      'problem',
      problem === undefined ? [] : [problem],
      model.problems.map(({ name }) => name),
    ),
    ...unknown(
      'param',
      Object.keys(set),
      model.problems.flatMap((p) => p.params.map(({ name }) => name)),
    ),
    ...unknown(
      'data',
      Object.keys(data),
      model.problems.flatMap((p) => p.data.map(({ name }) => name)),
    ),
  ];
}

function badValues({ set = {}, data = {} }: Options): readonly Diagnostic[] {
  const span = { file: 0, start: 0, end: 0 };
  const bad = (names: readonly string[], what: string): readonly Diagnostic[] =>
    names.map((name) => commandMessage('C003', span, { name, what }));
  const infinite = Object.keys(set).filter((name) => !Number.isFinite(set[name]));
  const loose = Object.keys(data).filter((name) => {
    const tensor = tensorOf(data[name]);
    return tensor.storage === 'csr' && !isCompressedRows(tensor);
  });
  const ragged = Object.keys(data).filter((name) => {
    const { shape, storage, data: entries } = tensorOf(data[name]);
    return storage === 'dense' && shape.reduce((a, b) => a * b, 1) !== entries.length;
  });
  const broken = Object.keys(data).filter((name) => hasNan(tensorOf(data[name]).data));
  return [
    ...bad(infinite, 'a finite number'),
    ...bad(ragged, 'a matrix: its rows differ in length'),
    ...bad(loose, 'a matrix by compressed rows: each with its columns ascending'),
    ...bad(broken, 'made of numbers'),
  ];
}

const isTensor = (numbers: Exclude<Numbers, number>): numbers is Tensor => !Array.isArray(numbers);

const isList = (row: number | readonly number[]): row is readonly number[] => Array.isArray(row);

function tensorOf(numbers: Numbers): Tensor {
  if (typeof numbers === 'number')
    return { storage: 'dense', shape: [], data: Float64Array.of(numbers) };
  if (isTensor(numbers)) return numbers;
  const rows = numbers.filter(isList);
  if (rows.length === 0)
    return { storage: 'dense', shape: [numbers.length], data: Float64Array.from(numbers.flat()) };
  const shape = [rows.length, rows[0].length];
  return { storage: 'dense', shape, data: Float64Array.from(rows.flat()) };
}

// ------------------------------------------------------------------------------------------------ results

function running({ iterations, time, tolerance, interrupted, breathe }: RunOptions): {
  readonly limits: Partial<Limits>;
  readonly tolerance?: number;
  readonly interrupted?: () => boolean;
  readonly breathe?: () => Promise<void>;
} {
  return {
    limits: {
      ...(iterations === undefined ? {} : { iterations }),
      ...(time === undefined ? {} : { seconds: time }),
    },
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(breathe === undefined ? {} : { breathe }),
  };
}

function failure(
  { front }: Opened,
  diagnostics: readonly Diagnostic[],
): { readonly ok: false; readonly diagnostics: readonly Diagnostic[]; readonly text: string } {
  return { ok: false, diagnostics, text: renderAll(diagnostics, front.sources) };
}

const finish = <T extends object>(
  opened: Opened,
  found: T,
  trouble: readonly Diagnostic[] = [],
): Outcome<T> =>
  opened.front.diagnostics.some(isError)
    ? failure(opened, opened.front.diagnostics)
    : { ok: true, diagnostics: [...opened.front.diagnostics, ...trouble], ...found };

export { memoryHost } from './memory-host.ts';
export type { Host } from './host.ts';
export type { Diagnostic } from '../grammar/diagnostic.ts';
export type { Comparison } from '../runtime/compare/comparison.ts';
export type { SolveResult, SolutionEntry } from '../runtime/result.ts';
export { nested, type Nested } from '../runtime/result.ts';
export type { Certificate, Status } from '../runtime/certify/certificate.ts';
export type { Observer } from '../runtime/observe.ts';
export type { DenseTensor, SparseTensor } from '../runtime/tensor.ts';
