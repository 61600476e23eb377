// What every command begins with: the file read, imports and data headers with it, settings parsed, messages printed.
import path from 'node:path';
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import { parseCsv } from '../../runtime/data/csv.ts';
import { parseJson } from '../../runtime/data/json.ts';
import { numbersOf } from '../../runtime/data/select.ts';
import { placeOfFault } from '../../runtime/data/source.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';
import { readProgram, type Front } from '../front.ts';
import type { Host } from '../host.ts';
import type { ProblemModel } from '../model/types.ts';
import type { Settings } from '../program-input.ts';
import { exitCode } from './exit.ts';
import { fileHost } from './file-host.ts';
import type { Io } from './io.ts';
import type { SharedOptions } from './main.ts';
import { printDiagnostics } from './print/diagnostics.ts';
import { sha256 } from './print/json.ts';
import { accessFor, openNamed } from './project-files.ts';

export interface Opened {
  readonly front: Front;
  readonly host: Host;
  readonly settings: Settings;
  /** Hashes of the data files that were given on the command line. */
  readonly dataHashes: ReadonlyMap<string, string>;
  readonly problems: readonly ProblemModel[];
}

type OpenOptions = Pick<SharedOptions, 'set' | 'data' | 'allowRead'> &
  Partial<Pick<SharedOptions, 'seed' | 'dataSeed' | 'problem'>>;

const sourceLimit = 64 * 2 ** 20;
const dataLimit = 2 ** 31 - 1;

/** Opens a file for a command; an exit code where that failed and was told. Warnings are printed and pass. */
export function openProgram(io: Io, file: string, options: OpenOptions): Opened | number {
  const usage = (message: string, help?: string): number => {
    io.err(
      `${io.errColor.bad('error')}: ${message}\n${help === undefined ? '' : `  ${io.errColor.name('= help:')} ${help}\n`}`,
    );
    return exitCode.usage;
  };
  const full = path.resolve(io.cwd, file);
  const opened = openNamed(full, sourceLimit);
  if (!opened.ok) return usage(opened.message, opened.help);
  const set = parseSettings(options.set);
  if (typeof set === 'string') return usage(set, 'write --set name=value, e.g. --set lambda=0.1');
  const given = readGiven(io, options.data);
  if (typeof given === 'string')
    return usage(given, 'write --data name=file, e.g. --data A=measurements.csv');
  const host = fileHost(accessFor(opened.path, options.allowRead));
  const front = readProgram(shownName(io, full), opened.bytes, relativeHost(host, io), {
    settings: set,
    givenShapes: new Map([...given.data].map(([name, tensor]) => [name, tensor.shape])),
    readHeaders: true,
  });
  const unknown = unknownNames(front, set, given.data);
  if (!front.diagnostics.some(isError) && unknown !== undefined) return usage(unknown);
  printDiagnostics(io, front.diagnostics, front.sources);
  if (front.diagnostics.some(isError)) return codeOfDiagnostics(front.diagnostics);
  const problems = chosenProblems(front, options.problem);
  if (problems.length === 0 && options.problem !== undefined) {
    return usage(
      `there is no problem \`${options.problem}\` in ${file}`,
      `it has ${front.model.problems.map(({ name }) => name).join(', ') || 'none'}`,
    );
  }
  return {
    front,
    host: relativeHost(host, io),
    settings: {
      params: set,
      data: given.data,
      seed: options.seed ?? 1,
      dataSeed: options.dataSeed ?? 1,
    },
    dataHashes: given.hashes,
    problems,
  };
}

/** Messages name files as the person would: relative to where the command runs. */
function shownName(io: Io, full: string): string {
  const relative = path.relative(io.cwd, full);
  return relative.startsWith('..') ? full : relative;
}

/** Sources go by the names that messages show; the files behind them are found from the working directory. */
function relativeHost(host: Host, io: Io): Host {
  const full = (from: string): string => path.resolve(io.cwd, from);
  return {
    readImport: (from, target) => {
      const read = host.readImport(full(from), target);
      return read.ok ? { ...read, name: shownName(io, read.name) } : read;
    },
    readHeader: (from, source) => host.readHeader(full(from), source),
    readNumbers: (from, source) => host.readNumbers(full(from), source),
    readLabels: (from, source) => host.readLabels(full(from), source),
  };
}

/** Errors of data files are the user's files' (2), all others the source's (1). */
export function codeOfDiagnostics(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter(isError);
  if (errors.length === 0) return exitCode.done;
  return errors.every(({ code }) => code.startsWith('D')) ? exitCode.usage : exitCode.source;
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

interface Given {
  readonly data: ReadonlyMap<string, DenseTensor>;
  readonly hashes: ReadonlyMap<string, string>;
}

function readGiven(io: Io, data: readonly string[]): Given | string {
  const found = new Map<string, DenseTensor>();
  const hashes = new Map<string, string>();
  for (const text of data) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim().normalize('NFC');
    const file = text.slice(at + 1);
    if (at < 1 || file === '') return `--data ${JSON.stringify(text)} is not a name and a file`;
    const opened = openNamed(path.resolve(io.cwd, file), dataLimit);
    if (!opened.ok) return opened.message;
    const read = readNumbers(file, opened.bytes);
    if (typeof read === 'string') return read;
    found.set(name, read);
    hashes.set(name, sha256(opened.bytes));
  }
  return { data: found, hashes };
}

function readNumbers(file: string, bytes: Uint8Array): DenseTensor | string {
  const text = new TextDecoder().decode(bytes);
  if (file.endsWith('.json')) {
    const json = parseJson(file, text);
    if (!json.ok) return `${placeOfFault(json.fault)}: ${json.fault.message}`;
    if (json.value.kind === 'array') return json.value.tensor;
    const numbers = numbersOf(json.value.table, {});
    return numbers.ok ? numbers.value : `${placeOfFault(numbers.fault)}: ${numbers.fault.message}`;
  }
  const table = parseCsv(file, text);
  if (!table.ok) return `${placeOfFault(table.fault)}: ${table.fault.message}`;
  const numbers = numbersOf(table.value, {});
  return numbers.ok ? numbers.value : `${placeOfFault(numbers.fault)}: ${numbers.fault.message}`;
}

function unknownNames(
  front: Front,
  set: ReadonlyMap<string, number>,
  data: ReadonlyMap<string, DenseTensor>,
): string | undefined {
  const params = new Set(
    front.model.problems.flatMap((problem) => problem.params.map(({ name }) => name)),
  );
  const known = new Set(
    front.model.problems.flatMap((problem) => problem.data.map(({ name }) => name)),
  );
  const badSet = [...set.keys()].find((name) => !params.has(name));
  if (badSet !== undefined)
    return `no problem of the file has a param \`${badSet}\` (it has ${[...params].join(', ') || 'none'})`;
  const badData = [...data.keys()].find((name) => !known.has(name));
  if (badData !== undefined)
    return `no problem of the file has data \`${badData}\` (it has ${[...known].join(', ') || 'none'})`;
  return undefined;
}

function chosenProblems(front: Front, name: string | undefined): readonly ProblemModel[] {
  return front.model.problems.filter((problem) => name === undefined || problem.name === name);
}
