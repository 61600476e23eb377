import { applyReflection, makeReflection } from './householder.ts';

/** Thin Q and R by Householder reflections, the diagonal of R nonnegative; A is m×n, Q m×r and R r×n with r the smaller of m and n.
 * `work` holds m*n + n numbers. */
export function qr(
  Q: Float64Array,
  R: Float64Array,
  A: Float64Array,
  m: number,
  n: number,
  work: Float64Array,
  batch = 1,
): void {
  const r = Math.min(m, n);
  const taus = m * n;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < m * n; i++) work[i] = A[b * m * n + i];
    for (let j = 0; j < r; j++) {
      const tau = makeReflection(work, 0, m, n, j, j);
      work[taus + j] = tau;
      applyReflection(work, 0, n, j, j, tau, work, 0, n, m, j + 1, n);
    }
    const q = b * m * r;
    for (let i = 0; i < m; i++) for (let j = 0; j < r; j++) Q[q + i * r + j] = i === j ? 1 : 0;
    for (let j = r - 1; j >= 0; j--)
      applyReflection(work, 0, n, j, j, work[taus + j], Q, q, r, m, 0, r);
    for (let i = 0; i < r; i++) {
      const sign = work[i * n + i] < 0 ? -1 : 1;
      for (let j = 0; j < n; j++) R[b * r * n + i * n + j] = j < i ? 0 : sign * work[i * n + j];
      if (sign < 0) for (let k = 0; k < m; k++) Q[q + k * r + i] = -Q[q + k * r + i];
    }
  }
}
