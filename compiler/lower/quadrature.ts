// Gauss rules for expectations over one random number (Golub & Welsch 1969; nodes by Newton's method on the three-term recurrence).

export interface Rule {
  readonly nodes: readonly number[];
  /** Sum to 1. */
  readonly weights: readonly number[];
}

/** For a standard normal z. */
export function gaussHermite(count: number): Rule {
  return rule(count, (k) => [0, Math.sqrt(k)], Math.sqrt(4 * count + 2), -Math.sqrt(4 * count + 2));
}

/** For z uniform on [-1, 1]. */
export function gaussLegendre(count: number): Rule {
  return rule(count, (k) => [0, k / Math.sqrt(4 * k * k - 1)], 1, -1);
}

/** For z exponential with rate 1. */
export function gaussLaguerre(count: number): Rule {
  return rule(count, (k) => [2 * k + 1, k], 4 * count + 2, 0);
}

/**
 * The eigenvalues of the Jacobi matrix with diagonal a_k and off-diagonal b_k (`coefficient(k)` is [a_k, b_k], b_0 unused) by bisection on Sturm
 * sequences; the weights from the orthonormal polynomials: 1 / Σ p_j(x)^2.
 */
function rule(
  count: number,
  coefficient: (k: number) => readonly [number, number],
  high: number,
  low: number,
): Rule {
  const a = Array.from({ length: count }, (_, k) => coefficient(k)[0]);
  const b = Array.from({ length: count }, (_, k) => (k === 0 ? 0 : coefficient(k)[1]));
  const nodes = a.map((_, k) => eigenvalue(a, b, k, low - 1, high + 1));
  const weights = nodes.map((x) => {
    let previous = 0;
    let current = 1;
    let sum = 1;
    for (let k = 0; k + 1 < count; k++) {
      const next = ((x - a[k]) * current - b[k] * previous) / b[k + 1];
      previous = current;
      current = next;
      sum += next * next;
    }
    return 1 / sum;
  });
  const total = weights.reduce((s, w) => s + w, 0);
  return { nodes, weights: weights.map((w) => w / total) };
}

/** The eigenvalue with `index` smaller ones. */
function eigenvalue(
  a: readonly number[],
  b: readonly number[],
  index: number,
  low: number,
  high: number,
): number {
  let [left, right] = [low, high];
  for (let k = 0; k < 200 && right - left > 0; k++) {
    const middle = (left + right) / 2;
    if (middle === left || middle === right) break;
    if (smaller(a, b, middle) > index) right = middle;
    else left = middle;
  }
  return (left + right) / 2;
}

/** How many eigenvalues are smaller than x. */
function smaller(a: readonly number[], b: readonly number[], x: number): number {
  let count = 0;
  let pivot = 1;
  for (let k = 0; k < a.length; k++) {
    pivot = a[k] - x - (k === 0 ? 0 : (b[k] * b[k]) / pivot);
    if (pivot === 0) pivot = 1e-300;
    if (pivot < 0) count++;
  }
  return count;
}
