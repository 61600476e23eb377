// json: a number, a vector, a matrix (or deeper, as nested arrays), a list of records (a table), or one of these under a key.
import type { DenseTensor } from '../tensor.ts';
import { fault, ok, quoteCell, type Result, type SourceOptions } from './source.ts';
import type { Table } from './table.ts';

/** A parsed json source: an array of numbers of any rank, or a table of records. */
export type JsonData =
  | { readonly kind: 'array'; readonly tensor: DenseTensor }
  | { readonly kind: 'table'; readonly table: Table };

export function parseJson(
  file: string,
  text: string,
  options: SourceOptions = {},
): Result<JsonData> {
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unknown';
    return fault('D002', file, `This is not readable json: ${detail.slice(0, 160)}`);
  }
  const found = atKey(file, root, options.key);
  if (!found.ok) return found;
  return isRecordList(found.value) ? recordTable(file, found.value) : arrayOf(file, found.value);
}

function atKey(file: string, root: unknown, key: string | undefined): Result<unknown> {
  let value = root;
  for (const part of key === undefined ? [] : key.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, part)) {
      return fault('D006', file, `There is no key ${quoteCell(part)}.`, {
        help: isRecord(value)
          ? `Here are ${Object.keys(value).slice(0, 12).map(quoteCell).join(', ')}.`
          : undefined,
      });
    }
    value = value[part];
  }
  return ok(value);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRecordList = (value: unknown): value is readonly Record<string, unknown>[] =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord);

function recordTable(file: string, records: readonly Record<string, unknown>[]): Result<JsonData> {
  const header = Object.keys(records[0]);
  const rows: string[][] = [];
  for (const [index, record] of records.entries()) {
    const missing = header.find((name) => !Object.hasOwn(record, name));
    if (missing !== undefined || Object.keys(record).length !== header.length) {
      return fault('D003', file, 'This record has other keys than the first.', { row: index + 1 });
    }
    rows.push(header.map((name) => (record[name] === null ? '' : String(record[name]))));
  }
  return ok({
    kind: 'table',
    table: { file, header, rows, width: header.length, height: rows.length },
  });
}

function arrayOf(file: string, value: unknown): Result<JsonData> {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) {
    if (shape.length >= 16) return fault('D009', file, 'The array is nested more than 16 deep.');
    shape.push(level.length);
  }
  const data: number[] = [];
  const bad = fill(file, value, shape, 0, data, []);
  if (bad !== undefined) return bad;
  return ok({ kind: 'array', tensor: { storage: 'dense', shape, data: Float64Array.from(data) } });
}

function fill(
  file: string,
  value: unknown,
  shape: readonly number[],
  axis: number,
  data: number[],
  path: readonly number[],
): Result<never> | undefined {
  if (axis === shape.length) {
    if (typeof value === 'boolean') data.push(value ? 1 : 0);
    else if (typeof value === 'number' && Number.isFinite(value)) data.push(value);
    else {
      const cell = Array.isArray(value)
        ? 'an array'
        : isRecord(value)
          ? 'an object'
          : quoteCell(String(value));
      return fault(
        value === null ? 'D004' : 'D005',
        file,
        value === null ? 'A value is missing here.' : `Here is ${cell}, not a number.`,
        placeOf(path),
      );
    }
    return undefined;
  }
  if (!Array.isArray(value) || value.length !== shape[axis]) {
    return fault(
      'D003',
      file,
      `Rows have different lengths: ${shape[axis]} entries are expected here.`,
      placeOf(path),
    );
  }
  for (const [index, item] of value.entries()) {
    const bad = fill(file, item, shape, axis + 1, data, [...path, index + 1]);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

function placeOf(path: readonly number[]): { row?: number; column?: string } {
  if (path.length === 0) return {};
  return path.length === 1 ? { row: path[0] } : { row: path[0], column: path.slice(1).join(', ') };
}
