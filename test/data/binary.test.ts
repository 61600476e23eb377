// Binary files, written by NumPy and PyArrow (files/make.py).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes, type ByteSource } from '../../runtime/data/byte-source.ts';
import { formatOfName, openData } from '../../runtime/data/open.ts';
import { placeOfFault, type SourceOptions } from '../../runtime/data/source.ts';

const bytesOf = (name: string): Uint8Array =>
  readFileSync(path.join(import.meta.dirname, 'files', name));

function read(name: string, options: SourceOptions = {}, source = sourceOfBytes(bytesOf(name))) {
  const opened = openData(name, source, formatOfName(name), options);
  const numbers = opened.ok ? opened.value.numbers() : opened;
  if (!numbers.ok)
    return `${numbers.fault.code} ${placeOfFault(numbers.fault)}: ${numbers.fault.message}`;
  return { shape: numbers.value.shape, data: [...numbers.value.data] };
}

function labels(name: string, options: SourceOptions): readonly string[] | string {
  const opened = openData(name, sourceOfBytes(bytesOf(name)), formatOfName(name), options);
  const found = opened.ok ? opened.value.labels() : opened;
  return found.ok ? found.value : `${found.fault.code} ${found.fault.message}`;
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k);
const quarters = upTo(12).map((k) => k / 4 - 1);

describe('npy', () => {
  it.each([
    'f8-little',
    'f8-big',
    'f4-little',
    'f2-little',
    'i8-little',
    'i4-big',
    'u1-little',
    'u8-little',
  ])('reads numbers of type %s', (type) => {
    expect(read(`type-${type}.npy`)).toEqual({ shape: [4, 3], data: upTo(12) });
  });

  it('reads truth values as 0 and 1', () => {
    expect(read('type-b1-little.npy')).toEqual({
      shape: [4, 3],
      data: upTo(12).map((k) => 1 - (k % 2)),
    });
  });

  it('reads arrays that lie column by column, of any rank', () => {
    expect(read('columns.npy')).toEqual({ shape: [4, 3], data: quarters });
    expect(read('deep.npy')).toEqual({ shape: [2, 3, 4], data: upTo(24) });
    expect(read('scalar.npy')).toEqual({ shape: [], data: [2.5] });
  });

  it.each(['columns.npy', 'type-f8-little.npy'])('chooses rows and columns of %s', (name) => {
    const value = (k: number): number => (name === 'columns.npy' ? quarters[k] : k);
    const rows = { first: 2, last: 3 };
    expect(read(name, { rows, columns: { first: 2, last: 3 } })).toEqual({
      shape: [2, 2],
      data: [4, 5, 7, 8].map(value),
    });
    expect(read(name, { columns: 1 })).toEqual({ shape: [4], data: [0, 3, 6, 9].map(value) });
  });

  it('reads the chosen rows and nothing else', () => {
    const bytes = bytesOf('type-f8-little.npy');
    const seen: number[] = [];
    const source: ByteSource = {
      size: bytes.length,
      read: (at, length) => {
        seen.push(length);
        return bytes.subarray(at, at + length);
      },
    };
    read('type-f8-little.npy', { rows: { first: 4, last: 4 } }, source);
    expect(seen[seen.length - 1]).toBe(3 * 8);
    expect(seen.reduce((a, b) => a + b, 0)).toBeLessThan(12 + 128 + 3 * 8 + 1);
  });

  it.each([
    ['missing.npy', {}, 'D004 missing.npy, row 2, column 1: A value is missing here'],
    ['large.npy', {}, 'D005 large.npy, row 2, column 1: 1152921504606846977 is beyond 2^53'],
    ['complex.npy', {}, 'D002 complex.npy: This .npy file holds entries of type "<c16"'],
    ['columns.npy', { columns: 'a' }, 'D006 columns.npy: Column "a" is asked for by name'],
    ['columns.npy', { rows: { first: 3, last: 9 } }, 'D007 columns.npy: Rows 3..9 are asked for'],
  ])('refuses %s %j', (name, options, message) => {
    expect(read(name, options)).toContain(message);
  });

  it('sees that a file ends early', () => {
    const bytes = bytesOf('columns.npy');
    for (const length of [0, 5, 11, 100, bytes.length - 1])
      expect(read('columns.npy', {}, sourceOfBytes(bytes.subarray(0, length)))).toMatch(/^D002/);
  });
});

describe('npz', () => {
  it('reads an array by its key', () => {
    expect(read('two.npz', { key: 'A' })).toEqual({ shape: [4, 3], data: quarters });
    expect(read('two.npz', { key: 'b' })).toEqual({ shape: [4], data: upTo(4) });
  });

  it('needs no key where there is one array', () => {
    expect(read('packed.npz')).toEqual({ shape: [4, 3], data: quarters });
  });

  it('names the arrays that there are', () => {
    expect(read('two.npz')).toContain('D006 two.npz: Which of its arrays is meant?');
    expect(read('two.npz', { key: 'c' })).toContain('There is no array "c"');
    expect(read('two.npz', {}, sourceOfBytes(bytesOf('columns.npy')))).toContain('D002');
  });
});

describe('parquet', () => {
  const rows = 1000;

  it.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])('reads columns (%s)', (codec) => {
    expect(read(`${codec}.parquet`, { columns: ['x', 'k', 'single', 'yes'] })).toEqual({
      shape: [rows, 4],
      data: upTo(rows).flatMap((i) => [i / 8, 3 * i, i / 2, i % 3 === 0 ? 1 : 0]),
    });
  });

  it('reads chosen rows across groups', () => {
    const found = read('snappy.parquet', { columns: 'k', rows: { first: 299, last: 602 } });
    expect(found).toEqual({ shape: [304], data: upTo(304).map((i) => 3 * (298 + i)) });
  });

  it('reads only the groups that hold them', () => {
    const bytes = bytesOf('none.parquet');
    let most = 0;
    const source: ByteSource = {
      size: bytes.length,
      read: (at, length) => {
        if (at < bytes.length - 8) most = Math.max(most, length);
        return bytes.subarray(at, at + length);
      },
    };
    read('none.parquet', { columns: 'x', rows: { first: 1, last: 10 } }, source);
    expect(most).toBeLessThan(bytes.length / 4);
  });

  it('reads text as labels', () => {
    expect(labels('zstd.parquet', { columns: 'kind' })).toEqual(['ash', 'birch', 'cedar']);
    expect(labels('zstd.parquet', {})).toContain('D005');
  });

  it.each([
    ['gaps', 'D004 snappy.parquet, row 701, column 6 (gaps): A value is missing here'],
    ['kind', 'D005 snappy.parquet, row 1, column 5 (kind): "ash" is not a number'],
    ['pair', 'D005 snappy.parquet, column 7 (pair): This column holds lists or records'],
    ['z', 'D006 snappy.parquet: There is no column "z"'],
  ])('refuses column %s', (columns, message) => {
    expect(read('snappy.parquet', { columns })).toContain(message);
  });

  it('refuses what is no parquet file, at any length', () => {
    const bytes = bytesOf('snappy.parquet');
    for (const length of [0, 3, 20, 5000, bytes.length - 1])
      expect(read('snappy.parquet', {}, sourceOfBytes(bytes.subarray(0, length)))).toMatch(/^D002/);
    const spoilt = Uint8Array.from(bytes);
    spoilt.fill(255, 4, 3000);
    expect(read('snappy.parquet', { columns: 'x' }, sourceOfBytes(spoilt))).toMatch(/^D00[25]/);
  });
});
