// Arrays as programs and people outside see them: row-major, 64-bit.

export interface DenseTensor {
  readonly storage: 'dense';
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A matrix by compressed rows: entries of row i are at rowStart[i] … rowStart[i+1]-1, columns ascending. */
export interface SparseTensor {
  readonly storage: 'csr';
  readonly shape: readonly [number, number];
  readonly rowStart: Int32Array;
  readonly column: Int32Array;
  readonly data: Float64Array;
}

export type Tensor = DenseTensor | SparseTensor;
