// Least squares by QR with column pivoting; where the rank is short, the minimum-norm solution by a second triangular reduction
// (complete orthogonal decomposition, Golub & Van Loan 2013, 5.5).
import { applyReflection, makeReflection, stridedNorm } from './householder.ts';

/** X (n×k) that minimises |A*X - B| column by column, of least norm; A is m×n, B m×k. `work` holds m*n + m*k + n² + 4n numbers. */
export function leastSquares(
  X: Float64Array,
  A: Float64Array,
  B: Float64Array,
  m: number,
  n: number,
  k: number,
  work: Float64Array,
  batch = 1,
): void {
  for (let b = 0; b < batch; b++) {
    const q = m * n;
    const z = q + m * k;
    const taus = z + n * n;
    for (let i = 0; i < m * n; i++) work[i] = A[b * m * n + i];
    for (let i = 0; i < m * k; i++) work[q + i] = B[b * m * k + i];
    const rank = pivotedQr(work, m, n, k, q, taus);
    const x = b * n * k;
    for (let i = 0; i < n * k; i++) X[x + i] = 0;
    if (rank === n) backSubstitute(X, x, work, k, q, rank, 0, n);
    else minimumNorm(X, x, work, n, k, q, z, taus + 2 * n, rank);
    unpermute(X, x, work, n, k, taus + n, z);
  }
}

/** R with pivots in place, the reflections applied to the right sides too; the numerical rank. */
function pivotedQr(
  W: Float64Array,
  m: number,
  n: number,
  k: number,
  q: number,
  taus: number,
): number {
  const pivots = taus + n;
  const steps = Math.min(m, n);
  for (let j = 0; j < n; j++) W[pivots + j] = j;
  let first = 0;
  for (let j = 0; j < steps; j++) {
    let best = j;
    let norm = -1;
    for (let c = j; c < n; c++) {
      const size = stridedNorm(W, j * n + c, n, m - j);
      if (size > norm) {
        norm = size;
        best = c;
      }
    }
    if (j === 0) first = norm;
    if (!(norm > first * Math.max(m, n) * Number.EPSILON)) return j;
    if (best !== j) swapColumns(W, m, n, j, best, pivots);
    const tau = makeReflection(W, 0, m, n, j, j);
    applyReflection(W, 0, n, j, j, tau, W, 0, n, m, j + 1, n);
    applyReflection(W, 0, n, j, j, tau, W, q, k, m, 0, k);
  }
  return steps;
}

function swapColumns(
  W: Float64Array,
  m: number,
  n: number,
  i: number,
  j: number,
  pivots: number,
): void {
  for (let row = 0; row < m; row++) {
    const kept = W[row * n + i];
    W[row * n + i] = W[row * n + j];
    W[row * n + j] = kept;
  }
  const kept = W[pivots + i];
  W[pivots + i] = W[pivots + j];
  W[pivots + j] = kept;
}

/** Solves with the upper triangle of the leading rank×rank block at `r`, stored in rows of length `width`. */
function backSubstitute(
  X: Float64Array,
  x: number,
  W: Float64Array,
  k: number,
  q: number,
  rank: number,
  r: number,
  width: number,
): void {
  for (let c = 0; c < k; c++)
    for (let i = rank - 1; i >= 0; i--) {
      let sum = W[q + i * k + c];
      for (let j = i + 1; j < rank; j++) sum -= W[r + i * width + j] * X[x + j * k + c];
      X[x + i * k + c] = sum / W[r + i * width + i];
    }
}

/** With [R S] of full row rank: QR of its transpose, Z = Q*T, and X = Q*inv(T')*c. */
function minimumNorm(
  X: Float64Array,
  x: number,
  W: Float64Array,
  n: number,
  k: number,
  q: number,
  z: number,
  taus: number,
  rank: number,
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < rank; j++) W[z + i * rank + j] = i < j ? 0 : W[j * n + i];
  for (let j = 0; j < rank; j++) {
    const tau = makeReflection(W, z, n, rank, j, j);
    W[taus + j] = tau;
    applyReflection(W, z, rank, j, j, tau, W, z, rank, n, j + 1, rank);
  }
  for (let c = 0; c < k; c++)
    for (let i = 0; i < rank; i++) {
      let sum = W[q + i * k + c];
      for (let j = 0; j < i; j++) sum -= W[z + j * rank + i] * X[x + j * k + c];
      X[x + i * k + c] = sum / W[z + i * rank + i];
    }
  for (let j = rank - 1; j >= 0; j--)
    applyReflection(W, z, rank, j, j, W[taus + j], X, x, k, n, 0, k);
}

/** Rows of X back to the order of the columns of A. */
function unpermute(
  X: Float64Array,
  x: number,
  W: Float64Array,
  n: number,
  k: number,
  pivots: number,
  scratch: number,
): void {
  for (let c = 0; c < k; c++) {
    for (let i = 0; i < n; i++) W[scratch + W[pivots + i]] = X[x + i * k + c];
    for (let i = 0; i < n; i++) X[x + i * k + c] = W[scratch + i];
  }
}
