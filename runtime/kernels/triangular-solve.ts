/** X with L*X = B, or L'*X = B where `transposed`; L is n×n, of which the named triangle is read, B is n×k. */
export function triangularSolve(
  X: Float64Array,
  L: Float64Array,
  B: Float64Array,
  n: number,
  k: number,
  lower: boolean,
  transposed: boolean,
  batch = 1,
): void {
  if (X !== B) X.set(B);
  for (let b = 0; b < batch; b++) substituteAt(X, b * n * k, L, b * n * n, n, k, lower, transposed);
}

/** In place: X holds the right sides first, the solution afterwards. */
export function substituteAt(
  X: Float64Array,
  x: number,
  L: Float64Array,
  l: number,
  n: number,
  k: number,
  lower: boolean,
  transposed: boolean,
): void {
  const forward = lower !== transposed;
  const [down, across] = transposed ? [1, n] : [n, 1];
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const [from, to] = forward ? [0, i] : [i + 1, n];
    const own = x + i * k;
    for (let j = from; j < to; j++) {
      const factor = L[l + i * down + j * across];
      if (factor === 0) continue;
      const other = x + j * k;
      for (let c = 0; c < k; c++) X[own + c] -= factor * X[other + c];
    }
    const pivot = L[l + i * down + i * across];
    for (let c = 0; c < k; c++) X[own + c] /= pivot;
  }
}
