// A host over a reader of bytes: csv and json decoded, each file once, whatever the bytes come from.
import { parseCsv } from '../runtime/data/csv.ts';
import { parseJson, type JsonData } from '../runtime/data/json.ts';
import { headerOf, labelsOf, numbersOf } from '../runtime/data/select.ts';
import { fault, ok, type Result } from '../runtime/data/source.ts';
import type { Table } from '../runtime/data/table.ts';
import type { DenseTensor } from '../runtime/tensor.ts';
import type { DataHeader, Host } from './host.ts';
import type { DataSource } from './problem/problem.ts';
import { sourceOptions } from './source-options.ts';

export type Bytes =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string; readonly help: string | undefined };

export interface FileReader {
  /** The full name of the file that `from` calls `path`. */
  readonly resolve: (from: string, path: string) => string;
  readonly read: (from: string, path: string, limit: number) => Bytes;
  /** Hears of each data file once, with the bytes that were read. */
  readonly onRead?: (name: string, bytes: Uint8Array) => void;
}

const importLimit = 4 * 2 ** 20;
const dataLimit = 2 ** 31 - 1;

type Content = { readonly kind: 'table'; readonly table: Table } | JsonData;

export function hostOver(reader: FileReader): Host {
  const contents = new Map<string, Result<Content>>();
  const content = (from: string, source: DataSource): Result<Content> => {
    const { header, delimiter, key: under } = sourceOptions(source);
    const name = reader.resolve(from, source.path);
    const key = JSON.stringify([name, source.format, header, delimiter, under]);
    const known = contents.get(key);
    if (known !== undefined) return known;
    const read = readContent(reader, from, source);
    contents.set(key, read);
    return read;
  };
  return {
    readImport: (from, target) => {
      const opened = reader.read(from, target, importLimit);
      return opened.ok ? { ...opened, name: reader.resolve(from, target) } : opened;
    },
    readHeader: (from, source) => {
      const read = content(from, source);
      return read.ok ? headerFrom(read.value, source) : read;
    },
    readNumbers: (from, source) => {
      const read = content(from, source);
      return read.ok ? numbersFrom(read.value, source) : read;
    },
    readLabels: (from, source) => {
      const read = content(from, source);
      if (!read.ok) return read;
      if (read.value.kind === 'table') return labelsOf(read.value.table, sourceOptions(source));
      const message = 'Labels come from a column of a table; this file holds an array of numbers.';
      return fault('D009', source.path, message);
    },
  };
}

function readContent(reader: FileReader, from: string, source: DataSource): Result<Content> {
  const { path, format } = source;
  if (format !== 'csv' && format !== 'json')
    return fault('D002', path, `Files of format ${format} cannot be read yet; csv and json can.`);
  const opened = reader.read(from, path, dataLimit);
  if (!opened.ok) {
    const { message, help } = opened;
    return fault('D001', path, message, help === undefined ? {} : { help });
  }
  reader.onRead?.(reader.resolve(from, path), opened.bytes);
  const text = decode(opened.bytes);
  if (text === undefined) return fault('D002', path, 'The file is not text in UTF-8.');
  const options = sourceOptions(source);
  if (format === 'json') return parseJson(path, text, options);
  const table = parseCsv(path, text, options);
  return table.ok ? ok({ kind: 'table', table: table.value }) : table;
}

/** Text in UTF-8, or undefined where the bytes are none. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function headerFrom(content: Content, source: DataSource): Result<DataHeader> {
  if (content.kind === 'array') {
    const { shape } = content.tensor;
    return ok({ rows: shape[0] ?? 1, columns: shape[1] ?? 1, vector: shape.length === 1, shape });
  }
  const header = headerOf(content.table, sourceOptions(source));
  if (!header.ok) return header;
  const { rows, columns, vector } = header.value;
  return ok({ rows, columns, vector, shape: vector ? [rows] : [rows, columns] });
}

const numbersFrom = (content: Content, source: DataSource): Result<DenseTensor> =>
  content.kind === 'array' ? ok(content.tensor) : numbersOf(content.table, sourceOptions(source));
