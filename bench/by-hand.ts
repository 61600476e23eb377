// The loop that a careful person writes by hand.

/** Value and gradient of the mean logistic loss in one pass over the rows; each row is used twice while it is in the cache. */
export function logisticByHand(
  A: Float64Array,
  b: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const [m, n] = [b.length, x.length];
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < n; j += 4) {
      s0 += A[row + j] * x[j];
      s1 += A[row + j + 1] * x[j + 1];
      s2 += A[row + j + 2] * x[j + 2];
      s3 += A[row + j + 3] * x[j + 3];
    }
    const margin = b[i] * (s0 + s1 + (s2 + s3));
    const e = Math.exp(-Math.abs(margin));
    value += Math.max(-margin, 0) + Math.log1p(e);
    const weight = (-b[i] * (margin > 0 ? e / (1 + e) : 1 / (1 + e))) / m;
    for (let j = 0; j < n; j += 4) {
      gradient[j] += weight * A[row + j];
      gradient[j + 1] += weight * A[row + j + 1];
      gradient[j + 2] += weight * A[row + j + 2];
      gradient[j + 3] += weight * A[row + j + 3];
    }
  }
  return value / m;
}
