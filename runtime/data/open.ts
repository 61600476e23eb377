// A data file in any format that is read here: its shape, its numbers, its labels.
import type { DenseTensor } from '../tensor.ts';
import type { ByteSource } from './byte-source.ts';
import { parseCsv } from './csv.ts';
import { parseJson, type JsonData } from './json.ts';
import { openNpy } from './npy.ts';
import { openNpz } from './npz.ts';
import { ownArray, type Allocate, type NumberFile } from './number-file.ts';
import { openParquet } from './parquet.ts';
import { headerOf, labelsOf, numbersOf } from './select.ts';
import { fault, ok, type Result, type SourceOptions } from './source.ts';
import type { Table } from './table.ts';

export type DataFormat = 'csv' | 'json' | 'npy' | 'npz' | 'parquet';

export const dataFormats: readonly DataFormat[] = ['csv', 'json', 'npy', 'npz', 'parquet'];

/** The format that a file's name tells; csv where it tells none. */
export const formatOfName = (name: string): DataFormat =>
  dataFormats.find((format) => name.toLowerCase().endsWith(`.${format}`)) ?? 'csv';

/** A file as the options choose from it. */
export interface DataFile {
  readonly shape: readonly number[];
  /** True for a single named column. */
  readonly vector: boolean;
  readonly numbers: (allocate?: Allocate) => Result<DenseTensor>;
  /** The chosen column as labels, in the order of the file, each once. */
  readonly labels: () => Result<readonly string[]>;
}

/** What was read of a file, for any choice of rows and columns. */
export type Content = (options: SourceOptions) => Result<DataFile>;

type Reader = (file: string, source: ByteSource, options: SourceOptions) => Result<Content>;

/** Text is parsed here, once for all choices; files of numbers are read by each choice, what it chooses. */
const readers: { readonly [F in DataFormat]: Reader } = {
  csv: (file, source, options) =>
    andThen(textOf(file, source), (text) =>
      andThen(parseCsv(file, text, options), (table) =>
        ok((choice: SourceOptions) => tableFile(table, choice)),
      ),
    ),
  json: (file, source, options) =>
    andThen(textOf(file, source), (text) =>
      andThen(parseJson(file, text, options), (found) =>
        ok((choice: SourceOptions) => jsonFile(file, found, choice)),
      ),
    ),
  npy: (file, source) => ok((choice) => andThen(openNpy(file, source, choice), decoded)),
  npz: (file, source) => ok((choice) => andThen(openNpz(file, source, choice), decoded)),
  parquet: (file, source) => ok((choice) => andThen(openParquet(file, source, choice), decoded)),
};

/** Reads a file, `file` being the name by which messages call it. Of the options `header`, `delimiter` and `key` count here. */
export const readContent = (
  file: string,
  source: ByteSource,
  format: DataFormat,
  options: SourceOptions = {},
): Result<Content> => readers[format](file, source, options);

/** A file as the options choose from it. */
export const openData = (
  file: string,
  source: ByteSource,
  format: DataFormat,
  options: SourceOptions = {},
): Result<DataFile> =>
  andThen(readContent(file, source, format, options), (content) => content(options));

const andThen = <S, T>(result: Result<S>, next: (value: S) => Result<T>): Result<T> =>
  result.ok ? next(result.value) : result;

/** What JavaScript can hold as one text. */
const longestText = 2 ** 29 - 24;

function textOf(file: string, source: ByteSource): Result<string> {
  if (source.size > longestText) {
    const message = `The file has ${source.size} bytes; a file of text can have ${longestText}.`;
    return fault('D001', file, message, {
      help: 'Save the numbers as .npy or .parquet: those are read block by block.',
    });
  }
  const text = decodeText(source.read(0, source.size));
  return text === undefined ? fault('D002', file, 'The file is not text in UTF-8.') : ok(text);
}

/** Text in UTF-8, or undefined where the bytes are none. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const decoded = (file: NumberFile): Result<DataFile> =>
  ok({ ...file, numbers: (allocate = ownArray) => file.numbers(allocate) });

function tableFile(table: Table, options: SourceOptions): Result<DataFile> {
  return andThen(headerOf(table, options), ({ rows, columns, vector }) =>
    ok({
      shape: vector ? [rows] : [rows, columns],
      vector,
      numbers: () => numbersOf(table, options),
      labels: () => labelsOf(table, options),
    }),
  );
}

function jsonFile(file: string, found: JsonData, options: SourceOptions): Result<DataFile> {
  if (found.kind === 'table') return tableFile(found.table, options);
  const message = 'Labels come from a column of a table; this file holds an array of numbers.';
  return ok({
    shape: found.tensor.shape,
    vector: found.tensor.shape.length === 1,
    numbers: () => ok(found.tensor),
    labels: () => fault('D009', file, message),
  });
}
