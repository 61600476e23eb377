// Where an entry of data stands, as a person looks for it: file, row and column, else its position.
import type { Range } from '../runtime/data/source.ts';
import type { DataItem } from './problem/problem.ts';
import { sourceOptions } from './source-options.ts';

/** Of entry `index`, row by row, of a tensor of this shape: `prices.csv, row 3, column 2`. Rows do not count the header. */
export function entryPlace(
  { name, value }: Pick<DataItem, 'name' | 'value'>,
  shape: readonly number[],
  index: number,
): string {
  const position = positionOf(shape, index);
  const entry = position.length === 0 ? name : `${name}[${position.join(', ')}]`;
  if (value.kind !== 'file') return entry;
  const { source } = value;
  if (source.format !== 'csv') return `${source.path}, ${entry}`;
  const { rows, columns } = sourceOptions(source);
  const [row, column = 1] = position;
  return `${source.path}, row ${(rows?.first ?? 1) + row - 1}, column ${columnName(columns, column)}`;
}

function columnName(
  columns: Range | string | number | readonly string[] | undefined,
  k: number,
): string | number {
  if (columns === undefined) return k;
  if (typeof columns === 'string') return JSON.stringify(columns);
  if (typeof columns === 'number') return columns;
  return 'first' in columns ? columns.first + k - 1 : JSON.stringify(columns[k - 1]);
}

/** From 1. */
function positionOf(shape: readonly number[], index: number): readonly number[] {
  const position: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    position.unshift((rest % size) + 1);
    rest = Math.floor(rest / size);
  }
  return position;
}
