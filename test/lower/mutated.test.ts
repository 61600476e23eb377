// Gallery programs with small changes that still check: both routes agree on them too.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { parseText } from '../../grammar/parse.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { compareProblem } from './compare.ts';
import { evaluated, galleryFolder } from './support.ts';

/** Problems that read no files: they are quick. */
const texts = readdirSync(galleryFolder)
  .filter((name) => name.endsWith('.opt'))
  .map((name) => readFileSync(join(galleryFolder, name), 'utf8'))
  .filter((text) => !/csv\(|start ~|E\([a-z]+ ~/.test(text))
  .map((text) => text.replace(/\n(method|compare|solve)\b[\s\S]*$/, ''));

const words = [
  '+',
  '-',
  '*',
  '/',
  '.*',
  '^',
  '1',
  '2',
  '0',
  'i',
  'j',
  '[',
  ']',
  ':',
  '2..3',
  'abs',
  'exp',
  "'",
  'mean',
  'i+1',
  'end',
  '-1',
  'sum',
  'max',
  'min',
  'prod',
  'sumsq',
  'norm',
  'pos',
  'sqrt',
  'softmax',
  '>',
  '<=',
  '==',
  'E',
  'std',
  'cumsum',
  'sort',
  'not',
  'and',
  'if i > 1 then 2 else i',
  'sigmoid',
  'huber',
  'tanh',
  'logsumexp',
  'sin',
];

const tokens = (text: string): string[] =>
  text.match(/[A-Za-z_]\w*|[0-9.]+(?:e-?\d+)?|"[^"]*"|\.\.|<=|>=|==|!=|\.[*/^+-]|\s+|./g) ?? [];

/** Linear congruential, the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function mutate(text: string, next: () => number): string {
  const list = tokens(text);
  const place = (): number => Math.floor(next() * list.length);
  for (let edits = 1 + Math.floor(next() * 2); edits > 0; edits--) {
    const word = words[Math.floor(next() * words.length)];
    const kind = next();
    if (kind < 0.25) list.splice(place(), 1);
    else if (kind < 0.7) list[place()] = word;
    else list.splice(place(), 0, word);
  }
  return list.join('');
}

test('mutated programs that check', () => {
  const next = chance(7);
  const rounds = process.env['DOTOPT_LONG'] === undefined ? 500 : 60_000;
  let compared = 0;
  for (let round = 0; round < rounds; round++) {
    const text = mutate(texts[Math.floor(next() * texts.length)], next);
    const { file, diagnostics } = parseText(text, 'mutated.opt');
    if (diagnostics.some(isError)) continue;
    const built = buildModel({ id: 'mutated.opt', ast: file });
    if (built.diagnostics.some(isError)) continue;
    for (const model of built.model.problems) {
      try {
        compareProblem(evaluated(model, galleryFolder), { goals: true });
        compared++;
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : ''}\n${text}`, {
          cause: error,
        });
      }
    }
  }
  expect(compared).toBeGreaterThan(30);
}, 3_600_000);
