/** The sign that makes the first entry of column j that is at least 0.41 of the largest positive: the convention for eigenvectors and
 * singular vectors, stable where the two largest entries are about equal. */
export function columnSign(
  V: Float64Array,
  v: number,
  rows: number,
  columns: number,
  j: number,
): number {
  let largest = 0;
  for (let i = 0; i < rows; i++) largest = Math.max(largest, Math.abs(V[v + i * columns + j]));
  for (let i = 0; i < rows; i++) {
    const entry = V[v + i * columns + j];
    if (Math.abs(entry) >= 0.41 * largest) return entry < 0 ? -1 : 1;
  }
  return 1;
}

export function flipColumn(
  V: Float64Array,
  v: number,
  rows: number,
  columns: number,
  j: number,
): void {
  for (let i = 0; i < rows; i++) V[v + i * columns + j] = -V[v + i * columns + j];
}
