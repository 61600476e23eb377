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
    factorAt(work, 0, A, b * n * n, n);
    solveAt(X, b * n * k, work, 0, n, k);
  }
}

/** LU with partial pivoting, for many systems with one matrix: n² entries, then the n rows exchanged. */
export function factor(LU: Float64Array, A: Float64Array, n: number, batch = 1): Float64Array {
  for (let b = 0; b < batch; b++) factorAt(LU, b * (n * n + n), A, b * n * n, n);
  return LU;
}

/** A*X = B, given `factor` of A. */
export function solveFactored(
  X: Float64Array,
  LU: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  batch = 1,
): void {
  X.set(B);
  for (let b = 0; b < batch; b++) solveAt(X, b * n * k, LU, b * (n * n + n), n, k);
}

/** A*X = B with the factors of the call before, where A is the same as then. `kept` holds 2 n² + n + 1 numbers, zeros before the first call.
 * True where a matrix was factored. */
export function solveAgain(
  X: Float64Array,
  A: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  kept: Float64Array,
  batch = 1,
): boolean {
  X.set(B);
  let factored = false;
  const size = 2 * n * n + n + 1;
  for (let b = 0; b < batch; b++) {
    const at = b * size;
    const copy = at + n * n + n;
    if (kept[at + size - 1] === 0 || !isSame(A, b * n * n, kept, copy, n * n)) {
      factorAt(kept, at, A, b * n * n, n);
      for (let i = 0; i < n * n; i++) kept[copy + i] = A[b * n * n + i];
      kept[at + size - 1] = 1;
      factored = true;
    }
    solveAt(X, b * n * k, kept, at, n, k);
  }
  return factored;
}

function isSame(x: Float64Array, i: number, y: Float64Array, j: number, n: number): boolean {
  for (let k = 0; k < n; k++) if (x[i + k] !== y[j + k]) return false;
  return true;
}

function factorAt(LU: Float64Array, at: number, A: Float64Array, a: number, n: number): void {
  for (let i = 0; i < n * n; i++) LU[at + i] = A[a + i];
  luAt(LU, at, n, LU, at + n * n);
}

function solveAt(
  X: Float64Array,
  x: number,
  LU: Float64Array,
  at: number,
  n: number,
  k: number,
): void {
  for (let i = 0; i < n; i++) {
    const other = LU[at + n * n + i];
    if (other !== i) swapRows(X, x + i * k, x + other * k, k);
  }
  unitLower(X, x, LU, at, n, k);
  substituteAt(X, x, LU, at, n, k, false, false);
}

/** Forward substitution with the unit lower triangle. */
function unitLower(
  X: Float64Array,
  x: number,
  L: Float64Array,
  at: number,
  n: number,
  k: number,
): void {
  for (let i = 1; i < n; i++)
    for (let j = 0; j < i; j++) {
      const multiple = L[at + i * n + j];
      if (multiple === 0) continue;
      for (let c = 0; c < k; c++) X[x + i * k + c] -= multiple * X[x + j * k + c];
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
    solveCholeskyAt(X, b * n * k, work, 0, n, k);
  }
}

/** A*X = B, given the lower Cholesky factor of A. */
export function solveCholesky(
  X: Float64Array,
  L: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  batch = 1,
): void {
  X.set(B);
  for (let b = 0; b < batch; b++) solveCholeskyAt(X, b * n * k, L, b * n * n, n, k);
}

function solveCholeskyAt(
  X: Float64Array,
  x: number,
  L: Float64Array,
  at: number,
  n: number,
  k: number,
): void {
  substituteAt(X, x, L, at, n, k, true, false);
  substituteAt(X, x, L, at, n, k, true, true);
}
