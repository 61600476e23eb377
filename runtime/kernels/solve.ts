// Square systems A*X = B.
import { cholesky } from './cholesky.ts';
import { luAt, swapRows } from './lu.ts';
import { substituteAt } from './triangular-solve.ts';

/** By LU with partial pivoting. `work` holds n² + n numbers. */
export function solve(
  X: Float64Array,
  A: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  work: Float64Array,
  batch = 1,
): void {
  X.set(B);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < n * n; i++) work[i] = A[b * n * n + i];
    luAt(work, 0, n, work, n * n);
    const x = b * n * k;
    for (let i = 0; i < n; i++) {
      const other = work[n * n + i];
      if (other !== i) swapRows(X, x + i * k, x + other * k, k);
    }
    unitLower(X, x, work, n, k);
    substituteAt(X, x, work, 0, n, k, false, false);
  }
}

/** Forward substitution with the unit lower triangle. */
function unitLower(X: Float64Array, x: number, L: Float64Array, n: number, k: number): void {
  for (let i = 1; i < n; i++)
    for (let j = 0; j < i; j++) {
      const factor = L[i * n + j];
      if (factor === 0) continue;
      for (let c = 0; c < k; c++) X[x + i * k + c] -= factor * X[x + j * k + c];
    }
}

/** By Cholesky, for symmetric positive definite A. `work` holds n² numbers. */
export function solvePositiveDefinite(
  X: Float64Array,
  A: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  work: Float64Array,
  batch = 1,
): void {
  X.set(B);
  for (let b = 0; b < batch; b++) {
    cholesky(work, batch === 1 ? A : A.subarray(b * n * n, (b + 1) * n * n), n);
    substituteAt(X, b * n * k, work, 0, n, k, true, false);
    substituteAt(X, b * n * k, work, 0, n, k, true, true);
  }
}
