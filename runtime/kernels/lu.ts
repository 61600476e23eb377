/** LU with partial pivoting in place: U above, L below the diagonal; `pivots` holds the row exchanged with row k. The sign of the permutation. */
export function luAt(
  A: Float64Array,
  a: number,
  n: number,
  pivots: Float64Array,
  p: number,
): number {
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(A[a + i * n + k]) > Math.abs(A[a + pivot * n + k])) pivot = i;
    pivots[p + k] = pivot;
    if (pivot !== k) {
      sign = -sign;
      swapRows(A, a + k * n, a + pivot * n, n);
    }
    const row = a + k * n;
    for (let i = k + 1; i < n; i++) {
      const other = a + i * n;
      const factor = A[other + k] / A[row + k];
      A[other + k] = factor;
      if (factor !== 0) for (let j = k + 1; j < n; j++) A[other + j] -= factor * A[row + j];
    }
  }
  return sign;
}

export function swapRows(A: Float64Array, i: number, j: number, n: number): void {
  for (let k = 0; k < n; k++) {
    const kept = A[i + k];
    A[i + k] = A[j + k];
    A[j + k] = kept;
  }
}
