// Rules of the linear algebra operations: split batches, call the textbook routines, estimate the error scale.
import { entryCount, type Value } from './value.ts';
import {
  cholesky,
  eigh,
  eliminate,
  expm,
  identity,
  inverse,
  pseudoInverse,
  qr,
  solve,
  svd,
  transposed,
  triangularSolve,
  type Matrix,
} from './dense.ts';

interface Factor {
  readonly value: Matrix;
  readonly scale: Matrix;
}

/** Applies a map of matrices to each matrix of a batch; a result of rank below 2 is given as rows too. */
function batched(
  args: readonly Value[],
  shapes: readonly (readonly number[])[],
  apply: (values: readonly Matrix[], scales: readonly Matrix[]) => readonly Factor[],
): readonly Value[] {
  const batch = entryCount(args[0].shape.slice(0, -2));
  const results = shapes.map((shape) => ({
    shape,
    data: new Float64Array(entryCount(shape)),
    scale: new Float64Array(entryCount(shape)),
  }));
  for (let k = 0; k < batch; k++) {
    const matrices = args.map((x) => matrixAt(x, x.data, k));
    const scales = args.map((x) => matrixAt(x, x.scale, k));
    apply(matrices, scales).forEach(({ value, scale }, r) => {
      const size = results[r].data.length / batch;
      results[r].data.set(value.flat(), k * size);
      results[r].scale.set(scale.flat(), k * size);
    });
  }
  return results;
}

function matrixAt({ shape }: Value, data: Float64Array, k: number): Matrix {
  const [rows, columns] = shape.slice(-2);
  return Array.from({ length: rows }, (_, i) => [
    ...data.subarray((k * rows + i) * columns, (k * rows + i + 1) * columns),
  ]);
}

const sizes = (M: Matrix): Matrix => M.map((row) => row.map(Math.abs));
const plus = (A: Matrix, B: Matrix): Matrix => A.map((row, i) => row.map((x, j) => x + B[i][j]));
const times = (A: Matrix, B: Matrix): Matrix =>
  A.map((row) => B[0].map((_, j) => row.reduce((sum, x, k) => sum + x * B[k][j], 0)));
const norm = (A: Matrix): number => Math.hypot(...A.flat());
const width = (x: Value): number => x.shape[x.shape.length - 1];

/** A factorisation moves by its condition times the size of the perturbation; normwise, so every entry gets the same scale. */
const normwise = (value: Matrix, amount: number): Factor => ({
  value,
  scale: value.map((row) => row.map((x) => Math.abs(x) + amount)),
});

/** Scale of X in A X = B: |inv(A)| (s(A) |X| + s(B)) (Skeel 1979), plus the size of X. */
function solved(A: Matrix, B: Matrix, sA: Matrix, sB: Matrix): Factor {
  const X = solve(A, B);
  return { value: X, scale: skeel(inverse(A), X, sA, sB) };
}

const skeel = (inverted: Matrix, X: Matrix, sA: Matrix, sB: Matrix): Matrix =>
  X.length === 0 || X[0].length === 0
    ? X
    : plus(times(sizes(inverted), plus(times(sA, sizes(X)), sB)), sizes(X));

function condition(A: Matrix): number {
  const { s } = svd(A, A.length === 0 ? 0 : A[0].length);
  return s.length === 0 ? 1 : s[0] / s[s.length - 1];
}

type Rule = (args: readonly Value[], shapes: readonly (readonly number[])[]) => readonly Value[];

export const ofCholesky: Rule = (args, shapes) =>
  batched(args, shapes, ([A], [s]) => {
    const L = cholesky(A);
    return [normwise(L, (condition(L) * norm(s)) / Math.max(norm(L), 1e-300))];
  });

export const ofTriangularSolve =
  (lower: boolean, flip: boolean): Rule =>
  (args, shapes) =>
    batched(args, shapes, ([L, B], [sL, sB]) => {
      // Only the named triangle is read.
      const keep = (M: Matrix): Matrix =>
        M.map((row, i) => row.map((x, j) => ((lower ? j <= i : j >= i) ? x : 0)));
      const T = flip ? transposed(keep(L)) : keep(L);
      const sT = flip ? transposed(keep(sL)) : keep(sL);
      const isLower = lower !== flip;
      const X = triangularSolve(T, B, isLower);
      const inverted = triangularSolve(T, identity(T.length), isLower);
      return [{ value: X, scale: skeel(inverted, X, sT, sB) }];
    });

export const ofSolve: Rule = (args, shapes) =>
  batched(args, shapes, ([A, B], [sA, sB]) => [solved(A, B, sA, sB)]);

/** Scale: condition squared for the part of the residual (Wedin 1973), normwise. */
export const ofLeastSquares: Rule = (args, shapes) =>
  batched(args, shapes, ([A, B], [sA, sB]) => {
    const inverted = pseudoInverse(A, width(args[0]));
    const X = times(inverted, B);
    const residual = plus(
      times(A, X),
      B.map((row) => row.map((x) => -x)),
    );
    const size = norm(inverted);
    return [
      normwise(X, size * (norm(sA) * norm(X) + norm(sB)) + size * size * norm(sA) * norm(residual)),
    ];
  });

export const ofQr: Rule = (args, shapes) =>
  batched(args, shapes, ([A], [s]) => {
    const { Q, R } = qr(A, width(args[0]));
    const amount = norm(pseudoInverse(A, width(args[0]))) * norm(s);
    return [normwise(Q, amount), normwise(R, amount * norm(R))];
  });

export const ofEigh: Rule = (args, shapes) =>
  batched(args, shapes, ([A], [s]) => {
    const { values, vectors } = eigh(A);
    return [normwise([values], norm(s)), normwise(vectors, norm(s) / gap(values))];
  });

export const ofSvd: Rule = (args, shapes) =>
  batched(args, shapes, ([A], [scale]) => {
    const { U, s, V } = svd(A, width(args[0]));
    const amount = norm(scale) / Math.min(gap(s), s.length === 0 ? 1 : s[s.length - 1]);
    return [normwise(U, amount), normwise([s], norm(scale)), normwise(V, amount)];
  });

export const ofLogAbsDet: Rule = (args, shapes) =>
  batched(args, shapes, ([A], [s]) => {
    const { logDet, sign } = eliminate(A, identity(A.length));
    return [normwise([[logDet]], norm(inverse(A)) * norm(s)), normwise([[sign]], 0)];
  });

export const ofExpm: Rule = (args, shapes) =>
  batched(args, shapes, ([A], [s]) => {
    const E = expm(A);
    return [normwise(E, norm(expm(sizes(A))) * Math.max(norm(s), 1))];
  });

/** The smallest distance of two neighbours. */
function gap(values: readonly number[]): number {
  let least = Infinity;
  for (let k = 1; k < values.length; k++)
    least = Math.min(least, Math.abs(values[k] - values[k - 1]));
  return least;
}
