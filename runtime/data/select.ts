// From a table of cells to numbers or labels: choosing columns and rows, and saying exactly which cell is wrong.
import type { DenseTensor } from '../tensor.ts';
import { isMissing, isNumber } from './number.ts';
import { fault, ok, quoteCell, type Range, type Result, type SourceOptions } from './source.ts';
import { columnName, type Table, type TableShape } from './table.ts';

/** Shape of what a source gives: one named or numbered column is a vector, several a matrix. */
export interface Header {
  readonly rows: number;
  readonly columns: number;
  /** True where the source names a single column. */
  readonly vector: boolean;
  readonly names: readonly string[] | undefined;
}

export function headerOf(table: TableShape, options: SourceOptions): Result<Header> {
  const columns = chooseColumns(table, options);
  if (!columns.ok) return columns;
  const rows = chooseRows(table, options.rows);
  if (!rows.ok) return rows;
  return ok({
    rows: rows.value.last - rows.value.first + 1,
    columns: columns.value.length,
    vector: typeof options.columns === 'string' || typeof options.columns === 'number',
    names:
      table.header === undefined ? undefined : columns.value.map((c) => table.header?.[c] ?? ''),
  });
}

/** The chosen cells as numbers: real[rows, columns], or real[rows] for a single named column. */
export function numbersOf(table: Table, options: SourceOptions): Result<DenseTensor> {
  const header = headerOf(table, options);
  if (!header.ok) return header;
  const columns = chooseColumns(table, options);
  if (!columns.ok) return columns;
  const first = options.rows?.first ?? 1;
  const data = new Float64Array(header.value.rows * header.value.columns);
  let at = 0;
  for (let row = 0; row < header.value.rows; row++) {
    const cells = table.rows[first - 1 + row];
    for (const column of columns.value) {
      const cell = cells[column];
      if (!isNumber(cell)) return badCell(table, first + row, column, cell);
      data[at++] = Number(cell);
    }
  }
  const shape = header.value.vector
    ? [header.value.rows]
    : [header.value.rows, header.value.columns];
  return ok({ storage: 'dense', shape, data });
}

/** The chosen column as labels, in the order of the file, each once. */
export function labelsOf(table: Table, options: SourceOptions): Result<readonly string[]> {
  const cells = labelColumn(table, options);
  return cells.ok ? ok([...new Set(cells.value)]) : cells;
}

/** The chosen column as text, one label a row. */
export function labelColumn(table: Table, options: SourceOptions): Result<readonly string[]> {
  const columns = chooseColumns(table, options);
  if (!columns.ok) return columns;
  if (columns.value.length !== 1) {
    return fault(
      'D009',
      table.file,
      `Labels come from one column; ${columns.value.length} are chosen.`,
      {
        help: 'Name one with `columns = "name"`.',
      },
    );
  }
  const rows = chooseRows(table, options.rows);
  if (!rows.ok) return rows;
  const [column] = columns.value;
  const labels: string[] = [];
  for (let row = rows.value.first; row <= rows.value.last; row++) {
    const cell = table.rows[row - 1][column];
    if (cell === '') return badCell(table, row, column, cell);
    labels.push(cell);
  }
  return ok(labels);
}

function badCell(table: Table, row: number, column: number, cell: string): Result<never> {
  const place = { row, column: columnName(table, column) };
  return isMissing(cell)
    ? fault(
        'D004',
        table.file,
        cell === ''
          ? 'A value is missing here.'
          : `A value is missing here: the cell is ${quoteCell(cell)}.`,
        {
          ...place,
          help: 'Fill it in, drop the row, or choose rows with `rows = a..b`.',
        },
      )
    : fault('D005', table.file, `${quoteCell(cell)} is not a number.`, {
        ...place,
        help: 'Choose numeric columns with `columns = …`; text columns can only be labels of a set.',
      });
}

export function chooseRows(table: TableShape, rows: Range | undefined): Result<Range> {
  const last = table.height;
  const chosen = rows ?? { first: 1, last };
  if (last === 0) return fault('D008', table.file, 'The file has a header and no rows.');
  if (chosen.first < 1 || chosen.last > last || chosen.last < chosen.first) {
    return fault(
      'D007',
      table.file,
      `Rows ${chosen.first}..${chosen.last} are asked for; the file has rows 1..${last}.`,
    );
  }
  return ok(chosen);
}

/** Positions from 0. */
export function chooseColumns(
  table: TableShape,
  { columns }: SourceOptions,
): Result<readonly number[]> {
  if (columns === undefined) return ok([...Array(table.width).keys()]);
  if (typeof columns === 'string') return findColumns(table, [columns]);
  if (typeof columns === 'number') return columnRange(table, { first: columns, last: columns });
  if ('first' in columns) return columnRange(table, columns);
  return findColumns(table, columns);
}

function columnRange(table: TableShape, { first, last }: Range): Result<readonly number[]> {
  if (first < 1 || last > table.width || last < first) {
    return fault(
      'D006',
      table.file,
      `Columns ${first}..${last} are asked for; the file has columns 1..${table.width}.`,
      { help: otherDelimiter(table) },
    );
  }
  return ok(Array.from({ length: last - first + 1 }, (_, k) => first - 1 + k));
}

/** A file whose rows are one cell with separators in it was written with another delimiter. */
function otherDelimiter({ width, firstCell = '' }: TableShape): string | undefined {
  const found = [';', '\t', '|'].find((delimiter) => firstCell.includes(delimiter));
  if (width !== 1 || found === undefined) return undefined;
  return `Its cells seem to be separated by ${JSON.stringify(found)}: say \`delimiter = ${JSON.stringify(found)}\`.`;
}

function findColumns(table: TableShape, names: readonly string[]): Result<readonly number[]> {
  const { header } = table;
  if (header === undefined) {
    return fault(
      'D006',
      table.file,
      `Column ${quoteCell(names[0])} is asked for by name; the file has no header.`,
      {
        help: 'Give positions, `columns = 1..3`, or say `header = true`.',
      },
    );
  }
  const found: number[] = [];
  for (const name of names) {
    const position = header.indexOf(name);
    if (position < 0) {
      return fault('D006', table.file, `There is no column ${quoteCell(name)}.`, {
        help:
          otherDelimiter(table) ??
          `The file has ${header.slice(0, 12).map(quoteCell).join(', ')}${header.length > 12 ? ', …' : ''}.`,
      });
    }
    found.push(position);
  }
  return ok(found);
}
