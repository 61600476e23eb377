import Papa from 'papaparse';
import { isNumber } from './number.ts';
import { fault, ok, type Result, type SourceOptions } from './source.ts';
import type { Table } from './table.ts';

/** Reads the text of a csv file. Quoted cells, any line ends and a byte-order mark are understood; a row of another length is a fault. */
export function parseCsv(file: string, text: string, options: SourceOptions = {}): Result<Table> {
  const { data, errors } = Papa.parse<string[]>(text.replaceAll(/\r\n?/g, '\n'), {
    delimiter: options.delimiter ?? ',',
    newline: '\n',
  });
  const records = data
    .map((record) => record.map((cell) => cell.trim()))
    .filter((record) => record.length > 1 || record[0] !== '');
  if (records.length === 0) return fault('D008', file, 'The file has no rows.');
  const hasHeader = options.header ?? records[0].some((cell) => !isNumber(cell));
  if (errors.length > 0) {
    const [{ message, index }] = errors;
    const line = text.slice(0, index).split(/\r\n?|\n/).length;
    return fault(
      'D002',
      file,
      `This is not a readable csv file: ${message.toLowerCase()}, line ${line}.`,
      {
        help: 'Check the quotes and the delimiter; `delimiter = ";"` sets another one.',
      },
    );
  }
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
  return ok({
    file,
    header: hasHeader ? records[0] : undefined,
    rows,
    width,
    height: rows.length,
    firstCell: records[0][0],
  });
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
