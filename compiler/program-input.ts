// From a problem and its host to the numbers a program starts from: data read, labels read, sizes worked out from headers, params set.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import type { Source } from '../grammar/source.ts';
import type { Span } from '../grammar/span.ts';
import type { Allocate } from '../runtime/data/number-file.ts';
import { placeOfFault, type DataFault } from '../runtime/data/source.ts';
import type { ProgramInput } from '../runtime/program.ts';
import type { LoadedTfjs } from '../runtime/tfjs/load.ts';
import { denseTensor } from '../runtime/kernels/tensors.ts';
import { toCsr } from '../runtime/sparse.ts';
import type { DenseTensor, Tensor } from '../runtime/tensor.ts';
import { homeFor, type HeapSettings } from './choose-target.ts';
import { commandMessage } from './command-messages.ts';
import { fitShape } from './fit-shape.ts';
import type { Host } from './host.ts';
import { entryPlace } from './entry-place.ts';
import type { Bound, DataItem, Problem, SizeSource } from './problem/problem.ts';
import { constantDim, evaluateDim, substituteDim, type Dim } from './tensor/dim.ts';
import { constantEntry } from './tensor/shape.ts';

/** What the person sets for a run. */
export interface Settings extends HeapSettings {
  readonly params: ReadonlyMap<string, number | DenseTensor>;
  /** Data given in place of what the problem says. */
  readonly data: ReadonlyMap<string, Tensor>;
  readonly seed: number;
  readonly dataSeed: number;
  /** What the target `tfjs` runs on. */
  readonly tfjs?: LoadedTfjs;
}

export const noSettings: Settings = { params: new Map(), data: new Map(), seed: 1, dataSeed: 1 };

