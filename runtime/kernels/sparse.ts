// Compressed matrices as wholes: conversions, transposes, blocks, sums of different structures, products.
import type { SparseTensor } from '../tensor.ts';
import { RuntimeFault } from '../fault.ts';

/** Gathers rows of entries given in any order within a row; equal places add up. */
interface RowBuilder {
  readonly add: (column: number, value: number) => void;
  readonly endRow: () => void;
  readonly finish: (columns: number) => SparseTensor;
}

function rowBuilder(): RowBuilder {
  const rowStart = [0];
  const column: number[] = [];
  const data: number[] = [];
  let row = new Map<number, number>();
  return {
    add: (at, value) => row.set(at, (row.get(at) ?? 0) + value),
    endRow: () => {
      for (const [at, value] of [...row.entries()].sort(([a], [b]) => a - b)) {
        column.push(at);
        data.push(value);
      }
      rowStart.push(column.length);
      row = new Map();
    },
    finish: (columns) => ({
      storage: 'csr',
      shape: [rowStart.length - 1, columns],
      rowStart: Int32Array.from(rowStart),
      column: Int32Array.from(column),
      data: Float64Array.from(data),
    }),
  };
}

/** A dense matrix without its zeros. */
export function compressRows(A: Float64Array, rows: number, columns: number): SparseTensor {
  const made = rowBuilder();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (A[i * columns + j] !== 0) made.add(j, A[i * columns + j]);
    made.endRow();
  }
  return made.finish(columns);
}

/** The same structure with values of its own. */
export const sparseStructure = (A: SparseTensor): SparseTensor => ({
  ...A,
  data: new Float64Array(A.data.length),
});

export function sparseTranspose(A: SparseTensor): SparseTensor {
  const [rows, columns] = A.shape;
  const rowStart = new Int32Array(columns + 1);
  for (const j of A.column) rowStart[j + 1]++;
  for (let j = 0; j < columns; j++) rowStart[j + 1] += rowStart[j];
  const next = rowStart.slice();
  const column = new Int32Array(A.column.length);
  const data = new Float64Array(A.data.length);
  for (let i = 0; i < rows; i++)
    for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++) {
      const to = next[A.column[p]]++;
      column[to] = i;
      data[to] = A.data[p];
    }
  return { storage: 'csr', shape: [columns, rows], rowStart, column, data };
}

export function sparseSlice(
  A: SparseTensor,
  start: readonly number[],
  size: readonly number[],
): SparseTensor {
  const made = rowBuilder();
  for (let i = start[0]; i < start[0] + size[0]; i++) {
    for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++) {
      const j = A.column[p] - start[1];
      if (j >= 0 && j < size[1]) made.add(j, A.data[p]);
    }
    made.endRow();
  }
  return made.finish(size[1]);
}

export function sparsePad(
  A: SparseTensor,
  before: readonly number[],
  shape: readonly number[],
): SparseTensor {
  const made = rowBuilder();
  for (let row = 0; row < shape[0]; row++) {
    const i = row - before[0];
    if (i >= 0 && i < A.shape[0])
      for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++)
        made.add(A.column[p] + before[1], A.data[p]);
    made.endRow();
  }
  return made.finish(shape[1]);
}

export function sparseConcat(parts: readonly SparseTensor[], axis: number): SparseTensor {
  const made = rowBuilder();
  if (axis === 0) {
    for (const A of parts)
      for (let i = 0; i < A.shape[0]; i++) {
        for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++) made.add(A.column[p], A.data[p]);
        made.endRow();
      }
    return made.finish(parts[0].shape[1]);
  }
  for (let i = 0; i < parts[0].shape[0]; i++) {
    let start = 0;
    for (const A of parts) {
      for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++)
        made.add(A.column[p] + start, A.data[p]);
      start += A.shape[1];
    }
    made.endRow();
  }
  return made.finish(parts.reduce((sum, A) => sum + A.shape[1], 0));
}

/** Rows by position; positions may repeat. */
export function sparseRows(A: SparseTensor, positions: Float64Array, place: number): SparseTensor {
  const made = rowBuilder();
  for (const i of positions) {
    if (!(i >= 0 && i < A.shape[0] && Number.isInteger(i)))
      throw new RuntimeFault(`index ${i + 1} is outside 1..${A.shape[0]}`, place);
    for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++) made.add(A.column[p], A.data[p]);
    made.endRow();
  }
  return made.finish(A.shape[1]);
}

/** A*B, with A or B transposed where told. */
export function sparseProduct(
  A: SparseTensor,
  B: SparseTensor,
  transposeA: boolean,
  transposeB: boolean,
): SparseTensor {
  const left = transposeA ? sparseTranspose(A) : A;
  const right = transposeB ? sparseTranspose(B) : B;
  const made = rowBuilder();
  for (let i = 0; i < left.shape[0]; i++) {
    for (let p = left.rowStart[i]; p < left.rowStart[i + 1]; p++) {
      const k = left.column[p];
      for (let q = right.rowStart[k]; q < right.rowStart[k + 1]; q++)
        made.add(right.column[q], left.data[p] * right.data[q]);
    }
    made.endRow();
  }
  return made.finish(right.shape[1]);
}

/** Entry by entry over the union of two structures, by a function that keeps zero. */
export function sparseCombine(
  A: SparseTensor,
  B: SparseTensor,
  combine: (x: number, y: number) => number,
): SparseTensor {
  const made = rowBuilder();
  for (let i = 0; i < A.shape[0]; i++) {
    let p = A.rowStart[i];
    let q = B.rowStart[i];
    while (p < A.rowStart[i + 1] || q < B.rowStart[i + 1]) {
      const j = p < A.rowStart[i + 1] ? A.column[p] : Infinity;
      const k = q < B.rowStart[i + 1] ? B.column[q] : Infinity;
      const x = j <= k ? A.data[p] : 0;
      const y = k <= j ? B.data[q] : 0;
      made.add(Math.min(j, k), combine(x, y));
      if (j <= k) p++;
      if (k <= j) q++;
    }
    made.endRow();
  }
  return made.finish(A.shape[1]);
}
