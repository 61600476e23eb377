// Big arrays lie in large pages where the system has them: asked of the system itself.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { largePages, largePagesHere } from '../../compiler/cli/large-pages.ts';
import { createHeap } from '../../runtime/wasm/heap.ts';

const megabyte = 2 ** 20;

it('is asked for what a memory grows by once it is large, and for nothing before', () => {
  const asked: (readonly [number, number])[] = [];
  const heap = createHeap(undefined, {
    largePages: ({ byteOffset, byteLength }) => asked.push([byteOffset, byteLength]),
  });
  heap.vector((16 * megabyte) / 8);
  expect(asked).toEqual([]);
  const before = heap.memory.buffer.byteLength;
  heap.vector((64 * megabyte) / 8);
  const after = heap.memory.buffer.byteLength;
  expect(asked).toEqual([[before, after - before]]);
  heap.vector((64 * megabyte) / 8);
  expect(asked[1]).toEqual([after, heap.memory.buffer.byteLength - after]);
});

/** Bytes of this process in large pages. */
function inLargePages(): number {
  const sizes = readFileSync('/proc/self/smaps', 'utf8').matchAll(/AnonHugePages: +(\d+) kB/g);
  return [...sizes].reduce((sum, [, size]) => sum + 1024 * Number(size), 0);
}

it('gets them, or doctor says why not', () => {
  const { good, value } = largePagesHere();
  if (!good) {
    expect(value).toMatch(/^no: .+/);
    return;
  }
  const before = inLargePages();
  createHeap(undefined, { largePages: largePages() })
    .vector((128 * megabyte) / 8)
    .fill(1);
  expect(inLargePages() - before).toBeGreaterThan(64 * megabyte);
});
