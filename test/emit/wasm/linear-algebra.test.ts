// Factorisations of WebAssembly against what defines them, and against the kernels of JavaScript.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as plain from '../../../runtime/kernels/index.ts';
import { kernelRunner, type KernelRunner } from './kernel-harness.ts';

const names = [
  'solve',
  'factor',
  'solveFactored',
  'solveAgain',
  'triangularSolve',
  'logabsdet',
  'qr',
  'leastSquares',
  'eigh',
  'eigenvalues',
  'svd',
];
const runners = [true, false].map((fused) => kernelRunner(names, fused));
/** Below it numbers lose digits. */
const smallest = 1e-290;
const epsilon = 2.220446049250313e-16;

type Entry = (i: number, j: number) => number;
const wave: Entry = (i, j) => Math.sin(1.3 * i * i + 2.1 * j + 0.7 * i * j);

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

function matrixIn(run: KernelRunner, rows: number, columns: number, entry: Entry): Matrix {
  const data = run.vector(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) data[i * columns + j] = entry(i, j);
  return { rows, columns, data };
}

const transposed = ({ rows, columns, data }: Matrix): Matrix => ({
  rows: columns,
  columns: rows,
  data: Float64Array.from(
    { length: rows * columns },
    (_, k) => data[(k % rows) * columns + Math.floor(k / rows)],
  ),
});

function product(A: Matrix, B: Matrix): Matrix {
  const data = new Float64Array(A.rows * B.columns);
  for (let i = 0; i < A.rows; i++)
    for (let k = 0; k < A.columns; k++)
      for (let j = 0; j < B.columns; j++)
        data[i * B.columns + j] += A.data[i * A.columns + k] * B.data[k * B.columns + j];
  return { rows: A.rows, columns: B.columns, data };
}

const scaledColumns = ({ rows, columns, data }: Matrix, by: Float64Array): Matrix => ({
  rows,
  columns,
  data: data.map((value, k) => value * by[k % columns]),
});

const norm = (values: Float64Array): number => Math.hypot(...values);
const distance = (x: Float64Array, y: Float64Array): number =>
  norm(x.map((value, k) => value - y[k]));

/** |Q'Q - I| */
function unorthogonality(Q: Matrix): number {
  const { data } = product(transposed(Q), Q);
  return norm(data.map((value, k) => value - (k % (Q.columns + 1) === 0 ? 1 : 0)));
}

/** A few units of the last digit for each row or column. */
const room = (...sizes: readonly number[]): number => 8 * epsilon * Math.max(4, ...sizes);

function eigh(run: KernelRunner, A: Matrix): { readonly w: Float64Array; readonly V: Matrix } {
  const n = A.rows;
  const w = run.vector(n);
  const V = matrixIn(run, n, n, () => 0);
  run.call('eigh', w, V.data, A.data, n, run.vector(n));
  return { w, V };
}

function svd(run: KernelRunner, { rows: m, columns: n, data }: Matrix) {
  const r = Math.min(m, n);
  const [U, V] = [matrixIn(run, m, r, () => 0), matrixIn(run, n, r, () => 0)];
  const s = run.vector(r);
  run.call('svd', U.data, s, V.data, data, m, n, run.vector(m * n + m * m + n * n + m + n));
  return { U, s, V };
}

function qr(run: KernelRunner, { rows: m, columns: n, data }: Matrix) {
  const r = Math.min(m, n);
  const [Q, R] = [matrixIn(run, m, r, () => 0), matrixIn(run, r, n, () => 0)];
  run.call('qr', Q.data, R.data, data, m, n, run.vector(m * n + n));
  return { Q, R };
}

function checkEigh(run: KernelRunner, A: Matrix): void {
  const { w, V } = eigh(run, A);
  const size = Math.max(norm(A.data), smallest);
  expect(distance(product(A, V).data, scaledColumns(V, w).data) / size).toBeLessThan(room(A.rows));
  expect(unorthogonality(V)).toBeLessThan(room(A.rows));
  expect([...w]).toEqual([...w].sort((a, b) => a - b));
  const alone = run.vector(A.rows);
  run.call('eigenvalues', alone, A.data, A.rows, run.vector(A.rows * (A.rows + 1)));
  expect([...alone]).toEqual([...w]);
}

