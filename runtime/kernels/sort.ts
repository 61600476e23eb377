// Sorting along an axis: entry (a, k, c) of an array outer×length×inner. Stable merge sort; NaN goes last.

/** `work` holds 3*length numbers. */
export function sort(
  out: Float64Array,
  x: Float64Array,
  outer: number,
  length: number,
  inner: number,
  descending: boolean,
  work: Float64Array,
): void {
  for (let a = 0; a < outer; a++)
    for (let c = 0; c < inner; c++) {
      const from = a * length * inner + c;
      const order = sortedOrder(x, from, length, inner, descending, work);
      for (let k = 0; k < length; k++) out[from + k * inner] = work[work[order + k]];
    }
}

/** 0-based positions in sorted order. `work` holds 3*length numbers. */
export function argsort(
  out: Float64Array,
  x: Float64Array,
  outer: number,
  length: number,
  inner: number,
  descending: boolean,
  work: Float64Array,
): void {
  for (let a = 0; a < outer; a++)
    for (let c = 0; c < inner; c++) {
      const from = a * length * inner + c;
      const order = sortedOrder(x, from, length, inner, descending, work);
      for (let k = 0; k < length; k++) out[from + k * inner] = work[order + k];
    }
}

/** Copies the keys to the front of `work`; where in it the sorted positions then begin. */
function sortedOrder(
  x: Float64Array,
  from: number,
  length: number,
  stride: number,
  descending: boolean,
  work: Float64Array,
): number {
  for (let k = 0; k < length; k++) {
    work[k] = x[from + k * stride];
    work[length + k] = k;
  }
  let source = length;
  let target = 2 * length;
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(start + 2 * width, length);
      let i = start;
      let j = middle;
      for (let k = start; k < end; k++) {
        const left =
          i < middle &&
          (j >= end || !comesBefore(work[work[source + j]], work[work[source + i]], descending));
        work[target + k] = work[source + (left ? i++ : j++)];
      }
    }
    const kept = source;
    source = target;
    target = kept;
  }
  return source;
}

function comesBefore(a: number, b: number, descending: boolean): boolean {
  if (Number.isNaN(b)) return !Number.isNaN(a);
  return descending ? a > b : a < b;
}
