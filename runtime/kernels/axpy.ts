/** y[j + k] += alpha*x[i + k] for k below n. */
export function axpy(
  alpha: number,
  x: Float64Array,
  i: number,
  y: Float64Array,
  j: number,
  n: number,
): void {
  const blocks = n & ~3;
  let k = 0;
  for (; k < blocks; k += 4) {
    y[j + k] += alpha * x[i + k];
    y[j + k + 1] += alpha * x[i + k + 1];
    y[j + k + 2] += alpha * x[i + k + 2];
    y[j + k + 3] += alpha * x[i + k + 3];
  }
  for (; k < n; k++) y[j + k] += alpha * x[i + k];
}
