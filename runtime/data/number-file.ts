// A file that holds numbers in binary: its shape is known from its head, its numbers are decoded block by block into where they stay.
import type { DenseTensor } from '../tensor.ts';
import { fault, type Result } from './source.ts';

/** Makes the array that numbers are decoded into: of JavaScript, or in the memory of WebAssembly. */
export type Allocate = (length: number) => Float64Array;

export const ownArray: Allocate = (length) => new Float64Array(length);

export interface NumberFile {
  /** Of what the options choose. */
  readonly shape: readonly number[];
  /** True for a single named column. */
  readonly vector: boolean;
  readonly numbers: (allocate: Allocate) => Result<DenseTensor>;
  /** The chosen column as labels, in the order of the file, each once. */
  readonly labels: () => Result<readonly string[]>;
}

const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** What keeps a value from being a finite number of 64 bits, with the place; undefined where nothing does. */
export function notANumber(
  file: string,
  value: number | bigint,
  place: { readonly row: number; readonly column?: string },
): Result<never> | undefined {
  if (typeof value === 'bigint') {
    if (value <= largest && value >= -largest) return undefined;
    const message = `${value} is beyond 2^53: numbers of 64 bits cannot hold every integer there.`;
    return fault('D005', file, message, place);
  }
  if (Number.isFinite(value)) return undefined;
  if (Number.isNaN(value)) return missingValue(file, 'the entry is NaN', place);
  return fault('D005', file, `${value} is not a finite number.`, place);
}

export const missingValue = (
  file: string,
  what: string,
  place: { readonly row: number; readonly column?: string },
): Result<never> =>
  fault('D004', file, `A value is missing here: ${what}.`, {
    ...place,
    help: 'Fill it in, drop the row, or choose rows with `rows = a..b`.',
  });