function checkSvd(run: KernelRunner, A: Matrix): void {
  const { U, s, V } = svd(run, A);
  const size = Math.max(norm(A.data), smallest);
  const most = room(A.rows, A.columns);
  expect(distance(product(scaledColumns(U, s), transposed(V)).data, A.data) / size).toBeLessThan(
    most,
  );
  expect(unorthogonality(U)).toBeLessThan(most);
  expect(unorthogonality(V)).toBeLessThan(most);
  expect([...s]).toEqual([...s].sort((a, b) => b - a));
}

function checkQr(run: KernelRunner, A: Matrix): void {
  const { Q, R } = qr(run, A);
  const size = Math.max(norm(A.data), smallest);
  const most = room(A.rows, A.columns);
  expect(distance(product(Q, R).data, A.data) / size).toBeLessThan(most);
  expect(unorthogonality(Q)).toBeLessThan(most);
  for (let i = 0; i < R.rows; i++) {
    expect(R.data[i * R.columns + i]).toBeGreaterThanOrEqual(0);
    for (let j = 0; j < i; j++) expect(R.data[i * R.columns + j]).toBe(0);
  }
}

const symmetric =
  (entry: Entry): Entry =>
  (i, j) =>
    entry(i, j) + entry(j, i);

/** Matrices that are hard in one way or another; `n` columns. */
const families: Readonly<Record<string, Entry>> = {
  'full ones': wave,
  'the identity': (i, j) => (i === j ? 1 : 0),
  'a zero matrix': () => 0,
  'equal rows': (_, j) => Math.cos(j),
  'rank two': (i, j) => Math.sin(i) * Math.cos(j) + i * j,
  'graded ones': (i, j) => wave(i, j) * 10 ** (-i - j),
  "Hilbert's": (i, j) => 1 / (i + j + 1),
  'huge ones': (i, j) => 1e160 * wave(i, j),
  'tiny ones': (i, j) => 1e-160 * wave(i, j),
  'equal eigenvalues': (i, j) => (i === j ? 3 : 0) + 1e-3 * (i < 2 && j < 2 ? 1 : 0),
};
const sizes = [1, 2, 3, 4, 5, 8, 9, 17, 32];

/** The kernels of JavaScript, which are asked for the same. */
const inJavaScript: KernelRunner = {
  vector: (length) => new Float64Array(length),
  call: (name, ...args) => {
    const kernel: unknown = Object.entries(plain).find(([key]) => key === name)?.[1];
    if (typeof kernel === 'function') kernel(...args);
  },
};

