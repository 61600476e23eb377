// How data files are addressed: the options of `from csv(…)` and `from json(…)`, and the faults a file can have.

export interface Range {
  readonly first: number;
  readonly last: number;
}

export interface SourceOptions {
  /** A range of positions from 1, one name or position, or a list of names. Default: all columns. */
  readonly columns?: Range | string | number | readonly string[];
  /** Rows from 1, not counting the header. Default: all rows. */
  readonly rows?: Range;
  /** Whether the first row names the columns. Default: it does where one of its cells is not a number. */
  readonly header?: boolean;
  readonly delimiter?: string;
  /** json: the key under which the value lies, `a.b` for nested ones. */
  readonly key?: string;
}

/** What is wrong with a data file, with the place in it. Rows and columns count from 1, the header not counted. */
export interface DataFault {
  readonly code: DataFaultCode;
  readonly file: string;
  readonly row: number | undefined;
  readonly column: string | undefined;
  readonly message: string;
  readonly help: string | undefined;
}

export const dataFaultCodes = [
  'D001', // cannot be read
  'D002', // not in the format
  'D003', // ragged row
  'D004', // missing value
  'D005', // not a number
  'D006', // no such column
  'D007', // no such rows
  'D008', // empty
  'D009', // wrong shape
] as const;

export type DataFaultCode = (typeof dataFaultCodes)[number];

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: DataFault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fault = (
  code: DataFaultCode,
  file: string,
  message: string,
  place: { readonly row?: number; readonly column?: string; readonly help?: string } = {},
): { readonly ok: false; readonly fault: DataFault } => ({
  ok: false,
  fault: { code, file, message, row: place.row, column: place.column, help: place.help },
});

/** A cell as messages quote it: at most 40 characters, control characters shown as escapes. */
export function quoteCell(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return JSON.stringify(shown);
}

/** "data.csv, row 3, column "age"". */
export function placeOfFault({ file, row, column }: DataFault): string {
  return [
    file,
    row === undefined ? '' : `row ${row}`,
    column === undefined ? '' : `column ${column}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
