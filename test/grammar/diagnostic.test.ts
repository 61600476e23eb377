import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  didYouMean,
  displayWidth,
  editDistance,
  makeSource,
  position,
  quote,
  render,
  reporter,
  text,
  type Diagnostic,
  type MessageTable,
} from '../../grammar/index.ts';

const messages = {
  T001: {
    severity: 'error',
    title: 'a test',
    message: text`expected ${'a'}, found ${'b'}`,
    help: text`use ${'c'}`,
  },
  T002: { severity: 'warning', title: 'another', message: text`nothing to fill` },
} as const satisfies MessageTable;
const report = reporter(messages);
const span = { file: 0, start: 0, end: 1 };

describe('message tables', () => {
  test('fill their holes', () => {
    expect(report('T001', span, { a: 'x', b: 2, c: 'y' })).toEqual({
      code: 'T001',
      severity: 'error',
      message: 'expected x, found 2',
      help: 'use y',
      span,
    });
    expect(report('T002', span, {})).toEqual({
      code: 'T002',
      severity: 'warning',
      message: 'nothing to fill',
      span,
    });
  });

  test('a hole left out does not type-check', () => {
    // @ts-expect-error `c` of the help is missing
    report('T001', span, { a: 'x', b: 'y' });
    // @ts-expect-error there is no such code
    report('T003', span, {});
  });
});

describe('did you mean', () => {
  test.each([
    ['vra', ['var', 'let'], 'var'],
    ['FISTA', ['ista', 'fista'], 'fista'],
    ['zzz', ['var', 'let'], undefined],
    ['zzz', ['var'], 'var'],
    ['lambada', ['lambda', 'gamma'], 'lambda'],
    ['x', ['y', 'z'], undefined],
    ['a', [], undefined],
  ])('%s of %j', (name, candidates, expected) => {
    expect(didYouMean(name, candidates)).toBe(expected);
  });

  test('distances', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('ab', 'ba')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
  });
});

test('positions count lines and columns from 1', () => {
  const source = makeSource(0, 'a', 'ab\ncd\r\n\nx');
  expect([0, 2, 3, 5, 7, 8, 9, 99].map((o) => position(source, o))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 3 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
    { line: 4, column: 2 },
    { line: 4, column: 2 },
  ]);
});

function at(start: number, end: number, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'T001',
    severity: 'error',
    message: 'wrong',
    span: { file: 0, start, end },
    ...more,
  };
}

describe('rendering', () => {
  test('a place, a related place in another file, and help of two lines', () => {
    const sources = [makeSource(0, 'a.opt', 'let x = 1\n'), makeSource(1, 'b.opt', '\n  y\n')];
    const related = [{ span: { file: 1, start: 3, end: 4 }, message: 'defined here' }];
    expect(render(at(4, 5, { related, help: 'first\nsecond' }), sources)).toBe(
      [
        'error[T001]: wrong',
        '  --> a.opt:1:5',
        '   |',
        ' 1 | let x = 1',
        '   |     ^',
        '  --> b.opt:2:3',
        '   |',
        ' 2 |   y',
        '   |   - defined here',
        '   = help: first',
        '           second',
      ].join('\n'),
    );
  });

  test('wide characters and tabs keep the marks under the place', () => {
    const source = makeSource(0, 'a.opt', '\t漢字 = λ̂ + x');
    const lines = render(at(source.text.indexOf('x'), source.text.length), [source]).split('\n');
    const [code = '', marks = ''] = lines.slice(3);
    expect(displayWidth(code.slice(0, code.indexOf('x')))).toBe(marks.indexOf('^'));
  });

  test('control characters never reach the terminal', () => {
    const source = makeSource(0, 'a\u001b.opt', 'a \u001b[31m \u202e b\u0007');
    const out = render(at(2, 5, { message: 'x\u001b[0m', help: '\u0000' }), [source]);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test('a line of megabytes is cut around the place', () => {
    const source = makeSource(0, 'a.opt', 'x'.repeat(2e6) + 'HERE' + 'y'.repeat(2e6));
    const out = render(at(2e6, 2e6 + 4), [source], { width: 80 });
    for (const line of out.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
    const lines = out.split('\n');
    expect(lines[3]).toMatch(/…x+HEREy+…/);
    expect(lines[4]?.indexOf('^')).toBe(lines[3]?.indexOf('HERE'));
    expect(lines[4]).toMatch(/\^{4}$/);
  });

  test('any text and any places', () => {
    const offset = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 50 }),
        offset,
        offset,
        offset,
        offset,
        (...all) => {
          const [content, a, b, c, d] = all;
          const place = { file: 0, start: Math.min(c, d), end: Math.max(c, d) };
          const related = [{ span: place, message: 'there' }];
          const out = render(at(Math.min(a, b), Math.max(a, b), { related }), [
            makeSource(0, 'a', content),
          ]);
          // No control character but the line ends.
          expect(out).not.toMatch(/[^\P{Cc}\n]/u);
          expect(out).toContain('there');
        },
      ),
    );
  });

  test('a source that is not there', () => {
    expect(render(at(0, 1), [])).toBe('error[T001]: wrong');
  });

  test('colours are the caller’s', () => {
    const mark = (name: string) => (piece: string) => `<${name}>${piece}</>`;
    const colors = {
      error: mark('e'),
      warning: mark('w'),
      bold: mark('b'),
      dim: mark('d'),
      accent: mark('a'),
    };
    const out = render(at(0, 1), [makeSource(0, 'a', 'x')], { colors });
    expect(out).toContain('<e>error[T001]</><b>: wrong</>');
    expect(out).toContain('<e>^</>');
  });
});

test('quotes are short and visible', () => {
  expect(quote('a'.repeat(100))).toBe('a'.repeat(40) + '…');
  expect(quote('a\u001b\u202eb')).toBe('a\\u{1b}\\u{202e}b');
});
