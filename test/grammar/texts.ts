import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that must be read without a word: the gallery and the code blocks of the language page. */
const root = join(import.meta.dirname, '..', '..');
const gallery = join(root, 'examples', 'gallery');

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export function galleryTexts(): NamedText[] {
  return readdirSync(gallery)
    .filter((name) => name.endsWith('.opt'))
    .map((name) => ({ name, text: readFileSync(join(gallery, name), 'utf8') }));
}

export function languageBlocks(): NamedText[] {
  const page = readFileSync(join(root, 'docs', 'language.md'), 'utf8');
  return [...page.matchAll(/```opt\n([\s\S]*?)```/g)].map((match, i) => ({
    name: `language.md block ${i + 1}`,
    text: match[1] ?? '',
  }));
}

export function goodTexts(): NamedText[] {
  return [...galleryTexts(), ...languageBlocks()];
}
