// Parquet files: columns with names and types, in groups of rows. Only the chosen columns are read, one group of one column at a time.
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { compressors } from 'hyparquet-compressors';
import { parquetMetadata, parquetSchema, type FileMetaData, type SchemaTree } from 'hyparquet';
import type { ByteSource } from './byte-source.ts';
import { missingValue, notANumber, type Allocate, type NumberFile } from './number-file.ts';
import { chooseColumns, chooseRows, headerOf } from './select.ts';
import { fault, ok, quoteCell, type Range, type Result, type SourceOptions } from './source.ts';
import { columnName, type TableShape } from './table.ts';

/** Opens a parquet file. */
export function openParquet(
  file: string,
  source: ByteSource,
  options: SourceOptions = {},
): Result<NumberFile> {
  const metadata = readMetadata(file, source);
  if (!metadata.ok) return metadata;
  const fields = parquetSchema(metadata.value).children;
  const table: TableShape = {
    file,
    header: fields.map(({ element }) => element.name),
    width: fields.length,
    height: Number(metadata.value.num_rows),
  };
  const columns = chooseColumns(table, options);
  if (!columns.ok) return columns;
  const rows = chooseRows(table, options.rows);
  if (!rows.ok) return rows;
  const header = headerOf(table, options);
  if (!header.ok) return header;
  const nested = columns.value.find((column) => fields[column].children.length > 0);
  if (nested !== undefined)
    return fault('D005', file, 'This column holds lists or records, not numbers.', {
      column: columnName(table, nested),
      help: 'Choose others with `columns = …`.',
    });
  const choice: Choice = {
    file,
    source,
    metadata: metadata.value,
    fields,
    table,
    columns: columns.value,
    rows: rows.value,
  };
  const { vector } = header.value;
  const shape = vector ? [header.value.rows] : [header.value.rows, header.value.columns];
  return ok({
    shape,
    vector,
    numbers: (allocate) => readNumbers(choice, shape, allocate),
    labels: () => readLabels(choice),
  });
}

interface Choice {
  readonly file: string;
  readonly source: ByteSource;
  readonly metadata: FileMetaData;
  readonly fields: readonly SchemaTree[];
  readonly table: TableShape;
  readonly columns: readonly number[];
  readonly rows: Range;
}

function readMetadata(file: string, source: ByteSource): Result<FileMetaData> {
  const bad = fault('D002', file, 'This is not a readable parquet file.');
  if (source.size < 12) return bad;
  const end = source.read(source.size - 8, 8);
  const length = new DataView(end.buffer, end.byteOffset, 8).getUint32(0, true);
  if (new TextDecoder().decode(end.subarray(4)) !== 'PAR1' || length > source.size - 12) return bad;
  try {
    return ok(parquetMetadata(source.read(source.size - 8 - length, length + 8)));
  } catch {
    return bad;
  }
}

/** Calls `visit` with each value of the chosen rows of a column, rows from 0. What it gives ends the walk. */
function eachValue<T>(
  { file, source, metadata, fields, table, rows }: Choice,
  column: number,
  visit: (value: unknown, row: number) => Result<T> | undefined,
): Result<T> | undefined {
  const { element } = fields[column];
  let first = 0;
  for (const { columns, num_rows: count } of metadata.row_groups) {
    const groupRows = Number(count);
    const start = first;
    first += groupRows;
    if (start + groupRows < rows.first || start >= rows.last) continue;
    const chunk = columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === element.name);
    const meta = chunk?.meta_data;
    const unreadable = (): Result<T> =>
      fault('D002', file, 'This column cannot be read.', { column: columnName(table, column) });
    if (meta === undefined) return unreadable();
    const at = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
    const bytes = source.read(at, Number(meta.total_compressed_size));
    let pages: ReturnType<typeof readColumn>['data'];
    try {
      pages = readColumn(
        { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 },
        { groupStart: start, selectStart: 0, selectEnd: groupRows, groupRows },
        {
          ...meta,
          pathInSchema: meta.path_in_schema,
          element,
          schemaPath: [parquetSchema(metadata), fields[column]],
          parsers: DEFAULT_PARSERS,
          compressors,
        },
      ).data;
    } catch {
      return unreadable();
    }
    let row = start;
    for (const page of pages)
      for (const value of page) {
        if (row >= rows.first - 1 && row < rows.last) {
          const ended = visit(value, row - rows.first + 1);
          if (ended !== undefined) return ended;
        }
        row++;
      }
    if (row !== first) return unreadable();
  }
  return undefined;
}

function readNumbers(
  choice: Choice,
  shape: readonly number[],
  allocate: Allocate,
): ReturnType<NumberFile['numbers']> {
  const { file, table, columns, rows } = choice;
  const width = columns.length;
  const data = allocate((rows.last - rows.first + 1) * width);
  for (const [k, column] of columns.entries()) {
    const wrong = eachValue<never>(choice, column, (value, row) => {
      const number = typeof value === 'boolean' ? Number(value) : value;
      const place = { row: rows.first + row, column: columnName(table, column) };
      if (typeof number === 'number' || typeof number === 'bigint') {
        data[row * width + k] = Number(number);
        return notANumber(file, number, place);
      }
      if (number === null || number === undefined)
        return missingValue(file, 'the entry is null', place);
      const shown = number instanceof Date ? number.toISOString() : String(number);
      return fault('D005', file, `${quoteCell(shown)} is not a number.`, {
        ...place,
        help: 'Choose numeric columns with `columns = …`; text columns can only be labels of a set.',
      });
    });
    if (wrong !== undefined) return wrong;
  }
  return ok({ storage: 'dense', shape, data });
}

function readLabels(choice: Choice): Result<readonly string[]> {
  const { file, columns, rows, table } = choice;
  if (columns.length !== 1)
    return fault('D009', file, `Labels come from one column; ${columns.length} are chosen.`, {
      help: 'Name one with `columns = "name"`.',
    });
  const labels = new Set<string>();
  const [column] = columns;
  const wrong = eachValue<never>(choice, column, (value, row) => {
    if (value === null || value === undefined || value === '')
      return missingValue(file, value === '' ? 'the text is empty' : 'the entry is null', {
        row: rows.first + row,
        column: columnName(table, column),
      });
    labels.add(String(value));
    return undefined;
  });
  return wrong ?? ok([...labels]);
}
