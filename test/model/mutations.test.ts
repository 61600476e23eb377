// Programs with words exchanged, dropped and doubled: never a crash, and nothing unknown where no error was told.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { parse } from '../../grammar/parse.ts';
import { makeSource } from '../../grammar/source.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { allNodes, expressionsOfCompare, expressionsOfProblem } from './expressions-of.ts';

const folder = new URL('../../examples/gallery/', import.meta.url);
const words = readdirSync(folder)
  .filter((f) => f.endsWith('.opt'))
  .map((f) => readFileSync(new URL(f, folder), 'utf8').match(/"[^"\n]*"|\w+|\s+|./gsu) ?? []);
const pool = [...new Set(words.flat().filter((w) => w.trim() !== ''))];

const change = fc.record({
  kind: fc.constantFrom('replace', 'drop', 'insert', 'swap'),
  at: fc.nat(),
  other: fc.nat(),
});

function mutate(
  program: readonly string[],
  changes: readonly { kind: string; at: number; other: number }[],
): string {
  const list = [...program];
  for (const { kind, at, other } of changes) {
    const i = at % list.length;
    const word = pool[other % pool.length];
    if (kind === 'replace') list[i] = word;
    else if (kind === 'drop') list.splice(i, 1);
    else if (kind === 'insert') list.splice(i, 0, word);
    else {
      const j = other % list.length;
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
  return list.join('');
}

const programs = fc
  .tuple(fc.nat({ max: words.length - 1 }), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([which, changes]) => mutate(words[which], changes));

describe('mutated programs', () => {
  it('neither crash nor leave unknowns without an error', () => {
    fc.assert(
      fc.property(programs, (text) => {
        const parsed = parse(makeSource(0, 'mutant.opt', text));
        const { model, diagnostics } = buildModel({ id: 'mutant', ast: parsed.file });
        if ([...parsed.diagnostics, ...diagnostics].some(isError)) return;
        const nodes = allNodes([
          ...model.problems.flatMap(expressionsOfProblem),
          ...model.compares.flatMap(expressionsOfCompare),
        ]);
        expect(nodes.filter((n) => n.type.element === 'unknown')).toEqual([]);
      }),
      { numRuns: process.env.DOTOPT_LONG === undefined ? 200 : 20_000 },
    );
  });
});
