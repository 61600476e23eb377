import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { libraryFiles } from '../../compiler/library.ts';
import { parse } from '../../grammar/parse.ts';
import { makeSource } from '../../grammar/source.ts';
import { libraryModule } from '../../scripts/library-module.ts';

const root = path.join(import.meta.dirname, '..', '..');
const folder = path.join(root, 'runtime', 'methods');

it('compiler/library-trees.ts is up to date: npx node scripts/library.ts', () => {
  const kept = readFileSync(path.join(root, 'compiler', 'library-trees.ts'), 'utf8');
  expect(kept === libraryModule(folder)).toBe(true);
});

it('the kept trees are those of the texts', () => {
  libraryFiles().forEach(({ id, ast }, k) => {
    const text = readFileSync(path.join(folder, id), 'utf8');
    const fresh = parse(makeSource(1_000_000 + k, id, text)).file;
    expect(ast).toEqual(fresh);
  });
});
