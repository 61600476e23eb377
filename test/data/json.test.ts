import { describe, expect, it } from 'vitest';
import { parseJson } from '../../runtime/data/json.ts';
import { numbersOf } from '../../runtime/data/select.ts';
import { placeOfFault } from '../../runtime/data/source.ts';

const message = (text: string, key?: string): string => {
  const result = parseJson('d.json', text, key === undefined ? {} : { key });
  return result.ok
    ? 'no fault'
    : `${result.fault.code} ${placeOfFault(result.fault)}: ${result.fault.message}`;
};

describe('json', () => {
  it('reads arrays of any rank', () => {
    const result = parseJson('d.json', '[[[1,2],[3,4]],[[5,6],[7,8]]]');
    expect(
      result.ok &&
        result.value.kind === 'array' && [result.value.tensor.shape, [...result.value.tensor.data]],
    ).toEqual([
      [2, 2, 2],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]);
  });

  it('reads a value under a key', () => {
    const result = parseJson('d.json', '{"a": {"b": [1, 2]}}', { key: 'a.b' });
    expect(result.ok && result.value.kind === 'array' && result.value.tensor.shape).toEqual([2]);
  });

  it('reads records as a table', () => {
    const result = parseJson('d.json', '[{"x": 1, "y": 2}, {"y": 4, "x": 3}]');
    const numbers =
      result.ok && result.value.kind === 'table' && numbersOf(result.value.table, { columns: 'y' });
    expect(numbers && numbers.ok && [...numbers.value.data]).toEqual([2, 4]);
  });

  it.each([
    ['[1, 2', 'D002 d.json'],
    [
      '[[1, 2], [3]]',
      'D003 d.json, row 2: Rows have different lengths: 2 entries are expected here.',
    ],
    ['[1, null]', 'D004 d.json, row 2: A value is missing here.'],
    ['[[1, "x"]]', 'D005 d.json, row 1, column 2: Here is "x", not a number.'],
    ['[{"a": 1}, {"b": 1}]', 'D003 d.json, row 2: This record has other keys than the first.'],
    ['[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]', 'D009 d.json: The array is nested more than 16 deep.'],
  ])('says where %s is wrong', (text, expected) => {
    expect(message(text)).toContain(expected);
  });

  it('names the keys there are', () => {
    const result = parseJson('d.json', '{"a": 1}', { key: 'b' });
    expect(result.ok ? '' : result.fault.help).toBe('Here are "a".');
  });

  it('does not take keys from prototypes', () => {
    expect(message('{"a": 1}', '__proto__')).toContain('D006');
    expect(message('{"a": 1}', 'toString')).toContain('D006');
  });
});
