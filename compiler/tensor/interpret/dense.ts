// Dense linear algebra, written as in the textbook and for no other use than as an oracle: it shares nothing with the kernels of the runtime.
// Matrices are arrays of rows.

export type Matrix = number[][];

export const zeros = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => new Array<number>(columns).fill(0));

export const identity = (n: number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));

export const transposed = (A: Matrix): Matrix =>
  A.length === 0 ? [] : A[0].map((_, j) => A.map((row) => row[j]));

export const product = (A: Matrix, B: Matrix): Matrix => {
  const columns = B.length === 0 ? 0 : B[0].length;
  return A.map((row) =>
    Array.from({ length: columns }, (_, j) => row.reduce((sum, a, k) => sum + a * B[k][j], 0)),
  );
};

/** Lower L with A = L L', or NaN where A is not positive definite. */
export function cholesky(A: Matrix): Matrix {
  const n = A.length;
  const L = zeros(n, n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = A[i][j];
      for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      L[i][j] = i === j ? (sum > 0 ? Math.sqrt(sum) : NaN) : sum / L[j][j];
    }
  }
  return L;
}

export function triangularSolve(L: Matrix, B: Matrix, lower: boolean): Matrix {
  const n = L.length;
  const X = B.map((row) => [...row]);
  for (let step = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    for (let c = 0; c < X[i].length; c++) {
      let sum = X[i][c];
      for (let k = lower ? 0 : i + 1; k < (lower ? i : n); k++) sum -= L[i][k] * X[k][c];
      X[i][c] = sum / L[i][i];
    }
  }
  return X;
}

/** Gaussian elimination with partial pivoting: the solution, log|det A| and its sign. */
export function eliminate(A: Matrix, B: Matrix): { X: Matrix; logDet: number; sign: number } {
  const n = A.length;
  const U = A.map((row) => [...row]);
  const X = B.map((row) => [...row]);
  let logDet = 0;
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(U[i][k]) > Math.abs(U[pivot][k])) pivot = i;
    if (pivot !== k) {
      [U[k], U[pivot]] = [U[pivot], U[k]];
      [X[k], X[pivot]] = [X[pivot], X[k]];
      sign = -sign;
    }
    logDet += Math.log(Math.abs(U[k][k]));
    sign *= Math.sign(U[k][k]);
    for (let i = k + 1; i < n; i++) {
      const factor = U[i][k] / U[k][k];
      for (let j = k; j < n; j++) U[i][j] -= factor * U[k][j];
      for (let j = 0; j < X[i].length; j++) X[i][j] -= factor * X[k][j];
    }
  }
  return { X: triangularSolve(U, X, false), logDet, sign };
}

export const solve = (A: Matrix, B: Matrix): Matrix => eliminate(A, B).X;
export const inverse = (A: Matrix): Matrix => solve(A, identity(A.length));

/** Thin Q and R by Householder reflections, the diagonal of R made nonnegative. */
export function qr(A: Matrix, columns: number): { Q: Matrix; R: Matrix } {
  const m = A.length;
  const n = columns;
  const k = Math.min(m, n);
  const R = A.map((row) => [...row]);
  const Q = identity(m);
  for (let j = 0; j < k; j++) {
    const norm = Math.hypot(...R.slice(j).map((row) => row[j]));
    if (norm === 0) continue;
    const v = R.map((row, i) => (i < j ? 0 : row[j]));
    v[j] += R[j][j] >= 0 ? norm : -norm;
    const square = v.reduce((sum, x) => sum + x * x, 0);
    reflect(R, v, square);
    reflect(Q, v, square);
  }
  // Q collected the reflections as Q'; rows of Q' and R flip together.
  for (let i = 0; i < k; i++) {
    if (R[i][i] >= 0) continue;
    R[i] = R[i].map((x) => -x);
    Q[i] = Q[i].map((x) => -x);
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < Math.min(i, n); j++) R[i][j] = 0;
  return { Q: m === 0 ? [] : transposed(Q.slice(0, k)).slice(0, m), R: R.slice(0, k) };
}

function reflect(M: Matrix, v: readonly number[], square: number): void {
  const columns = M[0].length;
  for (let j = 0; j < columns; j++) {
    const along = (2 * M.reduce((sum, row, i) => sum + v[i] * row[j], 0)) / square;
    M.forEach((row, i) => (row[j] -= along * v[i]));
  }
}

/** Eigenvalues ascending and eigenvectors in columns, by cyclic Jacobi rotations. */
export function eigh(A: Matrix): { values: number[]; vectors: Matrix } {
  const n = A.length;
  const S = A.map((row, i) => row.map((x, j) => (x + A[j][i]) / 2));
  const V = identity(n);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += S[p][q] ** 2;
    if (!(off > 0)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (S[p][q] === 0) continue;
        const theta = (S[q][q] - S[p][p]) / (2 * S[p][q]);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotateSymmetric(S, p, q, c, t * c);
        rotateColumns(V, p, q, c, t * c);
      }
    }
  }
  const order = S.map((_, i) => i).sort((i, j) => S[i][i] - S[j][j]);
  const vectors = V.map((row) => order.map((k) => row[k]));
  for (let j = 0; j < n; j++) flipColumn(vectors, j, columnSign(vectors, j));
  return { values: order.map((k) => S[k][k]), vectors };
}

