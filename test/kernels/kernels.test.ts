// Kernels by what defines their results: residuals and orthogonality, ill-conditioned and rank-deficient inputs included.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as k from '../../runtime/kernels/index.ts';
import type { SparseTensor } from '../../runtime/tensor.ts';
import { createRandom, moveTo } from '../../runtime/random/random.ts';
import { distributions } from '../../runtime/random/distributions.ts';

const normals = (seed: number, count: number): Float64Array => {
  const random = createRandom(seed, 'data');
  moveTo(random, 0, []);
  const out = new Float64Array(count);
  distributions.normal(random, out, [Float64Array.of(0), Float64Array.of(1)], count);
  return out;
};

/** Plain product, the textbook's triple loop. */
function times(
  A: Float64Array,
  B: Float64Array,
  m: number,
  inner: number,
  n: number,
): Float64Array {
  const C = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l < inner; l++) C[i * n + j] += A[i * inner + l] * B[l * n + j];
  return C;
}

const transposed = (A: Float64Array, m: number, n: number): Float64Array =>
  Float64Array.from({ length: m * n }, (_, at) => A[(at % m) * n + Math.floor(at / m)]);
const entries = (S: SparseTensor): Float64Array => k.requiredArray({ S }, 'S');
const identity = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
const size = (A: Float64Array): number => Math.hypot(...A);
const apart = (A: Float64Array, B: Float64Array): number => size(A.map((x, i) => x - B[i]));

const shapes = fc.record({
  seed: fc.nat(10_000),
  m: fc.integer({ min: 1, max: 9 }),
  n: fc.integer({ min: 1, max: 9 }),
  p: fc.integer({ min: 1, max: 5 }),
});
const check = (body: (shape: { seed: number; m: number; n: number; p: number }) => void): void =>
  fc.assert(fc.property(shapes, body), { numRuns: 60 });

const tight = 1e-13;

describe('products', () => {
  it('agree with the triple loop', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 20 }),
        (m, inner, n) => {
          const [A, B] = [normals(m, m * inner), normals(n, inner * n)];
          const expected = times(A, B, m, inner, n);
          const C = new Float64Array(m * n).fill(NaN);
          k.matmul(C, A, B, m, inner, n);
          expect(apart(C, expected)).toBeLessThan(tight * inner * m * n);
          k.matmulTN(C, transposed(A, m, inner), B, m, inner, n);
          expect(apart(C, expected)).toBeLessThan(tight * inner * m * n);
          k.matmulNT(C, A, transposed(B, inner, n), m, inner, n);
          expect(apart(C, expected)).toBeLessThan(tight * inner * m * n);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('dot and axpy take offsets and every length', () => {
    const [a, b] = [normals(1, 40), normals(2, 40)];
    for (let n = 0; n < 20; n++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += a[3 + i] * b[5 + i];
      expect(k.dot(a, 3, b, 5, n)).toBeCloseTo(sum, 12);
      const y = b.slice();
      k.axpy(0.5, a, 3, y, 5, n);
      expect([...y]).toEqual([...b].map((v, i) => (i >= 5 && i < 5 + n ? v + 0.5 * a[i - 2] : v)));
    }
  });
});

