// Every .opt file of the repo and every code block of the pages: formatting is idempotent and keeps the tree.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseText } from '../../grammar/parse.ts';
import { format } from '../../grammar/print/format.ts';
import { strip } from '../grammar/strip.ts';
import { repo } from './program.ts';

interface NamedText {
  readonly name: string;
  readonly text: string;
}

const read = (name: string): string => readFileSync(join(repo, name), 'utf8');

const below = (folder: string, extension: string): readonly string[] =>
  readdirSync(join(repo, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`);

const files = ['bench', 'docs', 'examples', 'runtime', 'test']
  .flatMap((folder) => below(folder, '.opt'))
  .map((name): NamedText => ({ name, text: read(name) }));

const pages = [
  ...readdirSync(repo).filter((name) => name.endsWith('.md')),
  ...below('docs', '.md'),
];

const blocks = pages.flatMap((name) =>
  [...read(name).matchAll(/```opt\n([\s\S]*?)```/g)].map((match, k): NamedText => ({
    name: `${name}, block ${k + 1}`,
    text: match[1],
  })),
);

const texts = [...files, ...blocks];

test('there are programs', () => {
  expect(files.length).toBeGreaterThan(200);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
});

describe.each([60, 110])('at %i columns', (printWidth) => {
  test.each(texts)('$name', ({ name, text }) => {
    const before = parseText(text);
    const once = format(text, { printWidth });
    if (before.diagnostics.length > 0) {
      // What cannot be read whole is left alone; only bad programs are such.
      expect(name).toMatch(/bad/);
      expect(once.text).toBe(text);
      return;
    }
    expect(once.diagnostics).toEqual([]);
    expect(strip(parseText(once.text).file)).toEqual(strip(before.file));
    expect(format(once.text, { printWidth }).text).toBe(once.text);
  });
});