export interface GatheredInput {
  readonly input: ProgramInput;
  /** Labels of sets that are read from files, by the set's name. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadInputs {
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly data: ReadonlyMap<string, Tensor>;
  readonly sizes: ReadonlyMap<string, number>;
  readonly diagnostics: readonly Diagnostic[];
}

/** What files and settings give, and the sizes that follow. */
export function readInputs(
  problem: Problem,
  host: Host,
  sources: readonly Source[],
  settings: Settings,
  allocate?: Allocate,
): ReadInputs {
  const diagnostics: Diagnostic[] = [];
  const labels = readLabelSets(problem, host, sources, diagnostics);
  const data = readData(problem, host, sources, settings, diagnostics, allocate);
  const sizes = sizesFrom(problem.sizes, data, labels, diagnostics);
  diagnostics.push(...negativeSizes(problem, sizes, settings));
  return { labels, data, sizes, diagnostics };
}

export function gatherInput(
  problem: Problem,
  host: Host,
  sources: readonly Source[],
  settings: Settings,
): GatheredInput {
  const numbers = numbersInFiles(problem, host, sources);
  const home = homeFor(settings, numbers);
  const read = readInputs(problem, host, sources, settings, home.allocate);
  const { labels, data, sizes, diagnostics } = read;
  const heap = home.heapFor(problem, data, sizes);
  return {
    input: {
      params: Object.fromEntries(settings.params),
      // In the memory of WebAssembly they lie once.
      data: Object.fromEntries(
        heap === undefined
          ? data
          : [...data].map(([name, tensor]) => [name, heap.placeTensor(tensor)]),
      ),
      sizes: Object.fromEntries(sizes),
      seed: settings.seed,
      dataSeed: settings.dataSeed,
      ...(heap === undefined ? {} : { heap }),
    },
    labels,
    diagnostics,
  };
}

/** As the heads of the files tell. */
function numbersInFiles({ data }: Problem, host: Host, sources: readonly Source[]): number {
  const counts = data.map(({ value }) => {
    if (value.kind !== 'file') return 0;
    const header = host.readHeader(nameOf(sources, value.source.span), value.source);
    return header.ok ? header.value.shape.reduce((a, b) => a * b, 1) : 0;
  });
  return counts.reduce((a, b) => a + b, 0);
}

const nameOf = (sources: readonly Source[], span: Span): string => sources[span.file]?.name ?? '';

function readLabelSets(
  problem: Problem,
  host: Host,
  sources: readonly Source[],
  diagnostics: Diagnostic[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { name, elements } of problem.sets) {
    if (elements.kind === 'labels') found.set(name, elements.labels);
    if (elements.kind !== 'column') continue;
    const { source } = elements;
    const read = host.readLabels(nameOf(sources, source.span), source);
    if (read.ok) found.set(name, read.value);
    else diagnostics.push(dataDiagnostic(read.fault, source.span));
  }
  return found;
}

function readData(
  problem: Problem,
  host: Host,
  sources: readonly Source[],
  settings: Settings,
  diagnostics: Diagnostic[],
  allocate: Allocate | undefined,
): ReadonlyMap<string, Tensor> {
  const data = new Map<string, Tensor>();
  for (const item of problem.data) {
    const given = settings.data.get(item.name);
    if (given !== undefined) {
      place(data, item, given, item.span, diagnostics);
      continue;
    }
    if (item.value.kind === 'required') {
      diagnostics.push(commandMessage('D021', item.span, { name: item.name }));
    }
    if (item.value.kind !== 'file') continue;
    const { source } = item.value;
    const read = host.readNumbers(nameOf(sources, source.span), source, allocate);
    if (read.ok) place(data, item, read.value, source.span, diagnostics);
    else diagnostics.push(dataDiagnostic(read.fault, source.span));
  }
  return data;
}

function place(
  data: Map<string, Tensor>,
  item: DataItem,
  given: Tensor,
  span: Span,
  diagnostics: Diagnostic[],
): void {
  const { shape, storage, element } = item.input.type;
  const isPlain = element === 'real' && item.lower === undefined && item.upper === undefined;
  if (given.storage === 'csr' && storage === 'csr' && isPlain) {
    data.set(item.name, given);
    return;
  }
  const tensor = denseTensor(given);
  const fitted = fitRank(tensor, shape.length);
  if (fitted === undefined) {
    diagnostics.push(
      commandMessage('D022', span, {
        name: item.name,
        wanted: shape.length,
        found: tensor.shape.join(' × ') || 'a number',
      }),
    );
    return;
  }
  const odd =
    element === 'int' || element === 'bool'
      ? fitted.data.findIndex((x) => !Number.isInteger(x))
      : -1;
  if (odd >= 0) {
    diagnostics.push(
      commandMessage('D023', span, {
        name: item.name,
        value: fitted.data[odd],
        place: entryPlace(item, fitted.shape, odd),
      }),
    );
    return;
  }
  diagnostics.push(...outOfBounds(item, fitted));
  data.set(item.name, storage === 'csr' ? toCsr(fitted) : fitted);
}

/** The first entry that breaks a bound that is a number; other bounds are looked at when all inputs are known. */
function outOfBounds(item: DataItem, { shape, data }: DenseTensor): readonly Diagnostic[] {
  const check = (
    bound: Bound | undefined,
    keeps: (x: number, end: number) => boolean,
    sign: string,
  ) => {
    const end = bound === undefined ? undefined : constantEntry(bound.node);
    if (bound === undefined || end === undefined) return [];
    const index = data.findIndex((x) => !keeps(x, end));
    if (index < 0) return [];
    const values = {
      name: item.name,
      bound: `${sign}${bound.strict ? '' : '='} ${end}`,
      found: `: ${entryPlace(item, shape, index)} is ${data[index]}`,
    };
    return [commandMessage('D026', bound.span, values)];
  };
  const strictly = (bound: Bound | undefined): boolean => bound?.strict === true;
  return [
    ...check(item.lower, (x, end) => (strictly(item.lower) ? x > end : x >= end), '>'),
    ...check(item.upper, (x, end) => (strictly(item.upper) ? x < end : x <= end), '<'),
  ];
}

function fitRank(tensor: DenseTensor, rank: number): DenseTensor | undefined {
  const shape = fitShape(tensor.shape, rank);
  return shape === undefined ? undefined : { ...tensor, shape };
}

/** Each size is linear in its symbol: size = factor * symbol + rest, with the rest known first. */
function sizesFrom(
  declared: readonly SizeSource[],
  data: ReadonlyMap<string, Tensor>,
  labels: ReadonlyMap<string, readonly string[]>,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  let open = declared.filter(({ from }) => from.kind === 'data' || from.kind === 'labels');
  for (let progress = true; progress && open.length > 0;) {
    const later = open.filter((source) => {
      const value = sizeOf(source, sizes, data, labels);
      if (value === undefined) return true;
      if (!Number.isInteger(value) || value < 0) {
        diagnostics.push(commandMessage('D024', source.span, { symbol: source.symbol, value }));
      }
      sizes.set(source.symbol, value);
      return false;
    });
    progress = later.length < open.length;
    open = later;
  }
  return sizes;
}

/** Sizes that the file takes for granted and that these data and settings do not give. */
function negativeSizes(
  { checks }: Problem,
  sizes: ReadonlyMap<string, number>,
  { params }: Settings,
): readonly Diagnostic[] {
  const scalars = [...params].filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const known = Object.fromEntries([...scalars, ...sizes]);
  return checks.flatMap(({ nonnegative, message, span }) =>
    (evaluateDim(nonnegative, known) ?? 0) < 0 ? [commandMessage('D028', span, { message })] : [],
  );
}

function sizeOf(
  { symbol, from }: SizeSource,
  sizes: ReadonlyMap<string, number>,
  data: ReadonlyMap<string, Tensor>,
  labels: ReadonlyMap<string, readonly string[]>,
): number | undefined {
  if (from.kind === 'labels') return labels.get(from.name)?.length;
  if (from.kind !== 'data') return undefined;
  const actual = data.get(from.name)?.shape[from.axis];
  if (actual === undefined) return undefined;
  const { factor, rest } = linearIn(from.size, symbol);
  const known = evaluateDim(rest, Object.fromEntries(sizes));
  return known === undefined || factor === 0 ? undefined : (actual - known) / factor;
}

function linearIn(size: Dim, symbol: string): { readonly factor: number; readonly rest: Dim } {
  return {
    factor: size.monomials
      .filter(({ symbols }) => symbols.length === 1 && symbols[0] === symbol)
      .reduce((sum, { coefficient }) => sum + coefficient, 0),
    rest: substituteDim(size, (name) => (name === symbol ? constantDim(0) : undefined)),
  };
}

/** A fault of a data file as a message at the place that names the file. */
export function dataDiagnostic(fault: DataFault, span: Span): Diagnostic {
  return {
    code: fault.code,
    severity: 'error',
    message: `${placeOfFault(fault)}: ${fault.message}`,
    span,
    ...(fault.help === undefined ? {} : { help: fault.help }),
  };
}
