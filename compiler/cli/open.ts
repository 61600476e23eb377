// What every command begins with: the file read, imports and data headers with it, settings parsed, messages printed.
import path from 'node:path';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import type { ByteSource } from '../../runtime/data/byte-source.ts';
import { formatOfName, openData } from '../../runtime/data/open.ts';
import { fault, placeOfFault, type Result } from '../../runtime/data/source.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';
import { readProgram, type Front } from '../front.ts';
import type { Host } from '../host.ts';
import type { ProblemModel } from '../model/types.ts';
import type { Settings } from '../program-input.ts';
import { exitCode } from './exit.ts';
import { fileHost } from './file-host.ts';
import type { Io } from './io.ts';
import { largePages } from './large-pages.ts';
import type { SharedOptions } from './main.ts';
import { diagnosticJson, printDiagnostics } from './print/diagnostics.ts';
import { envelope, hashOf, toJson } from './print/json.ts';
import { threadPool, usualThreads } from './threads.ts';
import type { LoadedTfjs } from '../../runtime/tfjs/load.ts';
import { usageError, usageErrorJson } from './print/usage.ts';
import { accessFor, openNamed, readNamed } from './project-files.ts';
import { systemReason } from './system-reason.ts';

export interface Opened {
  readonly front: Front;
  readonly host: Host;
  readonly settings: Settings;
  /** What JSON output begins with: hashes of what was read so far, seeds. */
  readonly envelope: () => Readonly<Record<string, unknown>>;
  /** Hashes of the data files read so far, by name. */
  readonly dataHashes: ReadonlyMap<string, string>;
  readonly problems: readonly ProblemModel[];
}

type OpenOptions = Pick<SharedOptions, 'set' | 'data' | 'allowRead'> &
  Partial<Pick<SharedOptions, 'seed' | 'dataSeed' | 'problem' | 'json' | 'target' | 'threads'>> & {
    /** What the target `tfjs` runs on. */
    readonly tfjs?: LoadedTfjs | undefined;
    /** Data files are hashed: JSON is written to a file. With `json` they always are. */
    readonly hashData?: boolean;
    /** Hears of every file that is opened, by its full name. */
    readonly onRead?: (file: string) => void;
  };

export const sourceLimit = 64 * 2 ** 20;

/** Opens a file for a command; an exit code where that failed and was told. Warnings are printed and pass. */
export function openProgram(io: Io, file: string, options: OpenOptions): Opened | number {
  const seeds = { seed: options.seed ?? 1, dataSeed: options.dataSeed ?? 1 };
  const hashes = new Map<string, string>();
  const seen = options.onRead ?? (() => undefined);
  const note = (name: string, source: ByteSource): void => {
    seen(name);
    if (options.json === true || options.hashData === true)
      hashes.set(shownName(io, name), hashOf(source));
  };
  const usage = (message: string, help?: string): number =>
    options.json === true
      ? usageErrorJson(io, message, help, envelope([], hashes, seeds))
      : usageError(io, message, help);
  const full = path.resolve(io.cwd, file);
  seen(full);
  const opened = readNamed(full, sourceLimit, file);
  if (!opened.ok) return usage(opened.message, opened.help);
  const set = parseSettings(options.set);
  if (typeof set === 'string') return usage(set, 'write --set name=value, e.g. --set lambda=0.1');
  const given = readGiven(io, options.data, note);
  if (!given.ok) return usage(given.message, given.help);
  const access = accessFor(
    opened.path,
    options.allowRead.map((dir) => path.resolve(io.cwd, dir)),
  );
  const host = relativeHost(fileHost(access, note), io);
  const front = readProgram(shownName(io, full), opened.bytes, host, {
    settings: set,
    givenShapes: new Map([...given.tensors].map(([name, tensor]) => [name, tensor.shape])),
    readHeaders: true,
  });
  for (const { name } of front.sources) seen(path.resolve(io.cwd, name));
  const pool = threadPool(options.threads ?? usualThreads(), {
    lost: (text) => io.err(`${text}\n`),
  });
  const head = (): Readonly<Record<string, unknown>> => envelope(front.sources, hashes, seeds);
  const unknown = unknownNames(front, set, given.tensors);
  if (!front.diagnostics.some(isError) && unknown !== undefined)
    return usage(unknown.message, unknown.help);
  if (front.diagnostics.some(isError)) {
    tellFailure(io, { front, envelope: head }, front.diagnostics, options.json === true);
    return codeOfDiagnostics(front.diagnostics);
  }
  printDiagnostics(io, front.diagnostics, front.sources);
  const problems = front.model.problems.filter(
    ({ name }) => options.problem === undefined || name === options.problem.normalize('NFC'),
  );
  if (problems.length === 0) {
    const names = front.model.problems.map(({ name }) => name);
    return options.problem === undefined
      ? usage(`${file} has no problem`, 'write `problem name { … }`, or import a file that has one')
      : usage(
          `there is no problem \`${options.problem}\` in ${file}`,
          suggestion(options.problem, names),
        );
  }
  return {
    front,
    host,
    settings: {
      params: set,
      data: given.tensors,
      ...seeds,
      ...(options.target === undefined ? {} : { target: options.target }),
      ...(pool === undefined ? {} : { threads: pool }),
      largePages: largePages(),
      ...(options.tfjs === undefined ? {} : { tfjs: options.tfjs }),
    },
    envelope: head,
    dataHashes: hashes,
    problems,
  };
}

