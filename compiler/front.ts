// Text to typed model: the file, what it imports, the headers of its data.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import { isError } from '../grammar/diagnostic.ts';
import { parse, readSource } from '../grammar/parse.ts';
import type { Source } from '../grammar/source.ts';
import type { Span } from '../grammar/span.ts';
import type { Result } from '../runtime/data/source.ts';
import { fitShape } from './fit-shape.ts';
import type { Host } from './host.ts';
import { libraryFiles } from './library.ts';
import type { ModelFile } from './model/imports.ts';
import { buildModel } from './model/model.ts';
import type { DataHeader } from './model/problem.ts';
import { listSources, type NamedSource } from './model/sources.ts';
import type { Model } from './model/types.ts';
import { dataDiagnostic } from './program-input.ts';

export interface FrontOptions {
  /** Values of scalar params given from outside. */
  readonly settings?: ReadonlyMap<string, number>;
  /** Shapes of data given from outside, by the data's name. */
  readonly givenShapes?: ReadonlyMap<string, readonly number[]>;
  /** Without data, shapes stay symbolic: what `check` proves holds for all sizes. Faults of files are told either way. */
  readonly readHeaders: boolean;
}

export interface Front {
  /** The file first, then imports, then the library. Spans refer to this list. */
  readonly sources: readonly Source[];
  readonly files: readonly ModelFile[];
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a file and all that it needs. `bytes` of `name`; all mistakes are in `diagnostics`. */
export function readProgram(
  name: string,
  bytes: Uint8Array,
  host: Host,
  options: FrontOptions,
): Front {
  const sources: Source[] = [];
  const files: ModelFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const byName = new Map<string, ModelFile>();

  const load = (fileName: string, content: Uint8Array): ModelFile => {
    const read = readSource(sources.length, fileName, content);
    sources.push(read.source);
    const parsed = parse(read.source);
    diagnostics.push(...read.diagnostics, ...parsed.diagnostics);
    const file = { id: fileName, ast: parsed.file };
    files.push(file);
    byName.set(fileName, file);
    return file;
  };

  const main = load(name, bytes);
  const { model, diagnostics: found } = buildModel(main, {
    resolveImport: (path, from) => {
      const imported = host.readImport(from.id, path);
      if (!imported.ok) return { reason: imported.message };
      return { file: byName.get(imported.name) ?? load(imported.name, imported.bytes) };
    },
    headers: (all) =>
      options.readHeaders ? readHeaders(host, all, sources, options, diagnostics) : new Map(),
    settings: options.settings ?? new Map(),
    library: libraryFiles(),
  });
  return {
    sources,
    files,
    model,
    diagnostics: diagnostics.some(isError)
      ? silenceFollowers(files, diagnostics, found)
      : [...diagnostics, ...found],
  };
}

/** Messages that something is missing: unknown names, sizes that nothing fixes, no goal, no owner, no dependence, nothing to decide. */
const ofAbsence: ReadonlySet<string> = new Set([
  'M001',
  'M005',
  'M117',
  'M501',
  'M503',
  'M504',
  'M521',
]);

/** Data that could not be read fixes no sizes. */
const ofUnreadData: ReadonlySet<string> = new Set(['M117']);

/** A declaration with a syntax error in it has lost some of its parts: what else is missing there may be among them. So it is with sizes where data cannot be read. */
function silenceFollowers(
  files: readonly ModelFile[],
  first: readonly Diagnostic[],
  model: readonly Diagnostic[],
): readonly Diagnostic[] {
  const declared = files.flatMap(({ ast }) => ast.declarations.map(({ span }) => span));
  const misleads = ({ code, span }: Diagnostic): boolean =>
    declared
      .filter((whole) => isWithin(span, whole))
      .some((whole) =>
        first.some(
          (cause) =>
            isWithin(cause.span, whole) &&
            (cause.code.startsWith('D') ? ofUnreadData : ofAbsence).has(code),
        ),
      );
  return [...first, ...model.filter((said) => isError(said) && !misleads(said))];
}

const isWithin = (inner: Span, outer: Span): boolean =>
  inner.file === outer.file && outer.start <= inner.start && inner.start <= outer.end;

function readHeaders(
  host: Host,
  files: readonly ModelFile[],
  sources: readonly Source[],
  options: FrontOptions,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, DataHeader> {
  const headers = new Map<string, DataHeader>();
  for (const named of listSources(files.map(({ ast }) => ast))) {
    const key = `${named.problem}.${named.name}`;
    const given = options.givenShapes?.get(named.name);
    // What does not fit is told by the model.
    const fitted = (shape: readonly number[]): readonly number[] =>
      (named.axes === undefined ? undefined : fitShape(shape, named.axes)) ?? shape;
    if (given !== undefined) {
      headers.set(key, { shape: fitted(given) });
      continue;
    }
    const from = sources[named.source.span.file]?.name ?? '';
    const header = headerOf(host, from, named);
    if (header.ok) headers.set(key, { ...header.value, shape: fitted(header.value.shape) });
    else diagnostics.push(dataDiagnostic(header.fault, named.source.span));
  }
  return headers;
}

function headerOf(host: Host, from: string, { kind, source }: NamedSource): Result<DataHeader> {
  if (kind === 'set') {
    const labels = host.readLabels(from, source);
    return labels.ok
      ? { ok: true, value: { shape: [labels.value.length], labels: labels.value } }
      : labels;
  }
  const header = host.readHeader(from, source);
  return header.ok ? { ok: true, value: { shape: header.value.shape } } : header;
}
