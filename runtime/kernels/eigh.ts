// Eigenvalues and eigenvectors of symmetric matrices: Householder tridiagonalisation and the implicit QL method
// (Bowdler, Martin, Reinsch & Wilkinson 1968, as in EISPACK's tred2 and tql2).
import { brought } from './brought.ts';
import { columnSign, flipColumn } from './signs.ts';

/** Eigenvalues ascending into w, eigenvectors into the columns of V. `work` holds n numbers. */
export function eigh(
  w: Float64Array,
  V: Float64Array,
  A: Float64Array,
  n: number,
  work: Float64Array,
  batch = 1,
): void {
  for (let b = 0; b < batch; b++) eighAt(w, b * n, V, b * n * n, A, n, work);
}

/** Eigenvalues alone, ascending. `work` holds n (n + 1) numbers. */
export function eigenvalues(
  w: Float64Array,
  A: Float64Array,
  n: number,
  work: Float64Array,
  batch = 1,
): Float64Array {
  for (let b = 0; b < batch; b++)
    eighAt(w, b * n, work, 0, A.subarray(b * n * n), n, work.subarray(n * n));
  return w;
}

function eighAt(
  w: Float64Array,
  d: number,
  V: Float64Array,
  v: number,
  A: Float64Array,
  n: number,
  e: Float64Array,
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) V[v + i * n + j] = (A[v + i * n + j] + A[v + j * n + i]) / 2;
  if (n === 0) return;
  for (let i = 0; i < n * n; i++)
    if (!Number.isFinite(V[v + i])) {
      w.fill(NaN, d, d + n);
      V.fill(NaN, v, v + n * n);
      return;
    }
  const unit = brought(V, v, n * n);
  tridiagonalize(w, d, V, v, n, e);
  diagonalize(w, d, V, v, n, e);
  if (unit !== 1) for (let i = 0; i < n; i++) w[d + i] *= unit;
  for (let j = 0; j < n; j++) if (columnSign(V, v, n, n, j) < 0) flipColumn(V, v, n, n, j);
}

function tridiagonalize(
  w: Float64Array,
  d: number,
  V: Float64Array,
  v: number,
  n: number,
  e: Float64Array,
): void {
  for (let j = 0; j < n; j++) w[d + j] = V[v + (n - 1) * n + j];
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(w[d + k]);
    // Numbers too small to have all their digits count as zeros.
    if (scale < 1e-280) {
      e[i] = w[d + i - 1];
      for (let j = 0; j < i; j++) {
        w[d + j] = V[v + (i - 1) * n + j];
        V[v + i * n + j] = 0;
        V[v + j * n + i] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        w[d + k] /= scale;
        h += w[d + k] * w[d + k];
      }
      let f = w[d + i - 1];
      let g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      w[d + i - 1] = f - g;
      for (let j = 0; j < i; j++) e[j] = 0;
      for (let j = 0; j < i; j++) {
        f = w[d + j];
        V[v + j * n + i] = f;
        g = e[j] + V[v + j * n + j] * f;
        for (let k = j + 1; k < i; k++) {
          g += V[v + k * n + j] * w[d + k];
          e[k] += V[v + k * n + j] * f;
        }
        e[j] = g;
      }
      f = 0;
      for (let j = 0; j < i; j++) {
        e[j] /= h;
        f += e[j] * w[d + j];
      }
      const hh = f / (h + h);
      for (let j = 0; j < i; j++) e[j] -= hh * w[d + j];
      for (let j = 0; j < i; j++) {
        f = w[d + j];
        g = e[j];
        for (let k = j; k < i; k++) V[v + k * n + j] -= f * e[k] + g * w[d + k];
        w[d + j] = V[v + (i - 1) * n + j];
        V[v + i * n + j] = 0;
      }
    }
    w[d + i] = h;
  }
  for (let i = 0; i < n - 1; i++) {
    V[v + (n - 1) * n + i] = V[v + i * n + i];
    V[v + i * n + i] = 1;
    const h = w[d + i + 1];
    if (h !== 0) {
      for (let k = 0; k <= i; k++) w[d + k] = V[v + k * n + i + 1] / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += V[v + k * n + i + 1] * V[v + k * n + j];
        for (let k = 0; k <= i; k++) V[v + k * n + j] -= g * w[d + k];
      }
    }
    for (let k = 0; k <= i; k++) V[v + k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    w[d + j] = V[v + (n - 1) * n + j];
    V[v + (n - 1) * n + j] = 0;
  }
  V[v + n * n - 1] = 1;
  e[0] = 0;
}

function diagonalize(
  w: Float64Array,
  d: number,
  V: Float64Array,
  v: number,
  n: number,
  e: Float64Array,
): void {
  for (let i = 1; i < n; i++) e[i - 1] = e[i];
  e[n - 1] = 0;
  let f = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(w[d + l]) + Math.abs(e[l]));
    let m = l;
    while (m < n - 1 && countsBeside(w, d, e, m, largest)) m++;
    if (m > l) {
      for (let turn = 0; turn < 60; turn++) {
        let g = w[d + l];
        let p = (w[d + l + 1] - g) / (2 * e[l]);
        let r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
        w[d + l] = e[l] / (p + r);
        w[d + l + 1] = e[l] * (p + r);
        const next = w[d + l + 1];
        let h = g - w[d + l];
        for (let i = l + 2; i < n; i++) w[d + i] -= h;
        f += h;
        p = w[d + m];
        let c = 1;
        let c2 = 1;
        let c3 = 1;
        const after = e[l + 1];
        let s = 0;
        let s2 = 0;
        for (let i = m - 1; i >= l; i--) {
          c3 = c2;
          c2 = c;
          s2 = s;
          g = c * e[i];
          h = c * p;
          r = Math.hypot(p, e[i]);
          e[i + 1] = s * r;
          s = e[i] / r;
          c = p / r;
          p = c * w[d + i] - s * g;
          w[d + i + 1] = h + s * (c * g + s * w[d + i]);
          for (let k = 0; k < n; k++) {
            h = V[v + k * n + i + 1];
            V[v + k * n + i + 1] = s * V[v + k * n + i] + c * h;
            V[v + k * n + i] = c * V[v + k * n + i] - s * h;
          }
        }
        p = -s * s2 * c3 * after * (e[l] / next);
        e[l] = s * p;
        w[d + l] = c * p;
        if (!countsBeside(w, d, e, l, largest)) break;
      }
    }
    w[d + l] += f;
    e[l] = 0;
  }
  sortAscending(w, d, V, v, n);
}

/** Whether an entry beside the diagonal is no rounding error, has all its digits, and is large enough to divide by. */
function countsBeside(
  w: Float64Array,
  d: number,
  e: Float64Array,
  i: number,
  largest: number,
): boolean {
  const size = Math.abs(e[i]);
  const beside = Math.abs(w[d + i]) + Math.abs(w[d + i + 1]);
  return size > 1e-280 && size > Number.EPSILON * largest && size > 1e-290 * beside;
}

function sortAscending(w: Float64Array, d: number, V: Float64Array, v: number, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (w[d + j] < w[d + least]) least = j;
    if (least === i) continue;
    const kept = w[d + i];
    w[d + i] = w[d + least];
    w[d + least] = kept;
    for (let k = 0; k < n; k++) {
      const entry = V[v + k * n + i];
      V[v + k * n + i] = V[v + k * n + least];
      V[v + k * n + least] = entry;
    }
  }
}
