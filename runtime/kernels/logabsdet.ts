import { luAt } from './lu.ts';

/** log|det A| and the sign of det A, by LU. `work` holds n² + n numbers. */
export function logabsdet(
  logs: Float64Array,
  signs: Float64Array,
  A: Float64Array,
  n: number,
  work: Float64Array,
  batch = 1,
): void {
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < n * n; i++) work[i] = A[b * n * n + i];
    let sign = luAt(work, 0, n, work, n * n);
    let log = 0;
    for (let i = 0; i < n; i++) {
      log += Math.log(Math.abs(work[i * n + i]));
      sign *= Math.sign(work[i * n + i]);
    }
    // A singular matrix leaves divisions by a zero pivot behind.
    const singular = Number.isNaN(log) && isFiniteBlock(A, b * n * n, n * n);
    const zero = singular || log === -Infinity;
    logs[b] = zero ? -Infinity : log;
    signs[b] = zero ? 0 : sign;
  }
}

function isFiniteBlock(A: Float64Array, from: number, length: number): boolean {
  for (let i = from; i < from + length; i++) if (!Number.isFinite(A[i])) return false;
  return true;
}
