// Every code of every table of messages is shown by a bad program with golden text, or by the test named here.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandMessages } from '../../compiler/command-messages.ts';
import { lowerMessages } from '../../compiler/lower/messages.ts';
import { matchMessages } from '../../compiler/match/messages.ts';
import { messages as modelMessages } from '../../compiler/model/messages.ts';
import { problemMessages } from '../../compiler/problem/messages.ts';
import { reduceMessages } from '../../compiler/reduce/messages.ts';
import { runMessages } from '../../compiler/run-messages.ts';
import { grammarMessages } from '../../grammar/index.ts';
import { dataFaultCodes } from '../../runtime/data/source.ts';
import { repo } from './program.ts';

/** Limits, which need texts too large to keep, and what only another stage can bring about. */
const elsewhere: Readonly<Record<string, string>> = {
  G040: 'test/grammar/limits.test.ts',
  G041: 'test/grammar/limits.test.ts',
  G042: 'test/grammar/limits.test.ts',
  G043: 'test/grammar/limits.test.ts',
  G044: 'test/grammar/limits.test.ts',
  G045: 'test/grammar/limits.test.ts',
  M901: 'test/model/problem.test.ts',
  M902: 'test/model/problem.test.ts',
  M903: 'test/model/problem.test.ts',
  C004: 'test/tfjs/step.test.ts',
  D029: 'test/cli/bad-memory.test.ts',
  X005: 'test/tfjs/device-program.test.ts',
};

const folder = join(repo, 'test', 'programs', 'bad');
const goldens = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const shown = new Set(
  goldens.flatMap((text) =>
    [...text.matchAll(/^(?:error|warning)\[([A-Z]\d{3})\]/gm)].map(([, code]) => code),
  ),
);

const codes = [
  ...[grammarMessages, modelMessages, problemMessages, lowerMessages, reduceMessages],
  ...[matchMessages, commandMessages, runMessages],
]
  .flatMap((table) => Object.keys(table))
  .concat(dataFaultCodes);

describe('diagnostic codes', () => {
  test('are many, and no two mean different things', () => {
    expect(codes.length).toBeGreaterThan(150);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('there are at least 120 bad programs', () => {
    expect(goldens.length).toBeGreaterThanOrEqual(120);
  });

  test.each(codes)('%s', (code) => {
    const place = elsewhere[code];
    if (place === undefined) expect(shown).toContain(code);
    else expect(readFileSync(join(repo, place), 'utf8')).toContain(code);
  });

  test('no golden shows a code that is in no table', () => {
    expect([...shown].filter((code) => !codes.includes(code))).toEqual([]);
  });
});