describe.each([
  ['fused', runners[0]],
  ['plain', runners[1]],
  ['JavaScript', inJavaScript],
])('%s', (_, run) => {
  it.each(Object.entries(families))('decomposes %s', (_family, entry) => {
    for (const n of sizes) {
      checkEigh(run, matrixIn(run, n, n, symmetric(entry)));
      for (const m of [n, n + 3, 2 * n]) {
        checkQr(run, matrixIn(run, m, n, entry));
        checkQr(run, matrixIn(run, n, m, entry));
        checkSvd(run, matrixIn(run, m, n, entry));
        checkSvd(run, matrixIn(run, n, m, entry));
      }
    }
  });

  it('finds eigenvalues that are known: second differences', () => {
    for (const n of [1, 2, 7, 64]) {
      const A = matrixIn(run, n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
      const { w } = eigh(run, A);
      w.forEach((value, k) =>
        expect(
          Math.abs(value - 4 * Math.sin(((k + 1) * Math.PI) / (2 * (n + 1))) ** 2),
        ).toBeLessThan(room(n)),
      );
    }
  });

  it('finds small singular values to all digits', () => {
    // Columns of very different lengths are no loss (Demmel & Veselić 1992).
    const n = 6;
    const A = matrixIn(run, n, n, (i, j) => (wave(i, j) + (i === j ? 3 : 0)) * 10 ** (-4 * j));
    const { s } = svd(run, A);
    const [plainU, plainV] = [new Float64Array(n * n), new Float64Array(n * n)];
    const other = new Float64Array(n);
    plain.svd(plainU, other, plainV, A.data, n, n, new Float64Array(3 * n * n + 2 * n));
    other.forEach((value, k) => expect(Math.abs(s[k] / value - 1)).toBeLessThan(room(n)));
    // The product of all is |det A|.
    const logs = run.vector(1);
    const signs = run.vector(1);
    run.call('logabsdet', logs, signs, A.data, n, run.vector(n * n + n));
    const sum = s.reduce((total, value) => total + Math.log(value), 0);
    expect(Math.abs(sum - logs[0]) / Math.abs(sum)).toBeLessThan(room(n));
  });

  it("finds the singular values of Hilbert's matrix of order 5", () => {
    // By mpmath in 50 digits.
    const known = [
      1.5670506910982307955, 0.20853421861101333591, 0.011407491623419806559,
      0.00030589804015119172688, 3.2879287721718629571e-6,
    ];
    const { s } = svd(
      run,
      matrixIn(run, 5, 5, (i, j) => 1 / (i + j + 1)),
    );
    known.forEach((value, k) => expect(Math.abs(s[k] - value)).toBeLessThan(room(5)));
  });

  it('solves systems: residuals of LU, of its factors, of kept factors, of triangles', () => {
    for (const n of [0, 1, 2, 3, 7, 30])
      for (const width of [1, 2, 5])
        for (const batch of [1, 3]) {
          const stack = (columns: number, entry: Entry): Matrix =>
            matrixIn(run, batch * n, columns, entry);
          const A = stack(n, (i, j) => wave(i, j) + (i % Math.max(1, n) === j ? 2 : 0));
          const B = stack(width, (i, j) => wave(j, i));
          const [X, expected] = [stack(width, () => 0), new Float64Array(batch * n * width)];
          const compare = (): void =>
            X.data.forEach((value, k) =>
              expect(Math.abs(value - expected[k])).toBeLessThan(1e-11 * (1 + Math.abs(value))),
            );
          const block = ({ columns, data }: Matrix, b: number): Matrix => ({
            rows: n,
            columns,
            data: data.subarray(b * n * columns, (b + 1) * n * columns),
          });
          run.call('solve', X.data, A.data, B.data, n, width, run.vector(n * n + n), batch);
          plain.solve(expected, A.data, B.data, n, width, new Float64Array(n * n + n), batch);
          compare();
          for (let b = 0; b < batch; b++) {
            const left = product(block(A, b), block(X, b)).data;
            const most = norm(block(A, b).data) * norm(block(X, b).data) + 1;
            expect(distance(left, block(B, b).data) / most).toBeLessThan(room(n));
          }
          const LU = run.vector(batch * (n * n + n));
          run.call('factor', LU, A.data, n, batch);
          X.data.fill(0);
          run.call('solveFactored', X.data, LU, B.data, n, width, batch);
          compare();
          const kept = run.vector(batch * (2 * n * n + n + 1));
          for (let turn = 0; turn < 3; turn++) {
            X.data.fill(0);
            // The last turn has another matrix.
            if (turn === 2) A.data.forEach((value, k) => (A.data[k] = value * (1 + (k % 3))));
            plain.solve(expected, A.data, B.data, n, width, new Float64Array(n * n + n), batch);
            run.call('solveAgain', X.data, A.data, B.data, n, width, kept, batch);
            compare();
          }
          const L = stack(n, (i, j) => wave(i, j) / 4 + (i % Math.max(1, n) === j ? 2 : 0));
          for (const lower of [true, false])
            for (const across of [true, false]) {
              plain.triangularSolve(expected, L.data, B.data, n, width, lower, across, batch);
              run.call('triangularSolve', X.data, L.data, B.data, n, width, lower, across, batch);
              compare();
            }
        }
  });

  it('finds determinants, singular ones too', () => {
    for (const entry of Object.values(families))
      for (const n of [0, 1, 2, 5, 8]) {
        const A = matrixIn(run, n, n, entry);
        const [logs, signs] = [run.vector(1), run.vector(1)];
        const [otherLogs, otherSigns] = [new Float64Array(1), new Float64Array(1)];
        run.call('logabsdet', logs, signs, A.data, n, run.vector(n * n + n));
        plain.logabsdet(otherLogs, otherSigns, A.data, n, new Float64Array(n * n + n));
        // What is singular may come out as a zero or as rounding errors, in both.
        const far = (x: number): number => Math.max(x, -20 * n);
        if (otherLogs[0] > -20 * n) expect(signs[0]).toBe(otherSigns[0]);
        expect(Math.abs(far(logs[0]) - far(otherLogs[0]))).toBeLessThan(
          1e-9 * (1 + Math.abs(far(otherLogs[0]))),
        );
      }
  });

  it('finds least squares of least norm', () => {
    for (const entry of [
      wave,
      families['rank two'],
      families['equal rows'],
      families['a zero matrix'],
    ])
      for (const [m, n] of [
        [1, 1],
        [5, 3],
        [3, 5],
        [9, 9],
        [20, 7],
        [7, 20],
      ])
        for (const width of [1, 3]) {
          const A = matrixIn(run, m, n, entry);
          const B = matrixIn(run, m, width, (i, j) => Math.cos(i + 3 * j));
          const X = matrixIn(run, n, width, () => 7);
          const work = m * n + m * width + n * n + 4 * n;
          run.call('leastSquares', X.data, A.data, B.data, m, n, width, run.vector(work));
          const expected = new Float64Array(n * width);
          plain.leastSquares(expected, A.data, B.data, m, n, width, new Float64Array(work));
          expect(distance(X.data, expected)).toBeLessThan(1e-11 * (1 + norm(expected)));
          // A'(AX - B) = 0, and X is in the range of A'.
          const rest = product(A, X);
          rest.data.forEach((value, k) => (rest.data[k] = value - B.data[k]));
          expect(norm(product(transposed(A), rest).data)).toBeLessThan(
            1e-12 * (1 + norm(A.data)) * (norm(B.data) + norm(A.data) * norm(X.data)),
          );
        }
  });

  it('says NaN where entries are not finite, and takes several matrices and none', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      const A = matrixIn(run, 4, 4, (i, j) => (i + j === 3 ? bad : 1));
      const { w, V } = eigh(run, A);
      const { U, s } = svd(run, A);
      for (const values of [w, V.data, U.data, s])
        expect(values.every((value) => Number.isNaN(value))).toBe(true);
    }
    const [n, batch] = [5, 3];
    const A = matrixIn(run, batch * n, n, (i, j) => wave(Math.min(i % n, j), Math.max(i % n, j)));
    const [w, V] = [run.vector(batch * n), run.vector(batch * n * n)];
    run.call('eigh', w, V, A.data, n, run.vector(n), batch);
    for (let b = 0; b < batch; b++) {
      const one = matrixIn(run, n, n, (i, j) => A.data[(b * n + i) * n + j]);
      const alone = eigh(run, one);
      expect([...w.subarray(b * n, (b + 1) * n)]).toEqual([...alone.w]);
      expect([...V.subarray(b * n * n, (b + 1) * n * n)]).toEqual([...alone.V.data]);
    }
    checkEigh(
      run,
      matrixIn(run, 0, 0, () => 0),
    );
    checkSvd(
      run,
      matrixIn(run, 3, 0, () => 0),
    );
    checkQr(
      run,
      matrixIn(run, 0, 2, () => 0),
    );
  });

  it('decomposes whatever is drawn, with the same bits each time', () => {
    const entries = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.oneof(entries, fc.integer({ min: -2, max: 2 }))),
        (m, n, stream) => {
          const A = matrixIn(run, m, n, () => stream.next().value ?? 0);
          checkQr(run, A);
          checkSvd(run, A);
          const gram = product(transposed(A), A);
          const S = matrixIn(run, n, n, (i, j) => gram.data[i * n + j]);
          checkEigh(run, S);
          const [first, second] = [svd(run, A), svd(run, A)];
          expect([...first.U.data]).toEqual([...second.U.data]);
          // Eigenvalues of A'A are squares of singular values, however they were found.
          const { w } = eigh(run, S);
          const squares = [...Array.from({ length: Math.max(0, n - m) }, () => 0)].concat(
            [...first.s].reverse().map((value) => value * value),
          );
          const most = Math.max(...squares);
          squares.forEach((value, k) =>
            expect(Math.abs(value - w[k])).toBeLessThanOrEqual(16 * room(m, n) * most),
          );
        },
      ),
      { numRuns: process.env.DOTOPT_LONG === undefined ? 40 : 2000 },
    );
  });
});