describe('factorisations', () => {
  it('cholesky: L L′ = A', () =>
    check(({ seed, n }) => {
      const B = normals(seed, n * n);
      const A = times(B, transposed(B, n, n), n, n, n);
      for (let i = 0; i < n; i++) A[i * (n + 1)] += 1;
      const L = new Float64Array(n * n);
      k.cholesky(L, A, n);
      expect(apart(times(L, transposed(L, n, n), n, n, n), A)).toBeLessThan(tight * size(A));
    }));

  it('cholesky of an indefinite matrix is NaN', () => {
    const L = new Float64Array(4);
    k.cholesky(L, Float64Array.of(1, 2, 2, 1), 2);
    expect(L[3]).toBeNaN();
  });

  it('solve: small residual, also for the Hilbert matrix', () => {
    check(({ seed, n, p }) => {
      const [A, B] = [normals(seed, n * n), normals(seed + 1, n * p)];
      const X = new Float64Array(n * p);
      k.solve(X, A, B, n, p, new Float64Array(n * n + n));
      expect(apart(times(A, X, n, n, p), B)).toBeLessThan(1e-12 * size(A) * size(X));
    });
    const n = 9;
    const H = Float64Array.from(
      { length: n * n },
      (_, at) => 1 / ((at % n) + Math.floor(at / n) + 1),
    );
    const [b, X] = [normals(3, n), new Float64Array(n)];
    k.solve(X, H, b, n, 1, new Float64Array(n * n + n));
    expect(apart(times(H, X, n, n, 1), b)).toBeLessThan(1e-14 * size(H) * size(X) * n);
    k.solvePositiveDefinite(X, H, b, n, 1, new Float64Array(n * n));
    expect(apart(times(H, X, n, n, 1), b)).toBeLessThan(1e-14 * size(H) * size(X) * n);
  });

  it('triangular solves in all four forms', () =>
    check(({ seed, n, p }) => {
      const A = normals(seed, n * n).map((x, at) => (at % (n + 1) === 0 ? 2 + Math.abs(x) : x / 4));
      const B = normals(seed + 1, n * p);
      for (const lower of [true, false])
        for (const flip of [true, false]) {
          const T = A.map((x, at) =>
            (lower ? at % n <= Math.floor(at / n) : at % n >= Math.floor(at / n)) ? x : 0,
          );
          const X = new Float64Array(n * p);
          k.triangularSolve(X, A, B, n, p, lower, flip);
          const applied = times(flip ? transposed(T, n, n) : T, X, n, n, p);
          expect(apart(applied, B)).toBeLessThan(1e-12 * size(T) * Math.max(1, size(X)));
        }
    }));

  it('qr: Q R = A, Q′ Q = I, diagonal of R nonnegative', () =>
    check(({ seed, m, n }) => {
      const A = normals(seed, m * n);
      const r = Math.min(m, n);
      const [Q, R] = [new Float64Array(m * r), new Float64Array(r * n)];
      k.qr(Q, R, A, m, n, new Float64Array(m * n + n));
      expect(apart(times(Q, R, m, r, n), A)).toBeLessThan(tight * size(A) * 10);
      expect(apart(times(transposed(Q, m, r), Q, r, m, r), identity(r))).toBeLessThan(tight * 10);
      for (let i = 0; i < r; i++) expect(R[i * n + i]).toBeGreaterThanOrEqual(0);
    }));

  it('eigh: A V = V diag(w), V′ V = I, w ascending', () =>
    check(({ seed, n }) => {
      const B = normals(seed, n * n);
      const A = B.map((x, at) => x + B[(at % n) * n + Math.floor(at / n)]);
      const [w, V] = [new Float64Array(n), new Float64Array(n * n)];
      k.eigh(w, V, A, n, new Float64Array(n));
      const scaled = V.map((x, at) => x * w[at % n]);
      expect(apart(times(A, V, n, n, n), scaled)).toBeLessThan(1e-13 * Math.max(1, size(A)) * n);
      expect(apart(times(transposed(V, n, n), V, n, n, n), identity(n))).toBeLessThan(1e-13 * n);
      expect([...w]).toEqual([...w].sort((a, b) => a - b));
    }));

  it('eigh of matrices with repeated and with zero eigenvalues', () => {
    for (const A of [identity(5), new Float64Array(25), new Float64Array(25).fill(1)]) {
      const [w, V] = [new Float64Array(5), new Float64Array(25)];
      k.eigh(w, V, A, 5, new Float64Array(5));
      const scaled = V.map((x, at) => x * w[at % 5]);
      expect(apart(times(A, V, 5, 5, 5), scaled)).toBeLessThan(1e-14 * 25);
      expect(apart(times(transposed(V, 5, 5), V, 5, 5, 5), identity(5))).toBeLessThan(1e-14 * 25);
    }
  });

  it('svd: U diag(s) V′ = A for any shape and rank', () =>
    check(({ seed, m, n, p }) => {
      const rank = Math.min(p, m, n);
      const A = times(normals(seed, m * rank), normals(seed + 1, rank * n), m, rank, n);
      const r = Math.min(m, n);
      const [U, s, V] = [new Float64Array(m * r), new Float64Array(r), new Float64Array(n * r)];
      k.svd(U, s, V, A, m, n, new Float64Array(m * n + m * m + n * n + m + n));
      const scaled = U.map((x, at) => x * s[at % r]);
      const product = times(scaled, transposed(V, n, r), m, r, n);
      expect(apart(product, A)).toBeLessThan(1e-13 * Math.max(1, size(A)) * 10);
      expect(apart(times(transposed(U, m, r), U, r, m, r), identity(r))).toBeLessThan(1e-12);
      expect(apart(times(transposed(V, n, r), V, r, n, r), identity(r))).toBeLessThan(1e-12);
      expect([...s]).toEqual([...s].sort((a, b) => b - a));
    }));

  it('svd keeps small singular values to relative accuracy', () => {
    // A = Q diag(1, 1e-8, 1e-14) with orthogonal columns scaled: the column norms are the singular values.
    const A = Float64Array.of(3 / 5, -4e-8 / 5, 0, 4 / 5, 3e-8 / 5, 0, 0, 0, 1e-14);
    const [U, s, V] = [new Float64Array(9), new Float64Array(3), new Float64Array(9)];
    k.svd(U, s, V, A, 3, 3, new Float64Array(60));
    expect(s[0]).toBeCloseTo(1, 14);
    expect(s[1] / 1e-8).toBeCloseTo(1, 12);
    expect(s[2] / 1e-14).toBeCloseTo(1, 12);
  });

  it('least squares: normal equations hold; least norm where the rank is short', () =>
    check(({ seed, m, n, p }) => {
      const rank = Math.min(p, m, n);
      const A = times(normals(seed, m * rank), normals(seed + 1, rank * n), m, rank, n);
      const B = normals(seed + 2, m * 2);
      const X = new Float64Array(n * 2);
      k.leastSquares(X, A, B, m, n, 2, new Float64Array(m * n + m * 2 + n * n + 4 * n));
      const residual = times(A, X, m, n, 2).map((x, i) => x - B[i]);
      const slope = times(transposed(A, m, n), residual, n, m, 2);
      expect(size(slope)).toBeLessThan(1e-12 * size(A) * size(A) * (size(X) + size(B)) * 10);
      // A solution of least norm has no part outside the row space: X = A′ Z, so X = A⁺ A X.
      const again = new Float64Array(n * 2);
      const AX = times(A, X, m, n, 2);
      k.leastSquares(again, A, AX, m, n, 2, new Float64Array(m * n + m * 2 + n * n + 4 * n));
      expect(apart(again, X)).toBeLessThan(1e-9 * Math.max(1, size(X)));
    }));

  it('logabsdet of products adds up; a singular matrix has -Infinity', () => {
    check(({ seed, n }) => {
      const [A, B] = [normals(seed, n * n), normals(seed + 1, n * n)];
      const det = (M: Float64Array): readonly [number, number] => {
        const [logs, signs] = [new Float64Array(1), new Float64Array(1)];
        k.logabsdet(logs, signs, M, n, new Float64Array(n * n + n));
        return [logs[0], signs[0]];
      };
      const [[la, sa], [lb, sb], [lc, sc]] = [det(A), det(B), det(times(A, B, n, n, n))];
      expect(lc).toBeCloseTo(la + lb, 8);
      expect(sc).toBe(sa * sb);
    });
    const [logs, signs] = [new Float64Array(1), new Float64Array(1)];
    k.logabsdet(logs, signs, Float64Array.of(1, 2, 2, 4), 2, new Float64Array(6));
    expect([logs[0], signs[0]]).toEqual([-Infinity, 0]);
  });

  it('expm: rotations, and exp(A) exp(-A) = I', () => {
    const E = new Float64Array(4);
    k.expm(E, Float64Array.of(0, -1, 1, 0), 2, new Float64Array(30));
    expect(
      apart(E, Float64Array.of(Math.cos(1), -Math.sin(1), Math.sin(1), Math.cos(1))),
    ).toBeLessThan(1e-15);
    check(({ seed, n }) => {
      const A = normals(seed, n * n);
      const [P, N] = [new Float64Array(n * n), new Float64Array(n * n)];
      const work = new Float64Array(7 * n * n + n);
      k.expm(P, A, n, work);
      k.expm(
        N,
        A.map((x) => -x),
        n,
        work,
      );
      expect(apart(times(P, N, n, n, n), identity(n))).toBeLessThan(1e-13 * size(P) * size(N) * n);
    });
  });

  it('takes several matrices one after the other', () => {
    const n = 3;
    const B = normals(7, 2 * n * n);
    const [w, V] = [new Float64Array(2 * n), new Float64Array(2 * n * n)];
    k.eigh(w, V, B, n, new Float64Array(n), 2);
    const [w1, V1] = [new Float64Array(n), new Float64Array(n * n)];
    k.eigh(w1, V1, B.slice(n * n), n, new Float64Array(n));
    expect([...w.slice(n)]).toEqual([...w1]);
    expect([...V.slice(n * n)]).toEqual([...V1]);
  });
});

