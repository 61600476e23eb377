// Files behind a compilation: imports and data, read once each, within what the project may read.
import path from 'node:path';
import { parseCsv } from '../../runtime/data/csv.ts';
import { parseJson, type JsonData } from '../../runtime/data/json.ts';
import { headerOf, labelsOf, numbersOf } from '../../runtime/data/select.ts';
import { fault, ok, type Result, type SourceOptions } from '../../runtime/data/source.ts';
import type { Table } from '../../runtime/data/table.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';
import type { DataHeader, Host } from '../host.ts';
import type { DataSource } from '../problem/problem.ts';
import { sourceOptions } from '../source-options.ts';
import { openFor, type FileAccess } from './project-files.ts';

const importLimit = 4 * 2 ** 20;
const dataLimit = 2 ** 31 - 1;

type Content = { readonly kind: 'table'; readonly table: Table } | JsonData;

/** `onRead` hears of each data file once, with the bytes that were read. */
export function fileHost(
  access: FileAccess,
  onRead: (name: string, bytes: Uint8Array) => void = () => undefined,
): Host {
  const contents = new Map<string, Result<Content>>();
  const content = (from: string, source: DataSource): Result<Content> => {
    const options = sourceOptions(source);
    const key = JSON.stringify([
      path.resolve(path.dirname(from), source.path),
      source.format,
      options.header,
      options.delimiter,
      options.key,
    ]);
    const known = contents.get(key);
    if (known !== undefined) return known;
    const read = readContent(access, from, source, options, onRead);
    contents.set(key, read);
    return read;
  };
  return {
    readImport: (from, target) => {
      const opened = openFor(access, from, target, importLimit);
      return opened.ok
        ? { ok: true, name: path.resolve(path.dirname(from), target), bytes: opened.bytes }
        : opened;
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
      return read.value.kind === 'table'
        ? labelsOf(read.value.table, sourceOptions(source))
        : fault(
            'D009',
            source.path,
            'Labels come from a column of a table; this file holds an array of numbers.',
          );
    },
  };
}

function readContent(
  access: FileAccess,
  from: string,
  source: DataSource,
  options: SourceOptions,
  onRead: (name: string, bytes: Uint8Array) => void,
): Result<Content> {
  if (source.format !== 'csv' && source.format !== 'json') {
    return fault(
      'D002',
      source.path,
      `Files of format ${source.format} cannot be read yet; csv and json can.`,
    );
  }
  const opened = openFor(access, from, source.path, dataLimit);
  if (!opened.ok)
    return fault(
      'D001',
      source.path,
      opened.message,
      opened.help === undefined ? {} : { help: opened.help },
    );
  onRead(path.resolve(path.dirname(from), source.path), opened.bytes);
  const text = decode(opened.bytes);
  if (text === undefined) return fault('D002', source.path, 'The file is not text in UTF-8.');
  if (source.format === 'json') return parseJson(source.path, text, options);
  const table = parseCsv(source.path, text, options);
  return table.ok ? ok({ kind: 'table', table: table.value }) : table;
}

function decode(bytes: Uint8Array): string | undefined {
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

function numbersFrom(content: Content, source: DataSource): Result<DenseTensor> {
  return content.kind === 'array'
    ? ok(content.tensor)
    : numbersOf(content.table, sourceOptions(source));
}
