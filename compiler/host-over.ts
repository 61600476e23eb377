// A host over a reader of files: data decoded, text once, whatever the bytes come from.
import type { ByteSource } from '../runtime/data/byte-source.ts';
import {
  dataFormats,
  readContent,
  type Content,
  type DataFile,
  type DataFormat,
} from '../runtime/data/open.ts';
import { fault, type Result } from '../runtime/data/source.ts';
import type { Host } from './host.ts';
import type { DataSource } from './problem/problem.ts';
import { sourceOptions } from './source-options.ts';

export type OpenedSource =
  | { readonly ok: true; readonly source: ByteSource }
  | { readonly ok: false; readonly message: string; readonly help: string | undefined };

export interface FileReader {
  /** The full name of the file that `from` calls `path`. */
  readonly resolve: (from: string, path: string) => string;
  readonly open: (from: string, path: string) => OpenedSource;
  /** Why reading failed, from what was thrown. */
  readonly reason: (error: unknown) => string;
  /** Hears of each data file once. */
  readonly onRead?: (name: string, source: ByteSource) => void;
}

const importLimit = 4 * 2 ** 20;

export function hostOver(reader: FileReader): Host {
  // Rows and columns are chosen of what was read once.
  const contents = new Map<string, Result<Content>>();
  const heard = new Set<string>();
  const contentOf = (from: string, source: DataSource): Result<Content> => {
    const { header, delimiter, key: under } = sourceOptions(source);
    const name = reader.resolve(from, source.path);
    const key = JSON.stringify([name, source.format, header, delimiter, under]);
    const known = contents.get(key);
    if (known !== undefined) return known;
    const read = attempt(reader, source.path, () => readSource(reader, heard, from, source));
    contents.set(key, read);
    return read;
  };
  const use = <T>(
    from: string,
    source: DataSource,
    take: (file: DataFile) => Result<T>,
  ): Result<T> => {
    const content = contentOf(from, source);
    if (!content.ok) return content;
    return attempt(reader, source.path, () => {
      const file = content.value(sourceOptions(source));
      return file.ok ? take(file.value) : file;
    });
  };
  return {
    readImport: (from, target) => {
      const found = reader.open(from, target);
      if (!found.ok) return found;
      const { source } = found;
      if (source.size > importLimit) {
        const message = `The file has ${source.size} bytes; the limit is ${importLimit}.`;
        return { ok: false, message, help: undefined };
      }
      try {
        const bytes = source.read(0, source.size);
        return { ok: true, bytes, name: reader.resolve(from, target) };
      } catch (error) {
        return { ok: false, message: notRead(reader, error), help: undefined };
      }
    },
    readHeader: (from, source) =>
      use(from, source, ({ shape, vector }) => ({
        ok: true,
        value: { rows: shape[0] ?? 1, columns: shape[1] ?? 1, vector, shape },
      })),
    readNumbers: (from, source, allocate) => use(from, source, (file) => file.numbers(allocate)),
    readLabels: (from, source) => use(from, source, (file) => file.labels()),
  };
}

const notRead = (reader: FileReader, error: unknown): string =>
  `The file cannot be read: ${reader.reason(error)}.`;

/** What the system throws while a file is read is a fault of that file. */
function attempt<T>(reader: FileReader, path: string, task: () => Result<T>): Result<T> {
  try {
    return task();
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      return fault('D001', path, notRead(reader, error));
    throw error;
  }
}

const isReadable = (format: DataSource['format']): format is DataFormat =>
  dataFormats.some((known) => known === format);

function readSource(
  reader: FileReader,
  heard: Set<string>,
  from: string,
  source: DataSource,
): Result<Content> {
  const { path, format } = source;
  if (!isReadable(format)) {
    const known = `${dataFormats.slice(0, -1).join(', ')} and ${dataFormats[dataFormats.length - 1]}`;
    return fault('D002', path, `Files of format ${format} cannot be read yet; ${known} can.`);
  }
  const opened = reader.open(from, path);
  if (!opened.ok) {
    const { message, help } = opened;
    return fault('D001', path, message, help === undefined ? {} : { help });
  }
  const name = reader.resolve(from, path);
  if (!heard.has(name)) reader.onRead?.(name, opened.source);
  heard.add(name);
  return readContent(path, opened.source, format, sourceOptions(source));
}
