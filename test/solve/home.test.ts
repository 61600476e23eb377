// Where data is put as it is read: in the memory of WebAssembly where it will be worked on there, else in an array of JavaScript.
import { describe, expect, it, vi } from 'vitest';
import type * as ChooseTarget from '../../compiler/choose-target.ts';
import { solve } from '../../compiler/index.ts';

type Home = ChooseTarget.Home;
// `npm test -- --target` puts another in its place for tests that name no target.
const { homeFor } = await vi.importActual<typeof ChooseTarget>('../../compiler/choose-target.ts');

const large = 20_000;
const liesInWebAssembly = (home: Home, length: number): boolean =>
  home.allocate(length).buffer instanceof SharedArrayBuffer;

describe('a home for data', () => {
  it('is the memory of WebAssembly for large arrays', () => {
    expect(liesInWebAssembly(homeFor({}, large), large)).toBe(true);
    expect(liesInWebAssembly(homeFor({ target: 'tfjs' }, large), large)).toBe(true);
    expect(liesInWebAssembly(homeFor({ target: 'wasm' }, 10), 10)).toBe(true);
  });

  it('is JavaScript for small arrays, where that is asked for, and for more than 4 GiB in all', () => {
    expect(liesInWebAssembly(homeFor({}, 10), 10)).toBe(false);
    expect(liesInWebAssembly(homeFor({ target: 'ts' }, large), large)).toBe(false);
    expect(liesInWebAssembly(homeFor({}, 2 ** 30), large)).toBe(false);
  });
});

/** A .npy file of so many numbers of 64 bits. */
function npy(shape: readonly number[], entry: (k: number) => number): Uint8Array {
  const head = new TextEncoder().encode(
    `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`,
  );
  const length = shape.reduce((a, b) => a * b, 1);
  const numbers = Float64Array.from({ length }, (_, k) => entry(k));
  const bytes = new Uint8Array(10 + head.length + numbers.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, head.length & 255, head.length >> 8]);
  bytes.set(head, 10);
  bytes.set(new Uint8Array(numbers.buffer), 10 + head.length);
  return bytes;
}

describe('a problem whose data is read from .npy files', () => {
  const [m, n] = [200, 100];
  // A well conditioned matrix, and a right side whose least squares solution is all ones.
  const entry = (k: number): number => Math.sin(k * k) + (k % (n + 1) === 0 ? 4 : 0);
  const row = (i: number): number =>
    Array.from({ length: n }, (_, j) => entry(i * n + j)).reduce((a, b) => a + b, 0);
  const files = { 'A.npy': npy([m, n], entry), 'b.npy': npy([m], row) };
  const text = `problem p {
    data A : real[m, n] from npy("A.npy")
    data b : real[m] from npy("b.npy")
    var x : real[n]
    minimize sumsq(A*x - b)
  }`;

  it.each(['ts', 'wasm'] as const)('is solved on %s', async (target) => {
    const solved = await solve({ text, files }, { target });
    if (!solved.ok) throw new Error(solved.text);
    const [{ status, solution }] = solved.results;
    expect(status).toBe('optimal');
    for (const x of solution[0].data) expect(x).toBeCloseTo(1, 4);
  });
});