describe('sorting', () => {
  it('agrees with the language’s own, stable, along any axis', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 }), (values) => {
        const x = Float64Array.from(values);
        const work = new Float64Array(3 * x.length);
        const out = new Float64Array(x.length);
        for (const descending of [false, true]) {
          k.argsort(out, x, 1, x.length, 1, descending, work);
          const order = values
            .map((_, i) => i)
            .sort((i, j) => (descending ? values[j] - values[i] : values[i] - values[j]));
          expect([...out]).toEqual(order);
          k.sort(out, x, 1, x.length, 1, descending, work);
          expect([...out]).toEqual(order.map((i) => values[i]));
        }
      }),
    ));

  it('puts NaN last', () => {
    const out = new Float64Array(3);
    k.sort(out, Float64Array.of(NaN, 2, 1), 1, 3, 1, false, new Float64Array(9));
    expect([...out]).toEqual([1, 2, NaN]);
  });
});

describe('compressed matrices', () => {
  it('take apart and put together like dense ones', () =>
    check(({ seed, m, n, p }) => {
      const thin = (values: Float64Array): Float64Array =>
        values.map((x, i) => ((i * 7 + seed) % 3 === 0 ? x : 0));
      const [A, B] = [thin(normals(seed, m * n)), thin(normals(seed + 1, m * n))];
      const C = thin(normals(seed + 2, n * p));
      const [a, b, c] = [k.compressRows(A, m, n), k.compressRows(B, m, n), k.compressRows(C, n, p)];
      expect([...entries(k.sparseTranspose(a))]).toEqual([...transposed(A, m, n)]);
      expect(
        apart(entries(k.sparseProduct(a, c, false, false)), times(A, C, m, n, p)),
      ).toBeLessThan(1e-12);
      expect([...entries(k.sparseCombine(a, b, (x, y) => x - y))]).toEqual(
        [...A].map((x, i) => x - B[i]),
      );
      expect([...entries(k.sparseConcat([a, b], 0))]).toEqual([...A, ...B]);
    }));
});

describe('checks', () => {
  it('an index outside is a fault with its place', () => {
    expect(k.checkedIndex(2, 3, 7)).toBe(2);
    expect(() => k.checkedIndex(3, 3, 7)).toThrow('index 4 is outside 1..3');
    expect(() => k.checkedIndex(NaN, 3, 7)).toThrow();
    expect(() => k.checkedIndex(0.5, 3, 7)).toThrow();
  });
});
