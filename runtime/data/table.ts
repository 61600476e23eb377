// Tables, whatever the file format was.

export interface TableShape {
  readonly file: string;
  /** Names of the columns; undefined where the file has no header. */
  readonly header: readonly string[] | undefined;
  readonly width: number;
  /** Rows, the header not counted. */
  readonly height: number;
  /** The first cell that was written as text, by which a wrong delimiter is recognised. */
  readonly firstCell?: string | undefined;
}

/** A table of text cells. */
export interface Table extends TableShape {
  readonly rows: readonly (readonly string[])[];
}

/** The name by which messages speak of a column (0-based position). */
export function columnName(table: TableShape, position: number): string {
  const name = table.header?.[position];
  return name === undefined ? String(position + 1) : `${position + 1} (${name.slice(0, 40)})`;
}
