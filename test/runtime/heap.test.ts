import { describe, expect, it } from 'vitest';
import { compressRows } from '../../runtime/kernels/sparse.ts';
import { createHeap } from '../../runtime/wasm/heap.ts';

describe('the memory of WebAssembly', () => {
  it('keeps arrays where they are when it grows', () => {
    const heap = createHeap();
    const first = heap.vector(100).fill(7);
    const far = heap.vector(1_000_000);
    far.fill(3);
    expect(heap.place(first)).toBe(first);
    expect(first.every((x) => x === 7)).toBe(true);
    expect(heap.used()).toBeLessThan(8 * 1_000_100 + 1024);
  });

  it('copies an array once', () => {
    const heap = createHeap();
    const own = Float64Array.of(1, 2, 3);
    const placed = heap.place(own);
    expect(heap.place(own)).toBe(placed);
    expect(placed).toEqual(own);
  });

  it('holds compressed matrices', () => {
    const heap = createHeap();
    const sparse = compressRows(Float64Array.of(0, 2, 3, 0), 2, 2);
    expect(heap.place(sparse)).toEqual(sparse);
    const large = compressRows(new Float64Array(300_000).fill(1), 1000, 300);
    expect(heap.place(large)).toEqual(large);
  });

  it('keeps numbers as the fields of an object', () => {
    const cells = createHeap().cells({ a: 1, b: 2 });
    cells.a += 5;
    expect({ ...cells }).toEqual({ a: 6, b: 2 });
    Object.assign(cells, { a: 0, b: -1 });
    expect(Object.entries(cells)).toEqual([
      ['a', 0],
      ['b', -1],
    ]);
  });

  it('says how much there is where more is asked', () => {
    expect(() => createHeap().vector(2 ** 30)).toThrow(
      /memory of WebAssembly is [\d.]+ MiB and cannot grow by 8192 MiB/,
    );
  });
});
