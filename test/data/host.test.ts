import { expect, it } from 'vitest';
import { hostOver } from '../../compiler/host-over.ts';
import type { DataSource } from '../../compiler/problem/problem.ts';
import { sourceOfBytes } from '../../runtime/data/byte-source.ts';

it('reads a file of text once, whatever is chosen of it', () => {
  let reads = 0;
  const bytes = new TextEncoder().encode('a,b,y\n1,2,3\n4,5,6\n');
  const host = hostOver({
    resolve: (_, path) => path,
    reason: String,
    open: () => {
      reads++;
      return { ok: true, source: sourceOfBytes(bytes) };
    },
  });
  const span = { file: 0, start: 0, end: 0 };
  const of = (columns: DataSource['options'][string]): DataSource => ({
    format: 'csv',
    path: 'd.csv',
    options: { columns },
    span,
  });
  const numbers = (columns: DataSource['options'][string]): readonly number[] => {
    const read = host.readNumbers('p.opt', of(columns));
    return read.ok ? [...read.value.data] : [];
  };
  expect(numbers({ first: 1, last: 2 })).toEqual([1, 2, 4, 5]);
  expect(numbers('y')).toEqual([3, 6]);
  expect(numbers(2)).toEqual([2, 5]);
  expect(reads).toBe(1);
});