function rotateSymmetric(S: Matrix, p: number, q: number, c: number, s: number): void {
  rotateColumns(S, p, q, c, s);
  for (let k = 0; k < S.length; k++) {
    const [a, b] = [S[p][k], S[q][k]];
    S[p][k] = c * a - s * b;
    S[q][k] = s * a + c * b;
  }
  S[p][q] = 0;
  S[q][p] = 0;
}

function rotateColumns(V: Matrix, p: number, q: number, c: number, s: number): void {
  for (const row of V) {
    const [a, b] = [row[p], row[q]];
    row[p] = c * a - s * b;
    row[q] = s * a + c * b;
  }
}

/** The sign that makes the first entry that is at least 0.41 of the largest positive: the convention of the IR. */
export function columnSign(V: Matrix, j: number): number {
  const largest = Math.max(...V.map((row) => Math.abs(row[j])));
  const leading = V.find((row) => Math.abs(row[j]) >= 0.41 * largest);
  return leading !== undefined && leading[j] < 0 ? -1 : 1;
}

export function flipColumn(V: Matrix, j: number, sign: number): void {
  if (sign < 0) for (const row of V) row[j] = -row[j];
}

/** Thin singular value decomposition by one-sided Jacobi rotations; singular values descending, signs fixed on U. */
export function svd(A: Matrix, columns: number): { U: Matrix; s: number[]; V: Matrix } {
  if (A.length < columns) {
    const { U: V, s, V: U } = svd(columns === 0 ? [] : wide(A, columns), A.length);
    fixSigns(U, V, s.length);
    return { U, s, V };
  }
  const n = columns;
  const W = A.map((row) => [...row]);
  const V = identity(n);
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const alpha = W.reduce((sum, row) => sum + row[p] * row[p], 0);
        const beta = W.reduce((sum, row) => sum + row[q] * row[q], 0);
        const gamma = W.reduce((sum, row) => sum + row[p] * row[q], 0);
        if (Math.abs(gamma) <= 1e-17 * Math.sqrt(alpha * beta) || gamma === 0) continue;
        rotated = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        rotateColumns(W, p, q, c, t * c);
        rotateColumns(V, p, q, c, t * c);
      }
    }
    if (!rotated) break;
  }
  const norms = Array.from({ length: n }, (_, j) => Math.hypot(...W.map((row) => row[j])));
  const order = norms.map((_, j) => j).sort((i, j) => norms[j] - norms[i]);
  const s = order.map((j) => norms[j]);
  const U = W.map((row) => order.map((j) => (norms[j] > 0 ? row[j] / norms[j] : 0)));
  complete(U, s);
  const sorted = V.map((row) => order.map((j) => row[j]));
  fixSigns(U, sorted, n);
  return { U, s, V: sorted };
}

const wide = (A: Matrix, columns: number): Matrix =>
  Array.from({ length: columns }, (_, j) => A.map((row) => row[j]));

function fixSigns(U: Matrix, V: Matrix, count: number): void {
  for (let j = 0; j < count; j++) {
    const sign = columnSign(U, j);
    flipColumn(U, j, sign);
    flipColumn(V, j, sign);
  }
}

/** Fills columns of U for zero singular values so that the columns are orthonormal. */
function complete(U: Matrix, s: readonly number[]): void {
  s.forEach((value, j) => {
    if (value > 0) return;
    for (let unit = 0; unit < U.length; unit++) {
      const v = U.map((_, i) => (i === unit ? 1 : 0));
      for (let pass = 0; pass < 2; pass++)
        for (let k = 0; k < s.length; k++) {
          if (k === j || (s[k] === 0 && k > j)) continue;
          const along = U.reduce((sum, row, i) => sum + row[k] * v[i], 0);
          U.forEach((row, i) => (v[i] -= along * row[k]));
        }
      const norm = Math.hypot(...v);
      if (norm < 0.5 / Math.sqrt(U.length)) continue;
      U.forEach((row, i) => (row[j] = v[i] / norm));
      return;
    }
  });
}

/** The pseudo-inverse; singular values below max(m, n) eps times the largest count as zero. */
export function pseudoInverse(A: Matrix, columns: number): Matrix {
  const { U, s, V } = svd(A, columns);
  const cut = Math.max(A.length, columns) * Number.EPSILON * (s[0] ?? 0);
  return V.map((row) =>
    U.map((u) =>
      s.reduce((sum, value, k) => (value > cut ? sum + (row[k] * u[k]) / value : sum), 0),
    ),
  );
}

/** exp(A) by scaling to norm below 1/2, the Taylor series and squaring back. */
export function expm(A: Matrix): Matrix {
  const n = A.length;
  const norm = Math.max(0, ...A.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
  const squarings = norm > 0.5 ? Math.ceil(Math.log2(norm / 0.5)) : 0;
  const scaled = A.map((row) => row.map((x) => x / 2 ** squarings));
  let term = identity(n);
  let sum = identity(n);
  for (let k = 1; k <= 20; k++) {
    term = product(term, scaled).map((row) => row.map((x) => x / k));
    sum = sum.map((row, i) => row.map((x, j) => x + term[i][j]));
  }
  for (let k = 0; k < squarings; k++) sum = product(sum, sum);
  return sum;
}
