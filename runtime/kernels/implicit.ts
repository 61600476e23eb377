// Equations and minima of vectors, to near machine precision: Newton's method with central differences, whose error only slows the last steps down and
// does not move the solution.
import { leastSquares } from './least-squares.ts';
import { solve } from './solve.ts';

/** Writes the value at z into `out`; a number into its first entry. */
export type VectorFunction = (z: Float64Array, out: Float64Array) => void;

const maxSteps = 200;

/** From a start in z to a zero of the residual, in z; damped by halving until the residual shrinks. */
export function findRoot(z: Float64Array, residual: VectorFunction): Float64Array {
  const n = z.length;
  const r = new Float64Array(n);
  residual(z, r);
  for (let step = 0; step < maxSteps; step++) {
    const direction = newtonDirection(residual, z, r);
    const next = damped(residual, z, r, direction);
    if (next === undefined) break;
    const moved = distance(next.z, z);
    z.set(next.z);
    r.set(next.r);
    if (moved <= 1e-16 * (1 + size(z))) break;
  }
  return z;
}

/** From a start in z to z = map(z): plain iterations first, which choose the solution that the map leads to, then Newton's method from there. */
export function findFixpoint(z: Float64Array, map: VectorFunction): Float64Array {
  const start = z.slice();
  const next = new Float64Array(z.length);
  let change = Infinity;
  for (let step = 0; step < 2000 && change > 1e-9 * (1 + size(z)); step++) {
    map(z, next);
    if (!next.every(Number.isFinite)) {
      z.set(start);
      break;
    }
    change = distance(next, z);
    z.set(next);
  }
  return findRoot(z, (at, out) => {
    map(at, out);
    for (let k = 0; k < out.length; k++) out[k] = at[k] - out[k];
  });
}

/** From a start in z to a minimum of the objective, in z: Newton's method on its differences, kept to a descent, to about 11 digits. */
export function findMinimizer(z: Float64Array, objective: VectorFunction): Float64Array {
  const out = new Float64Array(1);
  const valueAt = (at: Float64Array): number => {
    objective(at, out);
    return out[0];
  };
  const gradient = differenceGradient(valueAt);
  const g = new Float64Array(z.length);
  let value = valueAt(z);
  for (let step = 0; step < maxSteps; step++) {
    gradient(z, g);
    const direction = descentDirection(gradient, z, g);
    let moved = false;
    for (let t = 1; t > 1e-14; t /= 2) {
      const next = z.map((v, k) => v + t * direction[k]);
      const reached = valueAt(next);
      if (!(reached <= value)) continue;
      moved = distance(next, z) > 1e-9 * (1 + size(z));
      z.set(next);
      value = reached;
      break;
    }
    if (!moved) break;
  }
  return findRoot(z, gradient);
}

/** Newton's direction where it descends, with a multiple of the identity added to the Hessian until it does. */
function descentDirection(
  gradient: VectorFunction,
  z: Float64Array,
  g: Float64Array,
): Float64Array {
  const n = z.length;
  const H = jacobian(gradient, z);
  for (let shift = 0; shift < 1e12; shift = shift === 0 ? 1e-6 : shift * 10) {
    const shifted = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        shifted[i * n + j] = (H[i * n + j] + H[j * n + i]) / 2 + (i === j ? shift : 0);
    const direction = solved(shifted, g).map((v) => -v);
    const slope = direction.reduce((sum, v, k) => sum + v * g[k], 0);
    if (slope < 0 && direction.every(Number.isFinite)) return direction;
  }
  return g.map((v) => -v);
}

function newtonDirection(residual: VectorFunction, z: Float64Array, r: Float64Array): Float64Array {
  const n = z.length;
  const J = jacobian(residual, z);
  const direct = solved(J, r).map((v) => -v);
  if (direct.every(Number.isFinite)) return direct;
  const X = new Float64Array(n);
  leastSquares(X, J, r, n, n, 1, new Float64Array(2 * n * n + 5 * n));
  return X.map((v) => -v);
}

function solved(A: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = new Float64Array(n);
  solve(x, A, b, n, 1, new Float64Array(n * n + n));
  return x;
}

function damped(
  residual: VectorFunction,
  z: Float64Array,
  r: Float64Array,
  direction: Float64Array,
): { readonly z: Float64Array; readonly r: Float64Array } | undefined {
  const reached = new Float64Array(r.length);
  for (let t = 1; t > 1e-10; t /= 2) {
    const next = z.map((v, k) => v + t * direction[k]);
    residual(next, reached);
    if (size(reached) < size(r)) return { z: next, r: reached };
  }
  return undefined;
}

/** Central differences, row-major. */
function jacobian(map: VectorFunction, z: Float64Array): Float64Array {
  const n = z.length;
  const J = new Float64Array(n * n);
  const [up, down] = [new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    const h = 6e-6 * Math.max(1, Math.abs(z[j]));
    map(moved(z, j, h), up);
    map(moved(z, j, -h), down);
    for (let i = 0; i < n; i++) J[i * n + j] = (up[i] - down[i]) / (2 * h);
  }
  return J;
}

/** A gradient by differences of order six. */
const differenceGradient =
  (valueAt: (z: Float64Array) => number): VectorFunction =>
  (z, out) => {
    for (let j = 0; j < z.length; j++) {
      const h = 2e-3 * Math.max(1, Math.abs(z[j]));
      const pair = (k: number): number =>
        valueAt(moved(z, j, k * h)) - valueAt(moved(z, j, -k * h));
      out[j] = (45 * pair(1) - 9 * pair(2) + pair(3)) / (60 * h);
    }
  };

const moved = (z: Float64Array, j: number, by: number): Float64Array =>
  z.map((v, k) => (k === j ? v + by : v));
const size = (x: Float64Array): number => Math.hypot(...x);
const distance = (x: Float64Array, y: Float64Array): number => size(x.map((v, k) => v - y[k]));
