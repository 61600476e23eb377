/** The positions of the nonzero entries of a mask, row-major: one row of as many columns as the mask has axes for each. */
export function compress(mask: Float64Array, shape: readonly number[]): Float64Array {
  const rank = shape.length;
  let count = 0;
  for (const entry of mask) if (entry !== 0) count++;
  const positions = new Float64Array(count * rank);
  let row = 0;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    let rest = at;
    for (let axis = rank - 1; axis >= 0; axis--) {
      positions[row * rank + axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    row++;
  }
  return positions;
}
