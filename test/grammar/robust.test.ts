import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeSource, parse, parseText, readSource, render, walk } from '../../grammar/index.ts';
import { format } from '../../grammar/print/format.ts';
import { strip } from './strip.ts';
import { goodTexts } from './texts.ts';

// Any text whatever: a tree, messages within the text, no exception, no hang.

const long = process.env['DOTOPT_LONG'] !== undefined;
const runs = long ? 20_000 : 400;
const texts = goodTexts().map(({ text }) => text);

function survives(text: string): void {
  const source = makeSource(0, 'fuzz.opt', text);
  const start = performance.now();
  const { file, diagnostics } = parse(source);
  expect(performance.now() - start).toBeLessThan(2000);
  for (const diagnostic of diagnostics) {
    const { start: from, end } = diagnostic.span;
    expect(from).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(from);
    expect(end).toBeLessThanOrEqual(text.length);
    expect(diagnostic.message).not.toMatch(/undefined|NaN/);
    // Names of rules are ours alone.
    expect(diagnostic.message).not.toMatch(/expected [a-z]+[A-Z]/);
    expect(render(diagnostic, [source])).toContain(`[${diagnostic.code}]`);
  }
  walk(file, (node) => {
    expect(node.span.start).toBeLessThanOrEqual(node.span.end);
    expect(node.span.end).toBeLessThanOrEqual(text.length);
  });
  if (diagnostics.length > 0) expect(format(text).text).toBe(text);
}

const words =
  'problem method compare solve data param var let minimize subject to { } ( ) [ ] , ; : = == <- <= < ~ .. + - * / ^ \' " # ## in for where if then else repeat sum forall x y 1 2.5 "a" end over \n'.split(
    ' ',
  );

/** A text with a few pieces deleted, doubled, replaced or swapped. */
const mutated: Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.integer({ min: 0, max: 12 }),
        kind: fc.constantFrom('delete', 'double', 'insert', 'move', 'junk'),
        word: fc.constantFrom(...words),
        junk: fc.string({ unit: 'binary', maxLength: 4 }),
        to: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .map(([text, edits]) => {
    let out = text;
    for (const { at, length, kind, word, junk, to } of edits) {
      const start = Math.floor(at * out.length);
      const piece = out.slice(start, start + length);
      const before = out.slice(0, start);
      const after = out.slice(start + length);
      if (kind === 'delete') out = before + after;
      if (kind === 'double') out = before + piece + piece + after;
      if (kind === 'insert') out = `${before} ${word} ${piece}${after}`;
      if (kind === 'junk') out = before + junk + after;
      if (kind === 'move') {
        const rest = before + after;
        const target = Math.floor(to * rest.length);
        out = rest.slice(0, target) + piece + rest.slice(target);
      }
    }
    return out;
  });

describe('robustness', () => {
  test('mutated programs', () => {
    fc.assert(fc.property(mutated, survives), { numRuns: runs });
  });

  test('random words', () => {
    const text = fc
      .array(fc.constantFrom(...words), { maxLength: 80 })
      .map((list) => list.join(' '));
    fc.assert(fc.property(text, survives), { numRuns: runs });
  });

  test('random words in a problem and in a method', () => {
    const text = fc
      .array(fc.constantFrom(...words), { maxLength: 40 })
      .map((list) => list.join(' '));
    fc.assert(
      fc.property(text, (inner) => {
        survives(`problem p {\n${inner}\n}\n`);
        survives(`method m for { minimize f(x) over x } {\n${inner}\n}\n`);
        survives(`problem p { subject to {\n${inner}\n} }\n`);
        survives(`compare of p {\n${inner}\n}\n`);
      }),
      { numRuns: runs / 2 },
    );
  });

  test('random characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), {
      numRuns: runs,
    });
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { source, diagnostics } = readSource(0, 'bytes.opt', bytes);
        if (diagnostics.length === 0) survives(source.text);
        else expect(diagnostics.map((d) => d.code)).toEqual(['G042']);
      }),
      { numRuns: runs },
    );
  });

  test.each([
    ['(', 1e6],
    ['f(', 1e6],
    ['[', 1e6],
    ['{', 1e6],
    ['}', 1e6],
    [')', 1e6],
    ["'", 1e6],
    ['"', 1e6],
    ['/* ', 3e5],
    ['problem ', 3e5],
    ['problem a a ', 2e5],
    ['problem a {', 2e5],
    ['problem p {\n solve ', 1e5],
    ['var x : ', 3e5],
    ['a ', 1e6],
    ['sum((a, ', 3e5],
    ['sum(i in ', 3e5],
    ['x, ', 1e6],
    ['## a\n', 5e5],
    ['# a\n', 5e5],
    ['\n', 2e6],
    ['1..', 1e6],
    ['1.', 1e6],
    ['a.T', 1e6],
    ['é', 1e6],
    ['²', 1e6],
    ['\u{1F600}', 5e5],
  ])('%j again and again', (piece, times) => {
    const start = performance.now();
    const count = long ? times : times / 10;
    const source = makeSource(0, 'long.opt', piece.repeat(count));
    const { diagnostics } = parse(source);
    for (const diagnostic of diagnostics.slice(0, 5)) render(diagnostic, [source]);
    const inside = makeSource(0, 'long.opt', `problem p {\nlet a = ${piece.repeat(count)}`);
    parse(inside);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('comments anywhere are kept', () => {
    const places = (text: string): number[] =>
      parseable(text).flatMap((c, i) => (c === ' ' ? [i] : []));
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (text, ats, own) => {
          const blanks = places(text);
          const chosen = [...new Set(ats.map((at) => blanks[Math.floor(at * blanks.length)] ?? 0))];
          chosen.sort((a, b) => b - a);
          let out = text;
          chosen.forEach((at, i) => {
            out = `${out.slice(0, at)}${own ? '\n' : ''} # note ${i}\n${out.slice(at)}`;
          });
          const before = parseText(out);
          fc.pre(before.diagnostics.length === 0);
          const once = format(out);
          const after = parseText(once.text);
          expect(strip(after.file)).toEqual(strip(before.file));
          const notes = (list: typeof before.comments): string[] =>
            list.flatMap((c) => c.text.split(/(?=# note)/).map((t) => t.trim())).sort();
          expect(notes(after.comments)).toEqual(notes(before.comments));
          const twice = format(once.text);
          expect(twice.text).toBe(once.text);
        },
      ),
      { numRuns: runs },
    );
  });
});

/** The characters of a text, with those of comments and strings blotted out. */
function parseable(text: string): string[] {
  return [...text.replace(/"[^"\n]*"|#[^\n]*/g, (piece) => '_'.repeat(piece.length))];
}
