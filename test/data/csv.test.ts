import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../runtime/data/csv.ts';
import { headerOf, labelsOf, numbersOf } from '../../runtime/data/select.ts';
import { placeOfFault, type Result, type SourceOptions } from '../../runtime/data/source.ts';

const read = (text: string, options: SourceOptions = {}) => {
  const table = parseCsv('data.csv', text, options);
  return table.ok ? numbersOf(table.value, options) : table;
};

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

function message(result: Result<unknown>): string {
  return result.ok
    ? 'no fault'
    : `${result.fault.code} ${placeOfFault(result.fault)}: ${result.fault.message}`;
}

describe('csv', () => {
  it('reads a matrix, row-major, below a header', () => {
    const matrix = value(read('a,b\n1,2\n3,4.5\n'));
    expect([matrix.shape, [...matrix.data]]).toEqual([
      [2, 2],
      [1, 2, 3, 4.5],
    ]);
  });

  it('takes the first row as data where all its cells are numbers', () => {
    expect(value(read('1,2\n3,4\n')).shape).toEqual([2, 2]);
    expect(value(read('1,2\n3,4\n', { header: true })).shape).toEqual([1, 2]);
  });

  it.each<[SourceOptions, number[], number[]]>([
    [{ columns: 'b' }, [2], [2, 5]],
    [{ columns: { first: 2, last: 3 } }, [2, 2], [2, 3, 5, 6]],
    [{ columns: ['c', 'a'] }, [2, 2], [3, 1, 6, 4]],
    [{ columns: 3 }, [2], [3, 6]],
    [{ rows: { first: 2, last: 2 } }, [1, 3], [4, 5, 6]],
  ])('chooses %j', (options, shape, data) => {
    const chosen = value(read('a,b,c\n1,2,3\n4,5,6\n', options));
    expect([chosen.shape, [...chosen.data]]).toEqual([shape, data]);
  });

  it.each<[string, SourceOptions, string]>([
    ['a,b\n1,2\n3\n', {}, 'D003 data.csv, row 2: This row has 1 cell, the header has 2.'],
    ['a,b\n1,\n', {}, 'D004 data.csv, row 1, column 2 (b): A value is missing here.'],
    [
      'a,b\n1,NA\n',
      {},
      'D004 data.csv, row 1, column 2 (b): A value is missing here: the cell is "NA".',
    ],
    [
      'a,b\n1,x\u001b[31m\n',
      {},
      'D005 data.csv, row 1, column 2 (b): "x\\u001b[31m" is not a number.',
    ],
    ['a,b\n1,1e999\n', {}, 'D005 data.csv, row 1, column 2 (b): "1e999" is not a number.'],
    ['a,b\n1,2\n', { columns: 'z' }, 'D006 data.csv: There is no column "z".'],
    [
      'a,b\n1,2\n',
      { columns: { first: 2, last: 3 } },
      'D006 data.csv: Columns 2..3 are asked for; the file has columns 1..2.',
    ],
    [
      'a,b\n1,2\n',
      { rows: { first: 0, last: 1 } },
      'D007 data.csv: Rows 0..1 are asked for; the file has rows 1..1.',
    ],
    [
      'a,b\n1,2\n3,"4\n5,6\n',
      {},
      'D002 data.csv: This is not a readable csv file: quoted field unterminated, line 3.',
    ],
    ['a,b\n1,2\n , \n', {}, 'D004 data.csv, row 2, column 1 (a): A value is missing here.'],
    ['', {}, 'D008 data.csv: The file has no rows.'],
    ['a,b\n', {}, 'D008 data.csv: The file has a header and no rows.'],
  ])('says where %j is wrong', (text, options, expected) => {
    expect(message(read(text, options))).toBe(expected);
  });

  it('understands quotes, a byte-order mark, empty lines and mixed line ends', () => {
    const text = '\ufeff"a","b"\r\n"1", 2\n\n3,"4"\r5,6\r\n  \n';
    expect([...value(read(text, { columns: ['a', 'b'] })).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads labels once each, in the order of the file', () => {
    const table = value(parseCsv('d.csv', 'k,v\nb,1\na,2\nb,3\n'));
    expect(value(labelsOf(table, { columns: 'k' }))).toEqual(['b', 'a']);
    expect(message(labelsOf(table, {}))).toContain('2 are chosen');
  });

  it('gives the header without the numbers', () => {
    const table = value(parseCsv('d.csv', 'k,v\nb,1\na,2\n'));
    expect(value(headerOf(table, { columns: 'v' }))).toMatchObject({
      rows: 2,
      columns: 1,
      vector: true,
    });
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = read(text);
        if (result.ok) expect(result.value.data.every(Number.isFinite)).toBe(true);
        else expect(result.fault.message).not.toBe('');
      }),
    );
  });

  it('gives back any matrix that is written as csv', () => {
    const cell = fc.double({ noNaN: true, noDefaultInfinity: true });
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
      .chain(([m, n]) =>
        fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: m, maxLength: m }),
      );
    fc.assert(
      fc.property(matrix, (rows) => {
        const text = rows.map((row) => row.join(',')).join('\r\n');
        const back = value(read(text, { header: false }));
        expect(back.shape).toEqual([rows.length, rows[0].length]);
        expect([...back.data].map((x) => x + 0)).toEqual(rows.flat().map((x) => x + 0));
      }),
    );
  });
});
