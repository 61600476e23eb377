// Data drawn from a seed, and files of them that other processes read.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SparseTensor } from '../runtime/tensor.ts';

export interface Draw {
  /** Below 1, from 0 on. */
  readonly uniform: () => number;
  /** Of the standard normal distribution (Box & Muller 1958). */
  readonly normal: () => number;
}

/** The generator xorshift32 (Marsaglia 2003): quick, and good enough for timings. */
export function drawFrom(seed: number): Draw {
  let state = seed;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

export const vectorOf = (length: number, entry: (k: number) => number): Float64Array => {
  const made = new Float64Array(length);
  for (let k = 0; k < length; k++) made[k] = entry(k);
  return made;
};

/** Each entry of a row is there with the same chance: gaps between columns are drawn evenly from 1 up to twice their mean. */
export function drawSparse(draw: Draw, m: number, n: number, density: number): SparseTensor {
  const rowStart = new Int32Array(m + 1);
  const column = new Int32Array(Math.ceil(m * n * density * 1.2));
  const widest = 2 / density - 1;
  let at = 0;
  for (let i = 0; i < m; i++) {
    const next = (from: number): number => from + 1 + Math.floor(draw.uniform() * widest);
    for (let j = next(-1); j < n && at < column.length; j = next(j)) column[at++] = j;
    rowStart[i + 1] = at;
  }
  const data = vectorOf(at, () => draw.uniform() - 0.5);
  return { storage: 'csr', shape: [m, n], rowStart, column: column.slice(0, at), data };
}

/** Files of raw numbers, and `sizes.json`. */
export function writeData(
  folder: string,
  sizes: Readonly<Record<string, number | string>>,
  arrays: Readonly<Record<string, Float64Array | Int32Array>>,
): void {
  writeFileSync(path.join(folder, 'sizes.json'), JSON.stringify(sizes));
  for (const [name, array] of Object.entries(arrays)) writeFileSync(path.join(folder, name), array);
}
