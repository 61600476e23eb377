/**
 * Multiplies entries by a power of two where their squares may be too large or too small, and gives the number that undoes it: 1 where nothing was done.
 */
export function brought(A: Float64Array, from: number, length: number): number {
  let most = 0;
  for (let k = from; k < from + length; k++) most = Math.max(most, Math.abs(A[k]));
  if (most === 0 || (most >= 1e-100 && most <= 1e100)) return 1;
  const unit = most > 1 ? 2 ** 600 : 2 ** -600;
  for (let k = from; k < from + length; k++) A[k] *= 1 / unit;
  return unit;
}
