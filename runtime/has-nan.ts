// Whether numbers hold a NaN: a loop over positions, for these may be all of the data, and the first run of a `for … of` takes twenty times as long.
export function hasNan(numbers: Float64Array): boolean {
  const { length } = numbers;
  for (let k = 0; k < length; k++) {
    const number = numbers[k];
    if (number !== number) return true;
  }
  return false;
}
