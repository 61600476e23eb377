// The matrix exponential by scaling, a Padé approximant of degree 13 and squaring (Higham 2005).
import { matmul } from './matmul.ts';
import { solve } from './solve.ts';

const pade = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
  10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
] as const;

/** Below this norm the approximant is exact to rounding. */
const radius = 5.371920351148152;

/** E = exp(A). `work` holds 7n² + n numbers. */
export function expm(
  E: Float64Array,
  A: Float64Array,
  n: number,
  work: Float64Array,
  batch = 1,
): void {
  for (let b = 0; b < batch; b++) {
    const size = n * n;
    const part = (k: number): Float64Array => work.subarray(k * size, (k + 1) * size);
    const [X, A2, A4, A6, U, V] = [part(0), part(1), part(2), part(3), part(4), part(5)];
    const lu = work.subarray(6 * size, 7 * size + n);
    const target = E.subarray(b * size, (b + 1) * size);
    const norm = largestRow(A, b * size, n);
    const squarings = norm > radius ? Math.ceil(Math.log2(norm / radius)) : 0;
    for (let i = 0; i < size; i++) X[i] = A[b * size + i] / 2 ** squarings;
    matmul(A2, X, X, n, n, n);
    matmul(A4, A2, A2, n, n, n);
    matmul(A6, A4, A2, n, n, n);
    for (let i = 0; i < size; i++) V[i] = pade[13] * A6[i] + pade[11] * A4[i] + pade[9] * A2[i];
    matmul(U, A6, V, n, n, n);
    for (let i = 0; i < size; i++) U[i] += pade[7] * A6[i] + pade[5] * A4[i] + pade[3] * A2[i];
    for (let i = 0; i < n; i++) U[i * n + i] += pade[1];
    matmul(target, X, U, n, n, n);
    U.set(target);
    for (let i = 0; i < size; i++)
      target[i] = pade[12] * A6[i] + pade[10] * A4[i] + pade[8] * A2[i];
    matmul(V, A6, target, n, n, n);
    for (let i = 0; i < size; i++) V[i] += pade[6] * A6[i] + pade[4] * A4[i] + pade[2] * A2[i];
    for (let i = 0; i < n; i++) V[i * n + i] += pade[0];
    for (let i = 0; i < size; i++) {
      A2[i] = V[i] - U[i];
      A4[i] = V[i] + U[i];
    }
    solve(target, A2, A4, n, n, lu);
    for (let k = 0; k < squarings; k++) {
      matmul(X, target, target, n, n, n);
      target.set(X);
    }
  }
}

function largestRow(A: Float64Array, a: number, n: number): number {
  let largest = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(A[a + i * n + j]);
    if (!(sum <= largest)) largest = sum;
  }
  return largest;
}
