// Equations in a vector, solved to near machine precision by Newton's method with central differences: the error of the differences only slows
// the last steps down, it does not move the solution.
import { inverse, pseudoInverse, type Matrix } from './dense.ts';
import { exactValue, type Value } from './value.ts';

/** A map of vectors, with the error scale of each entry. */
export type VectorMap = (z: Float64Array) => Value;

const maxSteps = 200;

/** z with residual(z) = 0, from a start; damped by halving until the residual shrinks. */
export function findRoot(residual: VectorMap, start: Value): Value {
  let z: Float64Array = start.data.slice();
  let r: Float64Array = residual(z).data;
  for (let step = 0; step < maxSteps; step++) {
    const direction = newtonDirection(residual, z, r);
    const next = damped(residual, z, r, direction);
    if (next === undefined) break;
    const moved = distance(next.z, z);
    ({ z, r } = next);
    if (moved <= 1e-16 * (1 + size(z))) break;
  }
  return withScale(residual, z, start.shape);
}

/** z with z = map(z): plain iterations first, which choose the solution that the map leads to, then Newton's method from there. */
export function findFixpoint(map: VectorMap, start: Value): Value {
  let z: Float64Array = start.data.slice();
  let change = Infinity;
  for (let step = 0; step < 2000 && change > 1e-9 * (1 + size(z)); step++) {
    const next = map(z).data;
    if (!next.every(Number.isFinite)) {
      z = start.data.slice();
      break;
    }
    change = distance(next, z);
    z = next;
  }
  const residual: VectorMap = (at) => {
    const { shape, data, scale } = map(at);
    return {
      shape,
      data: data.map((v, k) => at[k] - v),
      scale: scale.map((s, k) => s + Math.abs(at[k])),
    };
  };
  return findRoot(residual, exactValue(start.shape, z));
}

/** z where the gradient vanishes, kept to a descent of the objective on the way. */
export function findMinimizer(
  objective: (z: Float64Array) => number,
  gradient: VectorMap,
  start: Value,
): Value {
  let z: Float64Array = start.data.slice();
  let value = objective(z);
  for (let step = 0; step < maxSteps; step++) {
    const g = gradient(z).data;
    const direction = descentDirection(gradient, z, g);
    let t = 1;
    let moved = false;
    for (; t > 1e-14; t /= 2) {
      const next = z.map((v, k) => v + t * direction[k]);
      const reached = objective(next);
      if (!(reached <= value)) continue;
      moved = distance(next, z) > 1e-9 * (1 + size(z));
      z = next;
      value = reached;
      break;
    }
    if (!moved) break;
  }
  return findRoot(gradient, exactValue(start.shape, z));
}

/** Newton's direction where it descends, with the eigenvalues pushed up by a multiple of the identity until it does. */
function descentDirection(gradient: VectorMap, z: Float64Array, g: Float64Array): Float64Array {
  const H = jacobian(gradient, z);
  for (let shift = 0; shift < 1e12; shift = shift === 0 ? 1e-6 : shift * 10) {
    const shifted = H.map((row, i) => row.map((x, j) => (x + H[j][i]) / 2 + (i === j ? shift : 0)));
    const direction = apply(inverse(shifted), g).map((v) => -v);
    const slope = direction.reduce((sum, v, k) => sum + v * g[k], 0);
    if (slope < 0 && direction.every(Number.isFinite)) return direction;
  }
  return g.map((v) => -v);
}

function newtonDirection(residual: VectorMap, z: Float64Array, r: Float64Array): Float64Array {
  const J = jacobian(residual, z);
  const direct = apply(inverse(J), r).map((v) => -v);
  return direct.every(Number.isFinite)
    ? direct
    : apply(pseudoInverse(J, z.length), r).map((v) => -v);
}

function damped(
  residual: VectorMap,
  z: Float64Array,
  r: Float64Array,
  direction: Float64Array,
): { z: Float64Array; r: Float64Array } | undefined {
  for (let t = 1; t > 1e-10; t /= 2) {
    const next = z.map((v, k) => v + t * direction[k]);
    const reached = residual(next).data;
    if (size(reached) < size(r)) return { z: next, r: reached };
  }
  return undefined;
}

/** Central differences. */
export function jacobian(map: VectorMap, z: Float64Array): Matrix {
  const columns = Array.from(z, (value, j) => {
    const h = 6e-6 * Math.max(1, Math.abs(value));
    const at = (offset: number): Float64Array =>
      map(z.map((v, k) => (k === j ? v + offset : v))).data;
    const [up, down] = [at(h), at(-h)];
    return up.map((v, k) => (v - down[k]) / (2 * h));
  });
  return Array.from(z, (_, i) => columns.map((column) => column[i]));
}

/** The solution with its scale: |inv(J)| times the scale of the residual. */
function withScale(residual: VectorMap, z: Float64Array, shape: readonly number[]): Value {
  const inverted = inverse(jacobian(residual, z)).map((row) => row.map(Math.abs));
  const moved = apply(inverted, residual(z).scale);
  return { shape, data: z, scale: z.map((v, k) => Math.abs(v) + moved[k]) };
}

/** A gradient by differences of order six, for callers without derivatives: about 11 digits. */
export const differenceGradient =
  (objective: (z: Float64Array) => number, shape: readonly number[]): VectorMap =>
  (z) => {
    const weights = [45, -9, 1];
    const data = z.map((value, j) => {
      const h = 2e-3 * Math.max(1, Math.abs(value));
      const at = (offset: number): number => objective(z.map((v, k) => (k === j ? v + offset : v)));
      return (
        weights.reduce((sum, w, k) => sum + w * (at((k + 1) * h) - at(-(k + 1) * h)), 0) / (60 * h)
      );
    });
    return { shape, data, scale: data.map((g) => Math.abs(g) + 1e4 * Math.abs(objective(z))) };
  };

const apply = (A: Matrix, x: Float64Array): Float64Array =>
  Float64Array.from(A, (row) => row.reduce((sum, a, k) => sum + a * x[k], 0));
const size = (x: Float64Array): number => Math.hypot(...x);
const distance = (x: Float64Array, y: Float64Array): number => size(x.map((v, k) => v - y[k]));
