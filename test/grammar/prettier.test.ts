import { format as prettierFormat } from 'prettier';
import { describe, expect, test } from 'vitest';
import * as plugin from '../../grammar/prettier.ts';
import { format } from '../../grammar/print/format.ts';
import { galleryTexts } from './texts.ts';

async function formatted(text: string, filepath = 'a.opt'): Promise<string> {
  return prettierFormat(text, { filepath, plugins: [plugin] });
}

describe('prettier with the plugin', () => {
  test('formats the gallery as `format` does', async () => {
    for (const { text } of galleryTexts()) expect(await formatted(text)).toBe(format(text).text);
  });

  test('finds its language in Markdown', async () => {
    const page = '# A\n\n```opt\nproblem p {var x:real\nminimize x^2}\n```\n';
    const out = await prettierFormat(page, { filepath: 'a.md', plugins: [plugin] });
    expect(out).toBe('# A\n\n```opt\nproblem p { var x : real; minimize x^2 }\n```\n');
  });

  test('a broken file is refused with the message and its place', async () => {
    const broken = formatted('problem p {\n  var x real\n}\n');
    await expect(broken).rejects.toThrow(/G031[\s\S]*a\.opt:2:9/);
    await expect(broken).rejects.toHaveProperty('loc.start', { line: 2, column: 9 });
  });

  test('a width is obeyed', async () => {
    const text =
      'problem p { var x : real; minimize sumsq(A*x - b)/2 + mu*norm(x, 1) + nu*norm(x) }';
    const narrow = await prettierFormat(text, {
      filepath: 'a.opt',
      plugins: [plugin],
      printWidth: 40,
    });
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });
});

function form(text: string): string {
  const { text: out, diagnostics } = format(text);
  expect(diagnostics).toEqual([]);
  return out;
}

describe('style', () => {
  test('comments keep their places', () => {
    const text = `# head

## What it is about.
problem p { # opening
  # above
  var x : real[2]   # beside
  # between

  # below a blank line
  data A : real[2, 2] = [
    [1, 2], # first row
    # own line
    [3, 4] # second row
  ]
  minimize sumsq(A*x - 1) + # the fit
    0.1*sumsq(x)
  # last
}
# end
`;
    expect(form(text)).toBe(text);
  });

  test('comments at odd places come before their item', () => {
    const text = 'problem p {\n  var # odd\n x : real\n  minimize # goal\n x^2\n}\n';
    expect(form(text)).toBe('problem p {\n  # odd\n  var x : real\n  # goal\n  minimize x^2\n}\n');
  });

  test('parameters keep their comments', () => {
    const text = `method m(
  step : real = 0.1, # first
  # second
  size : int = 3
) for { minimize f(x) over x } {
  repeat { x <- x }
}
`;
    expect(form(text)).toBe(text);
  });

  test('blank lines: one at most, none at the edges', () => {
    const text = 'problem p {\n\n\n  var x : real\n\n\n\n  minimize x^2\n\n}\n\n\nsolve p\n\n';
    expect(form(text)).toBe('problem p {\n  var x : real\n\n  minimize x^2\n}\n\nsolve p\n');
  });

  test('blocks on one line stay there while they fit', () => {
    const text = 'problem p {\n  var x : real\n  minimize x^2\n  known { value = 0; x = 0 }\n}\n';
    expect(form(text)).toBe(text);
    const long = Array.from({ length: 20 }, (_, i) => `x${i} = ${i}`).join('; ');
    expect(form(`problem p { known { ${long} } }`).split('\n').length).toBe(25);
  });

  test('operators break after, not before', () => {
    const terms = Array.from({ length: 12 }, (_, i) => `some_function(x${i})`).join('\n    + ');
    const out = form(`problem p {\n  minimize ${terms}\n}\n`);
    expect(out).toContain('some_function(x0) +\n    some_function(x1) +\n');
  });

  test('an empty file, and one of comments alone', () => {
    expect(form('')).toBe('');
    expect(form('\n\n# a\n\n\n# b\n')).toBe('# a\n\n# b\n');
  });

  test('the standard form is written from spellings that mean the same', () => {
    const text =
      'problem p{var x,y:real>=0<=1 start zeros;let a=x<-1\nminimize x^2over x\nsubject to{c:x<=y}}';
    expect(form(text)).toBe(
      [
        'problem p {',
        '  var x, y : real >= 0 <= 1 start zeros',
        '  let a = x < -1',
        '  minimize x^2 over x',
        '  subject to { c: x <= y }',
        '}',
        '',
      ].join('\n'),
    );
  });
});
