// The last lines of a generated program: data read, method run, answer printed.
import { denseTensor } from '../runtime/kernels/tensors.ts';
import type { Values } from '../runtime/program.ts';
import type { Limits } from '../runtime/run.ts';
import type { DataFormat } from '../runtime/data/open.ts';
import type { Backend } from '../runtime/tfjs/load.ts';
import type { SourceOptions } from '../runtime/data/source.ts';
import { withoutSearch } from '../runtime/certify/beyond.ts';
import { boundText } from '../runtime/certify/certifier.ts';
import type { KnownSizes } from './decide-sizes.ts';
import { numberText } from './emit/ts/expression.ts';
import { runtimeNames } from './emit/ts/runtime-names.ts';
import { propertyName, quoted } from './emit/ts/text.ts';
import { certificateTexts } from './problem-program.ts';
import { allVariables } from './problem/levels.ts';
import type { DataItem, Problem, Variable } from './problem/problem.ts';
import { createNamer } from './schedule/names.ts';
import type { Session } from './session.ts';
import { symbolsOf, type Dim } from './tensor/dim.ts';

/** A file of data as the program names it. */
export interface DataFile {
  /** Relative to where the program will stand, with `/`. */
  readonly path: string;
  readonly format: DataFormat;
  readonly options: SourceOptions;
}

/** Data that the program carries itself. */
export interface CarriedData {
  /** The values of the problem's data. */
  readonly values: Values;
  /** The file beside the program that holds them; undefined where they stand in it. */
  readonly file: string | undefined;
}

/** What is outside of the problem: files, settings, seeds. */
export interface ProgramSurroundings {
  /** Where this is given, no file of the problem is read. */
  readonly carried: CarriedData | undefined;
  readonly fileOf: (item: DataItem) => DataFile | undefined;
  readonly params: ReadonlyMap<string, number>;
  readonly seed: number;
  readonly dataSeed: number;
  /** Limits and tolerance of the command line. */
  readonly limits: Partial<Limits>;
  readonly tolerance: number | undefined;
  /** Backends of tfjs, in the order in which the program tries them; undefined where it does without tfjs. */
  readonly backends?: readonly Backend[] | undefined;
}

interface MainContext extends ProgramSurroundings {
  readonly typed: boolean;
  /** Names of the measures that the module has. */
  readonly measured: ReadonlySet<string>;
  /** Metrics that the stop rule asks for. */
  readonly metrics: readonly string[];
  /** Sizes that the module was made for. */
  readonly sizes: KnownSizes;
}

export const metricMeasure = (name: string): string => `metric ${name}`;

type Files = readonly { readonly item: DataItem; readonly file: DataFile }[];

const filesOf = (problem: Problem, { fileOf }: ProgramSurroundings): Files =>
  problem.data.flatMap((item) => {
    const file = fileOf(item);
    return file === undefined ? [] : [{ item, file }];
  });

const readerOf: { readonly [F in DataFormat]: string } = {
  csv: 'readCsv',
  json: 'readJson',
  npy: 'readNpy',
  npz: 'readNpz',
  parquet: 'readParquet',
};

export const mainImports = (
  problem: Problem,
  surroundings: ProgramSurroundings,
): readonly string[] => [
  'runProgram',
  ...(surroundings.backends === undefined ? [] : ['startTfjs']),
  ...new Set(
    filesOf(problem, surroundings).map(({ file }) => {
      const { carried } = surroundings;
      if (carried === undefined) return readerOf[file.format];
      return carried.file === undefined ? 'dense' : 'readTensor';
    }),
  ),
];

export function mainLines(session: Session, context: MainContext): readonly string[] {
  const { problem } = session.lowered;
  const { plan, promise } = session.program;
  const files = filesOf(problem, context);
  const { carried } = context;
  const names =
    carried === undefined
      ? fileNames(files.map(({ file }) => file.path))
      : fileNames(carried.file === undefined || files.length === 0 ? [] : [carried.file]);
  const input = inputEntries(session, files, names, context);
  const { limits, tolerance } = context;
  const limit = Object.entries(limits).map(([name, value]) => `${name}: ${value}`);
  return [
    ...[...names].map(
      ([path, name]) => `const ${name} = new URL(${quoted(path)}, import.meta.url);`,
    ),
    ...(names.size === 0 ? [] : ['']),
    `await runProgram(${quoted(problem.name)}, {`,
    ...(plan.sense === 'minimize' ? [] : [`sense: ${quoted(plan.sense)},`]),
    `promise: ${quoted(promise)},`,
    ...textsEntry(session, context),
    ...(plan.beyond === undefined ? [] : [`beyond: ${literal(withoutSearch(plan.beyond.spec))},`]),
    ...(context.metrics.length === 0
      ? []
      : [
          `metrics: [${context.metrics.map((name) => `{ name: ${quoted(name)}, measure: ${quoted(metricMeasure(name))} }`).join(', ')}],`,
        ]),
    ...(input.length === 0 ? [] : [`input: () => ({ ${input.join(', ')} }),`]),
    ...deviceEntry(context),
    'prepare, createStep, createMeasures,',
    ...(limit.length === 0 ? [] : [`limits: { ${limit.join(', ')} },`]),
    ...(tolerance === undefined ? [] : [`tolerance: ${tolerance},`]),
    ...labelsEntry(session),
    '});',
  ];
}

