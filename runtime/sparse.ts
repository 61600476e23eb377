import type { DenseTensor, SparseTensor } from './tensor.ts';

/** A dense matrix by compressed rows; exact zeros are left out. */
export function toCsr({ shape, data }: DenseTensor): SparseTensor {
  const [rows, columns] = [shape[0] ?? 0, shape[1] ?? 0];
  const rowStart = new Int32Array(rows + 1);
  for (let i = 0; i < rows; i++) {
    let count = 0;
    for (let j = 0; j < columns; j++) if (data[i * columns + j] !== 0) count++;
    rowStart[i + 1] = rowStart[i] + count;
  }
  const column = new Int32Array(rowStart[rows]);
  const values = new Float64Array(rowStart[rows]);
  let at = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const entry = data[i * columns + j];
      if (entry === 0) continue;
      column[at] = j;
      values[at++] = entry;
    }
  }
  return { storage: 'csr', shape: [rows, columns], rowStart, column, data: values };
}

/** Whether the arrays of a matrix by compressed rows fit together: all positions there, the columns of each row ascending. */
export function isCompressedRows({ shape, rowStart, column, data }: SparseTensor): boolean {
  const [rows, columns] = shape;
  if (rowStart.length !== rows + 1 || rowStart[0] !== 0) return false;
  if (rowStart[rows] !== column.length || column.length !== data.length) return false;
  for (let i = 0; i < rows; i++) {
    if (rowStart[i + 1] < rowStart[i]) return false;
    let least = 0;
    for (let p = rowStart[i]; p < rowStart[i + 1]; p++) {
      if (!(column[p] >= least && column[p] < columns)) return false;
      least = column[p] + 1;
    }
  }
  return true;
}
