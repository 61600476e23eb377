// The smallest eigenvalue of a symmetric matrix that is known by its products: column by column where it is small, else by Lanczos's method with full
// orthogonalisation (Lanczos 1950), whose values are never below the smallest eigenvalue.
import { eigenvalues } from '../kernels/eigh.ts';
import { dense } from '../kernels/tensors.ts';
import type { MeasureProgram, Values } from '../program.ts';

/** P H P v by variables: what `measure` gives where the input `direction` holds v. */
export interface ProductSpec {
  readonly variables: readonly {
    readonly variable: string;
    readonly measure: string;
    readonly direction: string;
  }[];
}

export interface Extremes {
  readonly least: number;
  /** The largest in absolute value. */
  readonly size: number;
}

/** Up to this size the whole matrix is made. */
const smallSize = 60;
const lanczosSteps = 40;

export function extremeEigenvalues(
  measures: MeasureProgram,
  { variables }: ProductSpec,
  point: Values,
): Extremes {
  const sizes = variables.map(({ variable }) => point[variable].data.length);
  const n = sizes.reduce((a, b) => a + b, 0);
  const product = (v: Float64Array): Float64Array => {
    let at = 0;
    const directions = Object.fromEntries(
      variables.map(({ variable, direction }, k) => {
        const part = dense(point[variable].shape, v.slice(at, at + sizes[k]));
        at += sizes[k];
        return [direction, part];
      }),
    );
    const result = new Float64Array(n);
    let to = 0;
    variables.forEach(({ measure }, k) => {
      result.set(measures.evaluate(measure, { ...point, ...directions }).data, to);
      to += sizes[k];
    });
    return result;
  };
  if (n === 0) return { least: 0, size: 0 };
  const w = n <= smallSize ? wholeSpectrum(product, n) : lanczos(product, n);
  return { least: w[0], size: Math.max(Math.abs(w[0]), Math.abs(w[w.length - 1])) };
}

function wholeSpectrum(product: (v: Float64Array) => Float64Array, n: number): Float64Array {
  const A = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const column = product(Float64Array.from({ length: n }, (_, k) => (k === j ? 1 : 0)));
    for (let i = 0; i < n; i++) A[i * n + j] = column[i];
  }
  return eigenvalues(new Float64Array(n), A, n, new Float64Array(n * (n + 1)));
}

function lanczos(product: (v: Float64Array) => Float64Array, n: number): Float64Array {
  const basis: Float64Array[] = [];
  const alpha: number[] = [];
  const beta: number[] = [];
  let v = unit(Float64Array.from({ length: n }, (_, k) => 1 + 0.3 * Math.sin(1.7 * (k + 1))));
  for (let k = 0; k < Math.min(lanczosSteps, n); k++) {
    basis.push(v);
    const next = product(v);
    alpha.push(inner(next, v));
    // Twice is enough.
    for (let again = 0; again < 2; again++)
      for (const q of basis) {
        const along = inner(next, q);
        for (let i = 0; i < n; i++) next[i] -= along * q[i];
      }
    const length = Math.sqrt(inner(next, next));
    if (!(length > 1e-12 * Math.max(1, Math.abs(alpha[0])))) break;
    beta.push(length);
    v = next.map((x) => x / length);
  }
  const m = alpha.length;
  const T = new Float64Array(m * m);
  for (let k = 0; k < m; k++) {
    T[k * m + k] = alpha[k];
    if (k + 1 < m) {
      T[k * m + k + 1] = beta[k];
      T[(k + 1) * m + k] = beta[k];
    }
  }
  return eigenvalues(new Float64Array(m), T, m, new Float64Array(m * (m + 1)));
}

const inner = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, k) => sum + x * b[k], 0);

function unit(v: Float64Array): Float64Array {
  const length = Math.sqrt(inner(v, v));
  return v.map((x) => x / length);
}