/** tfjs is imported by the program itself, so it is found from where the program stands. */
function deviceEntry({ backends, typed }: MainContext): readonly string[] {
  if (backends === undefined) return [];
  const name = typed ? 'name: string' : 'name';
  return [
    '// The first of these backends that loads.',
    `device: () => startTfjs((${name}) => import(name), [${backends.map(quoted).join(', ')}]),`,
  ];
}

const inCamelCase = ([first, ...rest]: readonly string[]): string =>
  [first, ...rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join('');

/** A name for each file, after what it is called. */
function fileNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const namer = createNamer(['prepare', 'createStep', 'createMeasures', 'Data', ...runtimeNames]);
  const names = new Map<string, string>();
  for (const path of paths)
    if (!names.has(path)) {
      const base = path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');
      const words = base.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
      names.set(path, namer.fresh(inCamelCase([...words, 'file'])));
    }
  return names;
}

/** The fields of what `gather` takes. */
function inputEntries(
  session: Session,
  files: Files,
  names: ReadonlyMap<string, string>,
  context: MainContext,
): readonly string[] {
  const { params, seed, dataSeed, carried } = context;
  const data = files.map(({ item, file }) => {
    const axes = item.input.type.shape.map((dim) => `, ${axisText(dim)}`).join('');
    const value = carried === undefined ? reading(file, names) : carriedText(carried, item, names);
    return `${propertyName(item.name)}: [${value}${axes}]`;
  });
  const given = [...params].map(([name, value]) => `${propertyName(name)}: ${value}`);
  const sizes = Object.entries(literalSizes(session, files, context)).map(
    ([symbol, size]) => `${propertyName(symbol)}: ${size}`,
  );
  const object = (name: string, fields: readonly string[]): readonly string[] =>
    fields.length === 0 ? [] : [`${name}: { ${fields.join(', ')} }`];
  return [
    ...object('data', data),
    ...object('params', given),
    ...object('sizes', sizes),
    ...(seed === 1 ? [] : [`seed: ${seed}`]),
    ...(dataSeed === 1 ? [] : [`dataSeed: ${dataSeed}`]),
  ];
}

/** A plain symbol is read off the data; any other size must be what it is now. */
function axisText(dim: Dim): string {
  const symbol = plainSymbol(dim);
  if (symbol !== undefined) return quoted(symbol);
  return symbolsOf(dim).length === 0 ? dim.key : 'undefined';
}

function plainSymbol(dim: Dim): string | undefined {
  const [symbol, ...others] = symbolsOf(dim);
  return others.length === 0 && dim.key === symbol ? symbol : undefined;
}

function reading({ path, format, options }: DataFile, names: ReadonlyMap<string, string>): string {
  const entries = Object.entries(options).map(([name, value]) => `${name}: ${literal(value)}`);
  const rest = entries.length === 0 ? '' : `, { ${entries.join(', ')} }`;
  return `${readerOf[format]}(${names.get(path) ?? quoted(path)}${rest})`;
}

function carriedText(
  { values, file }: CarriedData,
  { name }: DataItem,
  names: ReadonlyMap<string, string>,
): string {
  if (file !== undefined) return `readTensor(${names.get(file) ?? quoted(file)}, ${quoted(name)})`;
  const { shape, data } = denseTensor(values[name]);
  return `dense([${shape.join(', ')}], Float64Array.of(${Array.from(data, numberText).join(', ')}))`;
}

function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, inner]) => `${name}: ${literal(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

/** Sizes that the program was made for, and those that no axis of its files tells. */
function literalSizes(
  { lowered, input }: Session,
  files: Files,
  { sizes }: MainContext,
): KnownSizes {
  const told = new Set(
    files.flatMap(({ item }) => item.input.type.shape.flatMap((dim) => plainSymbol(dim) ?? [])),
  );
  const untold = lowered.problem.sizes
    .filter(
      ({ symbol, from }) => (from.kind === 'data' || from.kind === 'labels') && !told.has(symbol),
    )
    .flatMap(({ symbol }) =>
      input.sizes[symbol] === undefined ? [] : [[symbol, input.sizes[symbol]] as const],
    );
  return { ...sizes, ...Object.fromEntries(untold) };
}

function textsEntry({ program }: Session, { measured }: MainContext): readonly string[] {
  const { bound, stationarity } = certificateTexts(program.plan);
  const entries = [
    ...(bound !== undefined && bound !== boundText && measured.has('bound')
      ? [`bound: ${quoted(bound)}`]
      : []),
    ...(stationarity !== undefined && measured.has('stationarity')
      ? [`stationarity: ${quoted(stationarity)}`]
      : []),
  ];
  return entries.length === 0 ? [] : [`texts: { ${entries.join(', ')} },`];
}

const mostLabels = 60;

/** Labels of vectors, where they are few. */
function labelsEntry({ lowered, labels }: Session): readonly string[] {
  const named = ({ name, labels: [set, ...others] }: Variable): readonly string[] => {
    const list = set === undefined || others.length > 0 ? undefined : labels.get(set);
    return list === undefined || list.length > mostLabels
      ? []
      : [`${propertyName(name)}: ${literal(list)}`];
  };
  const entries = allVariables(lowered.problem.level).flatMap(named);
  return entries.length === 0 ? [] : [`labels: { ${entries.join(', ')} },`];
}
