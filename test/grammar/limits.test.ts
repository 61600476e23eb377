import { describe, expect, test } from 'vitest';
import { limits, makeSource, parseText, readSource } from '../../grammar/index.ts';
import { FileParser } from '../../grammar/parser/file.ts';

// What no program file shows well: sizes, bytes, and nesting. Each ends in one clear error.

function codes(text: string): string[] {
  return parseText(text).diagnostics.map((d) => d.code);
}

function problem(expression: string): string {
  return `problem p {\n  let a = ${expression}\n  var x : real\n}\n`;
}

describe('limits', () => {
  test.each(['(', '[', 'f(', 'x[', '{'])('more than 100 nested %s', (open) => {
    expect(codes(problem(open.repeat(150)))).toEqual(['G040']);
    expect(codes(problem(open.repeat(100_000)))).toEqual(['G040']);
  });

  test('a hundred brackets are read', () => {
    expect(codes(problem('('.repeat(99) + '1' + ')'.repeat(99)))).toEqual([]);
    expect(codes(problem('f('.repeat(99) + '1' + ')'.repeat(99)))).toEqual([]);
    expect(codes(problem('['.repeat(99) + '1' + ']'.repeat(99)))).toEqual([]);
    expect(codes(problem('sum(i in I) ('.repeat(60) + '1' + ')'.repeat(60)))).toEqual([]);
  });

  test('nesting without brackets', () => {
    expect(codes(problem('if '.repeat(5000)))).toEqual(['G040']);
    const branches = 'if true then 1 else '.repeat(400) + '1';
    expect(codes(problem(branches))).toEqual([]);
    expect(codes(problem('if true then 1 else '.repeat(5000) + '1'))).toEqual(['G045']);
    const chain = 'if a { } else '.repeat(5000);
    const method = `method m for { minimize f(x) over x } { repeat { ${chain} { } } }`;
    expect(codes(method)).toEqual(['G040']);
  });

  test.each(['-', 'not ', 'sum(i in I) ', '2 * ', '2^', 'fold(s = 1 for t in I) '])(
    'more than 1,000 times %s',
    (operator) => {
      expect(codes(problem(operator.repeat(900) + '1'))).toEqual([]);
      expect(codes(problem(operator.repeat(50_000) + '1'))).toEqual(['G045']);
    },
  );

  test('the terms of a sum are not nested, what stands around a sum is', () => {
    expect(codes(problem('2*x[1] - 1 + '.repeat(20_000) + '1'))).toEqual([]);
    expect(codes(problem('if true then 1 else 1 + '.repeat(5000) + '1'))).toEqual(['G045']);
    expect(codes(problem('true and 1 + '.repeat(5000) + '1'))).toEqual(['G045']);
  });

  test('postfixes', () => {
    expect(codes(problem('x' + "'".repeat(50_000)))).toEqual(['G045']);
    expect(codes(problem('x' + '[1]'.repeat(50_000)))).toEqual(['G045']);
  });

  test('forall inside forall', () => {
    const text = `problem p { subject to { ${'forall(i in I) '.repeat(20_000)} 1 <= 2 } }`;
    expect(codes(text)).toEqual(['G040']);
  });

  test('more than 4 MB', () => {
    expect(codes('#'.repeat(limits.bytes + 1))).toEqual(['G041']);
    const { diagnostics } = readSource(0, 'big.opt', new Uint8Array(limits.bytes + 1).fill(35));
    expect(diagnostics.map((d) => d.code)).toEqual(['G041']);
  });

  test('more than 1,000 errors', () => {
    const found = codes('problem p {\n' + '  vra x : real\n'.repeat(5000) + '}\n');
    expect(found.length).toBe(limits.errors + 1);
    expect(found.at(-1)).toBe('G044');
    expect(codes('$ x '.repeat(5000)).at(-1)).toBe('G044');
  });

  test('NUL', () => {
    expect(codes('problem p {\0}')).toEqual(['G043']);
  });

  test('bytes that are no UTF-8 name their place', () => {
    const bytes = new Uint8Array([0x23, 0x20, 0xc3, 0xa9, 0x0a, 0xff, 0x41]);
    const { source, diagnostics } = readSource(0, 'bytes.opt', bytes);
    expect(diagnostics.map((d) => [d.code, d.message])).toEqual([
      ['G042', 'the file is not valid UTF-8: byte 5 cannot be read'],
    ]);
    expect(source.text).toBe('# é\n');
    const cut = readSource(0, 'cut.opt', new Uint8Array([0x41, 0xe2, 0x82]));
    expect(cut.diagnostics.map((d) => d.code)).toEqual(['G042']);
  });

  test('a byte order mark and Windows line ends are read', () => {
    const text = '\uFEFFproblem p {\r\n  var x : real\r\n  minimize x^2 # a\r\n}\r\n';
    expect(codes(text)).toEqual([]);
    expect(parseText(text).comments.map((c) => c.text)).toEqual(['# a']);
  });

  test('an empty file is a file', () => {
    expect(parseText('').diagnostics).toEqual([]);
    expect(parseText('# nothing').file.declarations).toEqual([]);
  });
});

test('the grammar is free of ambiguities', () => {
  expect(() => new FileParser(false)).not.toThrow();
});

test('time grows linearly', () => {
  const line =
    '  let a = sum(i in 1..10) (x[i] - b[i])^2 / 2 + (if c then f(x, axis = 1) else -x)\n';
  const time = (lines: number): number => {
    const source = makeSource(0, 'big.opt', `problem p {\n${line.repeat(lines)}}\n`);
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
      const start = performance.now();
      expect(parseText(source.text).diagnostics).toEqual([]);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  };
  time(500);
  expect(time(8000) / time(1000)).toBeLessThan(24);
});
