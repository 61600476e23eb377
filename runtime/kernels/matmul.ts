// Products of dense matrices, row-major. Blocks of rows of B stay in the cache while all rows of C pass over them.
import { dot } from './dot.ts';

const block = 64;

/** C = A*B with A m×k and B k×n. */
export function matmul(
  C: Float64Array,
  A: Float64Array,
  B: Float64Array,
  m: number,
  k: number,
  n: number,
): Float64Array {
  C.fill(0, 0, m * n);
  for (let from = 0; from < k; from += block) {
    const to = Math.min(from + block, k);
    for (let i = 0; i < m; i++) addRows(C, i * n, A, i * k, 1, B, from, to, n);
  }
  return C;
}

/** C = A'*B with A k×m and B k×n. */
export function matmulTN(
  C: Float64Array,
  A: Float64Array,
  B: Float64Array,
  m: number,
  k: number,
  n: number,
): Float64Array {
  C.fill(0, 0, m * n);
  for (let from = 0; from < k; from += block) {
    const to = Math.min(from + block, k);
    for (let i = 0; i < m; i++) addRows(C, i * n, A, i, m, B, from, to, n);
  }
  return C;
}

/** C = A*B' with A m×k and B n×k. */
export function matmulNT(
  C: Float64Array,
  A: Float64Array,
  B: Float64Array,
  m: number,
  k: number,
  n: number,
): Float64Array {
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) C[i * n + j] = dot(A, i * k, B, j * k, k);
  return C;
}

/** Row of C += sum over l in from … to-1 of A[a + l*stride] times row l of B, four rows at a time. */
function addRows(
  C: Float64Array,
  c: number,
  A: Float64Array,
  a: number,
  stride: number,
  B: Float64Array,
  from: number,
  to: number,
  n: number,
): void {
  let l = from;
  for (; l + 3 < to; l += 4) {
    const a0 = A[a + l * stride];
    const a1 = A[a + (l + 1) * stride];
    const a2 = A[a + (l + 2) * stride];
    const a3 = A[a + (l + 3) * stride];
    const b0 = l * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let j = 0; j < n; j++)
      C[c + j] += a0 * B[b0 + j] + a1 * B[b1 + j] + (a2 * B[b2 + j] + a3 * B[b3 + j]);
  }
  for (; l < to; l++) {
    const al = A[a + l * stride];
    const b = l * n;
    for (let j = 0; j < n; j++) C[c + j] += al * B[b + j];
  }
}
