// The gallery, the examples and the code blocks of the reference: read, checked, lowered and explained.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectExplained } from './explained.ts';
import { openFile, openText, repo } from './program.ts';

const optFiles = (folder: string): readonly string[] =>
  readdirSync(join(repo, folder))
    .filter((file) => file.endsWith('.opt'))
    .map((file) => `${folder}/${file}`);

describe('files', () => {
  test.each([...optFiles('examples'), ...optFiles('examples/gallery')])('%s', (path) => {
    expectExplained(openFile(path));
  });
});

describe('the reference', () => {
  const page = readFileSync(join(repo, 'docs', 'language.md'), 'utf8');
  const blocks = [...page.matchAll(/```opt\n([\s\S]*?)```/g)].map((match) => match[1]);
  test('has code blocks', () => expect(blocks.length).toBeGreaterThanOrEqual(4));
  test.each(blocks.map((block, k) => [k + 1, block] as const))('block %i', (_, block) => {
    // The data of the first block stand beside the suites.
    expectExplained(openText(block, 'examples/suites/data/block.opt'));
  });
});
