/** The Euclidean norm of `length` entries from `from`, `stride` apart, without overflow. */
export function stridedNorm(A: Float64Array, from: number, stride: number, length: number): number {
  let largest = 0;
  for (let k = 0; k < length; k++) {
    const size = Math.abs(A[from + k * stride]);
    if (!(size <= largest)) largest = size;
  }
  if (!(largest > 0) || largest === Infinity) return largest;
  let sum = 0;
  for (let k = 0; k < length; k++) {
    const x = A[from + k * stride] / largest;
    sum += x * x;
  }
  return largest * Math.sqrt(sum);
}

/** Makes column j of the m×n matrix at `a` zero below row `row` by a reflection I - tau*v*v', v[row] = 1; v is left below the diagonal,
 * the remaining entry on it. Returns tau. */
export function makeReflection(
  A: Float64Array,
  a: number,
  m: number,
  n: number,
  row: number,
  j: number,
): number {
  const diagonal = a + row * n + j;
  let norm = stridedNorm(A, diagonal, n, m - row);
  if (!(norm > 0)) return 0;
  // Numbers near the smallest have few digits: what is made of them would be no reflection.
  const lift = norm < 1e-200 ? 2 ** 600 : 1;
  if (lift !== 1) {
    for (let i = row; i < m; i++) A[a + i * n + j] *= lift;
    norm = stridedNorm(A, diagonal, n, m - row);
  }
  const head = A[diagonal];
  const beta = head > 0 ? -norm : norm;
  const scale = head - beta;
  for (let i = row + 1; i < m; i++) A[a + i * n + j] /= scale;
  A[diagonal] = beta / lift;
  return (beta - head) / beta;
}

/** Applies the reflection kept in column j of V from row `row` on to columns `from` … `to`-1 of C. */
export function applyReflection(
  V: Float64Array,
  v: number,
  vn: number,
  row: number,
  j: number,
  tau: number,
  C: Float64Array,
  c: number,
  cn: number,
  m: number,
  from: number,
  to: number,
): void {
  if (tau === 0) return;
  for (let k = from; k < to; k++) {
    let sum = C[c + row * cn + k];
    for (let i = row + 1; i < m; i++) sum += V[v + i * vn + j] * C[c + i * cn + k];
    sum *= tau;
    C[c + row * cn + k] -= sum;
    for (let i = row + 1; i < m; i++) C[c + i * cn + k] -= sum * V[v + i * vn + j];
  }
}
