// Data files for generated programs on Node: read, or a fault that names the file and the cell.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RuntimeFault } from '../fault.ts';
import type { DenseTensor } from '../tensor.ts';
import { parseCsv } from './csv.ts';
import { parseJson } from './json.ts';
import { numbersOf } from './select.ts';
import { placeOfFault, type Result, type SourceOptions } from './source.ts';

/** The numbers of a csv file: real[rows, columns], or real[rows] for one chosen column. */
export function readCsv(file: string | URL, options: SourceOptions = {}): DenseTensor {
  const { name, text } = textOf(file);
  return valueOf(numbersOf(valueOf(parseCsv(name, text, options)), options));
}

/** The numbers of a json file: nested arrays, or a list of records with chosen columns. */
export function readJson(file: string | URL, options: SourceOptions = {}): DenseTensor {
  const { name, text } = textOf(file);
  const read = valueOf(parseJson(name, text, options));
  return read.kind === 'array' ? read.tensor : valueOf(numbersOf(read.table, options));
}

function textOf(file: string | URL): { readonly name: string; readonly text: string } {
  const name = typeof file === 'string' ? file : fileURLToPath(file);
  try {
    return { name, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new RuntimeFault(`${name} cannot be read (${code})`);
  }
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RuntimeFault(`${placeOfFault(result.fault)}: ${result.fault.message}`);
}
