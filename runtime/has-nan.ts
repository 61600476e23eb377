// Whether numbers hold a NaN: a plain loop, for these may be all of the data.
export function hasNan(numbers: Float64Array): boolean {
  for (const number of numbers) if (number !== number) return true;
  return false;
}
