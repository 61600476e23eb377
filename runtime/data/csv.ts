import { parse } from 'csv-parse/browser/esm/sync';
import { isNumber } from './number.ts';
import { fault, ok, type Result, type SourceOptions } from './source.ts';
import type { Table } from './table.ts';

/** Reads the text of a csv file. Quoted cells, CRLF and a byte-order mark are understood; a row of another length is a fault. */
export function parseCsv(file: string, text: string, options: SourceOptions = {}): Result<Table> {
  const read = readRecords(file, text, options);
  if (!read.ok) return read;
  const records = read.value;
  if (records.length === 0) return fault('D008', file, 'The file has no rows.');
  const hasHeader = options.header ?? records[0].some((cell) => !isNumber(cell));
  const rows = hasHeader ? records.slice(1) : records;
  const width = records[0].length;
  for (const [index, row] of rows.entries()) {
    if (row.length !== width) {
      return fault(
        'D003',
        file,
        `This row has ${count(row.length, 'cell')}, the ${hasHeader ? 'header' : 'first row'} has ${width}.`,
        { row: index + 1 },
      );
    }
  }
  return ok({ file, header: hasHeader ? records[0] : undefined, rows, width });
}

function readRecords(file: string, text: string, options: SourceOptions): Result<string[][]> {
  try {
    const records: string[][] = parse(text, {
      bom: true,
      delimiter: options.delimiter ?? ',',
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return ok(records);
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('\n')[0] : 'unknown';
    return fault('D002', file, `This is not a readable csv file: ${detail.slice(0, 160)}`, {
      help: 'Check the quotes and the delimiter; `delimiter = ";"` sets another one.',
    });
  }
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
