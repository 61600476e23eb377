// A table of text cells, whatever the file format was.

export interface Table {
  readonly file: string;
  /** Names of the columns; undefined where the file has no header. */
  readonly header: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
}

/** The name by which messages speak of a column (0-based position). */
export function columnName(table: Table, position: number): string {
  const name = table.header?.[position];
  return name === undefined ? String(position + 1) : `${position + 1} (${name.slice(0, 40)})`;
}