/** Messages on standard error and, for programs, on standard output too. */
export function tellFailure(
  io: Io,
  { front, envelope: head }: Pick<Opened, 'front' | 'envelope'>,
  diagnostics: readonly Diagnostic[],
  json: boolean,
): void {
  printDiagnostics(io, diagnostics, front.sources);
  if (!json) return;
  const listed = diagnostics.map((d) => diagnosticJson(d, front.sources));
  io.out(`${toJson({ ...head(), diagnostics: listed })}\n`);
}

const suggestion = (name: string, names: readonly string[]): string => {
  if (names.length === 0) return 'it has none';
  const guess = names.length === 1 ? undefined : didYouMean(name, names);
  return guess === undefined ? `it has ${names.join(', ')}` : `did you mean \`${guess}\`?`;
};

/** Messages name files as the person would: relative to where the command runs. */
export function shownName(io: Io, full: string): string {
  const relative = path.relative(io.cwd, full);
  return relative.startsWith('..') ? full : relative;
}

/** Sources go by the names that messages show; the files behind them are found from the working directory. */
export function relativeHost(host: Host, io: Io): Host {
  const full = (from: string): string => path.resolve(io.cwd, from);
  return {
    readImport: (from, target) => {
      const read = host.readImport(full(from), target);
      return read.ok ? { ...read, name: shownName(io, read.name) } : read;
    },
    readHeader: (from, source) => host.readHeader(full(from), source),
    readNumbers: (from, source, allocate) => host.readNumbers(full(from), source, allocate),
    readLabels: (from, source) => host.readLabels(full(from), source),
  };
}

/** Errors of data files, and M121 of what they hold, are the user's files' (2), all others the source's (1). */
export function codeOfDiagnostics(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(isError);
  if (errors.length === 0) return exitCode.done;
  const ofData = errors.every(({ code }) => code.startsWith('D') || code === 'M121');
  return ofData ? exitCode.usage : exitCode.source;
}

function parseSettings(set: readonly string[]): ReadonlyMap<string, number> | string {
  const found = new Map<string, number>();
  for (const text of set) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim().normalize('NFC');
    const value = text.slice(at + 1).trim();
    if (at < 1 || value === '' || !Number.isFinite(Number(value)))
      return `--set ${JSON.stringify(text)} is not a name and a number`;
    found.set(name, Number(value));
  }
  return found;
}

type Given =
  | { readonly ok: true; readonly tensors: ReadonlyMap<string, DenseTensor> }
  | { readonly ok: false; readonly message: string; readonly help: string | undefined };

/** The files of `--data name=file`. */
function readGiven(
  io: Io,
  data: readonly string[],
  note: (name: string, source: ByteSource) => void,
): Given {
  const tensors = new Map<string, DenseTensor>();
  for (const text of data) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim().normalize('NFC');
    const file = text.slice(at + 1);
    if (at < 1 || file === '') {
      const help = 'write --data name=file, e.g. --data A=measurements.csv';
      return {
        ok: false,
        message: `--data ${JSON.stringify(text)} is not a name and a file`,
        help,
      };
    }
    const full = path.resolve(io.cwd, file);
    const opened = openNamed(full, file);
    if (!opened.ok) return { ...opened, message: `--data ${name}: ${opened.message}` };
    const read = readNumbers(file, opened.source);
    if (!read.ok) {
      const { fault } = read;
      const message = `--data ${name}: ${placeOfFault(fault)}: ${fault.message}`;
      return { ok: false, message, help: fault.help };
    }
    tensors.set(name, read.value);
    note(full, opened.source);
  }
  return { ok: true, tensors };
}

function readNumbers(file: string, source: ByteSource): Result<DenseTensor> {
  try {
    const opened = openData(file, source, formatOfName(file));
    return opened.ok ? opened.value.numbers() : opened;
  } catch (error) {
    return fault('D001', file, `The file cannot be read: ${systemReason(error)}.`);
  }
}

interface Unknown {
  readonly message: string;
  readonly help: string;
}

function unknownNames(
  front: Front,
  set: ReadonlyMap<string, number>,
  data: ReadonlyMap<string, DenseTensor>,
): Unknown | undefined {
  const { problems } = front.model;
  const params = [...new Set(problems.flatMap((p) => p.params.map(({ name }) => name)))];
  const known = [...new Set(problems.flatMap((p) => p.data.map(({ name }) => name)))];
  const badSet = [...set.keys()].find((name) => !params.includes(name));
  if (badSet !== undefined)
    return {
      message: `--set: no problem of the file has a param \`${badSet}\``,
      help: suggestion(badSet, params),
    };
  const badData = [...data.keys()].find((name) => !known.includes(name));
  if (badData !== undefined)
    return {
      message: `--data: no problem of the file has data \`${badData}\``,
      help: suggestion(badData, known),
    };
  return undefined;
}
