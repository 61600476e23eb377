// The options of `from csv(…)` as the readers take them. The model has checked their names and kinds.
import type { SourceOptions } from '../runtime/data/source.ts';
import type { DataOption, DataSource } from './problem/problem.ts';

export function sourceOptions({ options }: DataSource): SourceOptions {
  return {
    ...columnsOf(options.columns),
    ...(isRange(options.rows) ? { rows: options.rows } : {}),
    ...(typeof options.header === 'boolean' ? { header: options.header } : {}),
    ...(typeof options.delimiter === 'string' ? { delimiter: options.delimiter } : {}),
    ...(typeof options.key === 'string' ? { key: options.key } : {}),
  };
}

function columnsOf(columns: DataOption | undefined): Pick<SourceOptions, 'columns'> {
  return columns === undefined || typeof columns === 'boolean' ? {} : { columns };
}

function isRange(
  option: DataOption | undefined,
): option is { readonly first: number; readonly last: number } {
  return typeof option === 'object' && 'first' in option;
}
