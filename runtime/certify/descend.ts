// A local minimum over a convex set by the spectral projected gradient method (Birgin, Martínez & Raydan 2000): what a certificate solves a lower level again
// with. It takes values, slopes and nearest points as the problem as written gives them, and nothing from a method.

export interface Landscape {
  readonly value: (x: Float64Array) => number;
  readonly slope: (x: Float64Array) => Float64Array;
  readonly nearest: (x: Float64Array) => Float64Array;
}

export interface Found {
  readonly x: Float64Array;
  readonly value: number;
  /** The largest entry of x - P(x - slope). */
  readonly residual: number;
}

export interface DescendLimits {
  readonly iterations: number;
  readonly residual: number;
  readonly expired: () => boolean;
}

const memory = 8;
const stepRange = { least: 1e-10, most: 1e10 };

export function descend(
  { value, slope, nearest }: Landscape,
  start: Float64Array,
  { iterations, residual, expired }: DescendLimits,
): Found {
  let x = nearest(start);
  let f = value(x);
  let g = slope(x);
  const moved = (step: number): Float64Array => {
    const to = nearest(x.map((xi, k) => xi - step * g[k]));
    return to.map((t, k) => t - x[k]);
  };
  let off = largestEntry(moved(1));
  let step = 1 / Math.max(1, largestEntry(g));
  const recent = [f];
  for (let k = 0; k < iterations && off > residual && Number.isFinite(f) && !expired(); k++) {
    const d = moved(step);
    const descent = inner(g, d);
    const ceiling = Math.max(...recent);
    let t = 1;
    let next = x.map((xi, i) => xi + d[i]);
    let fn = value(next);
    let gn = slope(next);
    // Where a slope is infinite, as that of an entropy at its end, there is no way on.
    while (!(fn <= ceiling + 1e-4 * t * descent && gn.every(Number.isFinite)) && t > 1e-12) {
      t /= 2;
      next = x.map((xi, i) => xi + t * d[i]);
      fn = value(next);
      gn = slope(next);
    }
    if (t <= 1e-12) break;
    const s = next.map((xi, i) => xi - x[i]);
    const y = gn.map((gi, i) => gi - g[i]);
    const curvature = inner(s, y);
    step =
      curvature > 0
        ? Math.min(Math.max(inner(s, s) / curvature, stepRange.least), stepRange.most)
        : stepRange.most;
    x = next;
    f = fn;
    g = gn;
    recent.push(f);
    if (recent.length > memory) recent.shift();
    off = largestEntry(moved(1));
  }
  return { x, value: f, residual: off };
}

const inner = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, k) => sum + x * b[k], 0);

export const largestEntry = (x: Float64Array): number =>
  x.reduce((most, xi) => (Number.isNaN(xi) ? NaN : Math.max(most, Math.abs(xi))), 0);
