// Thin singular value decomposition by one-sided Jacobi rotations (Hestenes 1958): accurate for small singular values too.
import { brought } from './brought.ts';
import { dot } from './dot.ts';
import { stridedNorm } from './householder.ts';
import { columnSign, flipColumn } from './signs.ts';

/** A = U*diag(s)*V' with A m×n, s descending, U m×r, V n×r, r the smaller of m and n. `work` holds m*n + m² + n² + m + n numbers. */
export function svd(
  U: Float64Array,
  s: Float64Array,
  V: Float64Array,
  A: Float64Array,
  m: number,
  n: number,
  work: Float64Array,
  batch = 1,
): void {
  const r = Math.min(m, n);
  for (let b = 0; b < batch; b++) {
    const [u, d, v, a] = [b * m * r, b * r, b * n * r, b * m * n];
    // Columns of the tall one of A and A' become rows of W, so that rotations run along memory.
    if (m >= n) {
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) work[j * m + i] = A[a + i * n + j];
      tall(U, u, s, d, V, v, m, n, work);
    } else {
      for (let i = 0; i < m * n; i++) work[i] = A[a + i];
      tall(V, v, s, d, U, u, n, m, work);
    }
    for (let j = 0; j < r; j++)
      if (columnSign(U, u, m, r, j) < 0) {
        flipColumn(U, u, m, r, j);
        flipColumn(V, v, n, r, j);
      }
  }
}

/** For m >= n, with the columns in the rows of W (n×m), which then hold U*diag(s). */
function tall(
  U: Float64Array,
  u: number,
  s: Float64Array,
  d: number,
  V: Float64Array,
  v: number,
  m: number,
  n: number,
  W: Float64Array,
): void {
  const turns = m * n;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) W[turns + i * n + j] = i === j ? 1 : 0;
  for (let k = 0; k < m * n; k++)
    if (!Number.isFinite(W[k])) {
      U.fill(NaN, u, u + m * n);
      s.fill(NaN, d, d + n);
      V.fill(NaN, v, v + n * n);
      return;
    }
  const unit = brought(W, 0, m * n);
  for (let sweep = 0; sweep < 60; sweep++) if (!rotateAll(W, turns, m, n)) break;
  const order = turns + n * n;
  for (let j = 0; j < n; j++) {
    s[d + j] = stridedNorm(W, j * m, 1, m) * unit;
    W[order + j] = j;
  }
  sortDescending(s, d, W, order, n);
  for (let j = 0; j < n; j++) {
    const from = W[order + j];
    const value = s[d + j] / unit;
    for (let i = 0; i < m; i++) U[u + i * n + j] = value > 0 ? W[from * m + i] / value : 0;
    for (let i = 0; i < n; i++) V[v + i * n + j] = W[turns + from * n + i];
  }
  truncateColumns(U, u, s, d, m, n);
  completeColumns(U, u, s, d, m, n, W);
}

function rotateAll(W: Float64Array, turns: number, m: number, n: number): boolean {
  let rotated = false;
  let largest = 0;
  for (let p = 0; p < n; p++) largest = Math.max(largest, dot(W, p * m, W, p * m, m));
  const tolerance = 2 ** -53 * Math.sqrt(m);
  for (let p = 0; p < n; p++)
    for (let q = p + 1; q < n; q++) {
      const alpha = dot(W, p * m, W, p * m, m);
      const beta = dot(W, q * m, W, q * m, m);
      const gamma = dot(W, p * m, W, q * m, m);
      // Beside the largest column the smallest is nothing but rounding errors.
      if (!(Math.min(alpha, beta) > 1e-60 * largest)) continue;
      if (Math.abs(gamma) <= tolerance * Math.sqrt(alpha) * Math.sqrt(beta)) continue;
      rotated = true;
      const zeta = (beta - alpha) / (2 * gamma);
      const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.hypot(1, zeta));
      const c = 1 / Math.hypot(1, t);
      rotate(W, p * m, q * m, m, c, c * t);
      rotate(W, turns + p * n, turns + q * n, n, c, c * t);
    }
  return rotated;
}

function rotate(W: Float64Array, p: number, q: number, length: number, c: number, s: number): void {
  for (let k = 0; k < length; k++) {
    const a = W[p + k];
    const b = W[q + k];
    W[p + k] = c * a - s * b;
    W[q + k] = s * a + c * b;
  }
}

function sortDescending(
  s: Float64Array,
  d: number,
  order: Float64Array,
  o: number,
  n: number,
): void {
  for (let i = 1; i < n; i++) {
    const value = s[d + i];
    const from = order[o + i];
    let k = i;
    for (; k > 0 && s[d + k - 1] < value; k--) {
      s[d + k] = s[d + k - 1];
      order[o + k] = order[o + k - 1];
    }
    s[d + k] = value;
    order[o + k] = from;
  }
}

/** Where a small singular value is nothing but rounding errors its column of U is not orthogonal to the others: it and all that follow are zeros. */
function truncateColumns(
  U: Float64Array,
  u: number,
  s: Float64Array,
  d: number,
  m: number,
  n: number,
): void {
  let exact = true;
  for (let j = 0; j < n; j++) {
    if (s[d + j] <= Number.EPSILON * m * s[d])
      for (let k = 0; k < j && exact; k++) {
        let along = 0;
        for (let i = 0; i < m; i++) along += U[u + i * n + k] * U[u + i * n + j];
        exact = Math.abs(along) <= 8 * Number.EPSILON * Math.sqrt(m);
      }
    if (exact) continue;
    s[d + j] = 0;
    for (let i = 0; i < m; i++) U[u + i * n + j] = 0;
  }
}

/** Columns for zero singular values, orthonormal to the others (Gram-Schmidt twice on unit vectors). */
function completeColumns(
  U: Float64Array,
  u: number,
  s: Float64Array,
  d: number,
  m: number,
  n: number,
  W: Float64Array,
): void {
  for (let j = 0; j < n; j++) {
    if (s[d + j] > 0) continue;
    for (let unit = 0; unit < m; unit++) {
      for (let i = 0; i < m; i++) W[i] = i === unit ? 1 : 0;
      for (let pass = 0; pass < 2; pass++)
        for (let k = 0; k < n; k++) {
          if (k === j || (s[d + k] === 0 && k > j)) continue;
          let along = 0;
          for (let i = 0; i < m; i++) along += U[u + i * n + k] * W[i];
          for (let i = 0; i < m; i++) W[i] -= along * U[u + i * n + k];
        }
      const norm = stridedNorm(W, 0, 1, m);
      if (norm < 0.5 / Math.sqrt(m)) continue;
      for (let i = 0; i < m; i++) U[u + i * n + j] = W[i] / norm;
      break;
    }
  }
}
