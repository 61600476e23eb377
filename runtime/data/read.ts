// Data files for generated programs on Node: read, or a fault that names the file and the cell.
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RuntimeFault } from '../fault.ts';
import type { DenseTensor } from '../tensor.ts';
import { openData, type DataFormat } from './open.ts';
import { sourceOfFile } from './read-source.ts';
import { placeOfFault, type Result, type SourceOptions } from './source.ts';

type Reader = (file: string | URL, options?: SourceOptions) => DenseTensor;

/** The numbers of a csv file: real[rows, columns], or real[rows] for one chosen column. */
export const readCsv: Reader = reader('csv');

/** The numbers of a json file: nested arrays, or a list of records with chosen columns. */
export const readJson: Reader = reader('json');

/** The array of a .npy file. */
export const readNpy: Reader = reader('npy');

/** One of the arrays of a .npz file, named by `key`. */
export const readNpz: Reader = reader('npz');

/** The numbers of a parquet file: real[rows, columns], or real[rows] for one chosen column. */
export const readParquet: Reader = reader('parquet');

function reader(format: DataFormat): Reader {
  return (file, options = {}) => {
    const name = typeof file === 'string' ? file : fileURLToPath(file);
    try {
      const source = sourceOfFile(name, statSync(name).size);
      return valueOf(valueOf(openData(name, source, format, options)).numbers());
    } catch (error) {
      throw error instanceof RuntimeFault ? error : notRead(name, error);
    }
  };
}

function notRead(name: string, error: unknown): RuntimeFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new RuntimeFault(`${name} cannot be read (${code})`);
}

function textOf(file: string | URL): { readonly name: string; readonly text: string } {
  const name = typeof file === 'string' ? file : fileURLToPath(file);
  try {
    return { name, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw notRead(name, error);
  }
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RuntimeFault(`${placeOfFault(result.fault)}: ${result.fault.message}`);
}

/** A tensor that a program carries in a file beside itself: JSON, { "A": { "shape": [2, 3], "data": […] } }. */
export function readTensor(file: URL, name: string): DenseTensor {
  const content: unknown = parsed(file);
  const entry: unknown = isRecord(content) ? content[name] : undefined;
  if (!isRecord(entry) || !isNumbers(entry.shape) || !isNumbers(entry.data))
    throw new RuntimeFault(`${file.pathname} has no array ${name}`);
  const { shape, data } = entry;
  if (data.length !== shape.reduce((a, b) => a * b, 1))
    throw new RuntimeFault(`${name} in ${file.pathname} does not fill its shape`);
  return { storage: 'dense', shape, data: Float64Array.from(data) };
}

function parsed(file: URL): unknown {
  const { name, text } = textOf(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new RuntimeFault(`${name} is not JSON`);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((x) => typeof x === 'number');
