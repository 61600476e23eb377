// Programs with words exchanged, dropped and doubled, and plain bytes: read, checked, lowered, explained and formatted without a crash, in bounded time.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readProgram } from '../../compiler/front.ts';
import { fileHost } from '../../compiler/cli/file-host.ts';
import { accessFor } from '../../compiler/cli/project-files.ts';
import { lowerProblem } from '../../compiler/lower/problem.ts';
import { analyse } from '../../compiler/problem/analyse.ts';
import { explain } from '../../compiler/problem/explain.ts';
import { explainText } from '../../compiler/problem/explain-text.ts';
import { createGraph } from '../../compiler/tensor/graph.ts';
import { isError } from '../../grammar/diagnostic.ts';
import { format } from '../../grammar/print/format.ts';
import { renderAll } from '../../grammar/render.ts';
import { repo } from './program.ts';

const long = process.env.DOTOPT_LONG !== undefined;
const runs = long ? 20_000 : 150;
/** Generous: other work shares the machine. */
const patience = 10_000;

const texts = ['examples', 'examples/gallery', 'runtime/methods']
  .flatMap((folder) =>
    readdirSync(join(repo, folder))
      .filter((name) => name.endsWith('.opt'))
      .map((name) => ({ folder, text: readFileSync(join(repo, folder, name), 'utf8') })),
  )
  .map(({ folder, text }) => ({
    name: join(repo, folder, 'fuzz.opt'),
    words: text.match(/"[^"\n]*"|[\p{L}_][\p{L}\p{N}_]*|\d+|\s+|./gsu) ?? [],
  }));
const pool = [...new Set(texts.flatMap(({ words }) => words).filter((word) => word.trim() !== ''))];

interface Mutant {
  readonly name: string;
  readonly text: string;
}

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
    else if (kind === 'insert') list.splice(i, 0, ' ', word, ' ');
    else {
      const j = other % list.length;
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
  return list.join('');
}

const mutated = fc
  .tuple(fc.nat({ max: texts.length - 1 }), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([which, changes]): Mutant => ({
    name: texts[which].name,
    text: mutate(texts[which].words, changes),
  }));

/** One for all programs: each file of data is read once. */
const host = fileHost(accessFor(join(repo, 'examples/fuzz.opt'), []));

function survives(name: string, bytes: Uint8Array): void {
  const begun = performance.now();
  const front = readProgram(name, bytes, host, { readHeaders: true });
  const told = renderAll([...front.diagnostics], [...front.sources]);
  expect(told).not.toMatch(/\bundefined is|\[object |TypeError|RangeError|at .*\.ts:\d/);
  format(front.sources[0].text);
  if (!front.diagnostics.some(isError)) {
    for (const problem of front.model.problems) {
      const lowered = lowerProblem(problem, createGraph());
      renderAll([...lowered.diagnostics], [...front.sources]);
      if (lowered.diagnostics.some(isError)) continue;
      const explanation = explain(analyse(lowered.lowering.graph, lowered.problem), [
        ...front.sources,
      ]);
      expect(explainText(explanation, { width: 100 })).not.toMatch(/undefined|\[object/);
    }
  }
  expect(performance.now() - begun).toBeLessThan(patience);
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('mutated programs', () => {
  fc.assert(
    fc.property(mutated, ({ name, text }) => survives(name, encode(text))),
    { numRuns: runs },
  );
});

test('bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => survives('fuzz.opt', bytes)),
    { numRuns: runs },
  );
});

test('programs cut anywhere', () => {
  fc.assert(
    fc.property(mutated, fc.double({ min: 0, max: 1, noNaN: true }), ({ name, text }, share) =>
      survives(name, encode(text).slice(0, Math.floor(share * text.length))),
    ),
    { numRuns: runs },
  );
});
