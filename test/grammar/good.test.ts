import { describe, expect, test } from 'vitest';
import { makeSource, parseText, renderAll } from '../../grammar/index.ts';
import { format } from '../../grammar/print/format.ts';
import { strip } from './strip.ts';
import { galleryTexts, goodTexts, languageBlocks } from './texts.ts';

describe('every program of the gallery and of the language page', () => {
  test('they are all here', () => {
    expect(galleryTexts().length).toBeGreaterThanOrEqual(80);
    expect(languageBlocks().length).toBeGreaterThanOrEqual(4);
  });

  test.each(goodTexts())('$name parses, formats, and keeps its tree', ({ name, text }) => {
    const parsed = parseText(text, name);
    expect(renderAll(parsed.diagnostics, [makeSource(0, name, text)])).toBe('');
    const once = format(text);
    const twice = format(once.text);
    expect(twice.text).toBe(once.text);
    const again = parseText(once.text, name);
    expect(strip(again.file)).toEqual(strip(parsed.file));
    const words = (comments: typeof parsed.comments): string[] => comments.map((c) => c.text);
    expect(words(again.comments)).toEqual(words(parsed.comments));
  });

  test('formatting changes little of the gallery', () => {
    let lines = 0;
    let kept = 0;
    for (const { text } of galleryTexts()) {
      const formatted = new Set(format(text).text.split('\n'));
      for (const line of text.split('\n')) {
        lines++;
        if (formatted.has(line)) kept++;
      }
    }
    expect(kept / lines).toBeGreaterThan(0.97);
  });
});
