import { dot } from './dot.ts';

/** Lower triangular L with A = L*L' for symmetric positive definite A, of which the lower triangle is read; NaN where A is not
 * positive definite. `batch` matrices one after the other. */
export function cholesky(L: Float64Array, A: Float64Array, n: number, batch = 1): void {
  for (let at = 0; at < batch * n * n; at += n * n) choleskyAt(L, A, n, at);
}

function choleskyAt(L: Float64Array, A: Float64Array, n: number, at: number): void {
  for (let i = 0; i < n; i++) {
    const row = at + i * n;
    for (let j = 0; j <= i; j++) {
      const other = at + j * n;
      const rest = A[row + j] - dot(L, row, L, other, j);
      if (i === j) L[row + i] = rest > 0 ? Math.sqrt(rest) : NaN;
      else L[row + j] = rest / L[other + j];
    }
    for (let j = i + 1; j < n; j++) L[row + j] = 0;
  }
}
