// Sorting of WebAssembly against the kernels of JavaScript: stable, NaN last, along any axis, short and long.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as plain from '../../../runtime/kernels/index.ts';
import { kernelRunner } from './kernel-harness.ts';

const run = kernelRunner(['sort', 'argsort'], true);

function check(outer: number, length: number, inner: number, entry: (k: number) => number): void {
  const size = outer * length * inner;
  const [x, out, work] = [run.vector(size), run.vector(size), run.vector(3 * length)];
  for (let k = 0; k < size; k++) x[k] = entry(k);
  const expected = new Float64Array(size);
  for (const descending of [true, false])
    for (const name of ['sort', 'argsort'] as const) {
      plain[name](expected, x, outer, length, inner, descending, new Float64Array(3 * length));
      run.call(name, out, x, outer, length, inner, descending, work);
      expect([...out]).toEqual([...expected]);
    }
}

it('sorts along any axis, below and above the length where bytes are counted', () => {
  const special = [NaN, Infinity, -Infinity, 0, -0, 5e-324, -5e-324, 1e308, -1e308];
  for (const [outer, length, inner] of [
    [0, 5, 1],
    [1, 0, 1],
    [1, 1, 1],
    [3, 7, 2],
    [2, 63, 3],
    [2, 64, 3],
    [2, 65, 1],
    [1, 700, 2],
  ]) {
    check(outer, length, inner, (k) => Math.sin(k * k) * 10 ** (k % 7));
    check(outer, length, inner, (k) => Math.round(3 * Math.sin(k)));
    check(outer, length, inner, (k) => special[(k * k + k) % special.length]);
    check(outer, length, inner, (k) => (k % 3 === 0 ? -0 : k % 3 === 1 ? 0 : Math.sin(k)));
    check(outer, length, inner, () => 4);
    check(outer, length, inner, (k) => -k);
  }
});

it('sorts whatever is drawn', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 200 }), (values) =>
      check(1, values.length, 1, (k) => values[k]),
    ),
  );
});
