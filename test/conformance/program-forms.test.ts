// Every form of sections 3 to 8 of the reference reads, checks, formats and explains; what needs no more than this version has also runs.
import { describe, expect, test } from 'vitest';
import { compare } from '../../compiler/index.ts';
import { domainTable } from '../../compiler/model/domains.ts';
import { isError } from '../../grammar/diagnostic.ts';
import { parseText } from '../../grammar/parse.ts';
import { format } from '../../grammar/print/format.ts';
import { reductions } from '../../compiler/reduce/reduce.ts';
import { strip } from '../grammar/strip.ts';
import { expectExplained } from './explained.ts';
import { openText, solve, solvesOf } from './program.ts';
import {
  comparedProblem,
  comparisonForms,
  programForms,
  type ProgramForm,
} from './program-forms.ts';

const limits = { seconds: 20, iterations: 3000 };

function expectFormatted(text: string): void {
  const once = format(text);
  expect(once.diagnostics).toEqual([]);
  expect(strip(parseText(once.text).file)).toEqual(strip(parseText(text).file));
  expect(format(once.text).text).toBe(once.text);
}

async function expectRun({ text, gives }: ProgramForm): Promise<void> {
  const program = openText(text);
  for (const each of solvesOf(program)) {
    const solved = await solve(program, each, { limits: each.stop === undefined ? limits : {} });
    if (typeof gives === 'string') {
      if (!solved.ok) throw new Error(solved.text);
      expect(solved.result.status, solved.result.certificate.notes.join(' ')).toBe(gives);
      continue;
    }
    if ('reaches' in gives) {
      if (!solved.ok) throw new Error(solved.text);
      expect(solved.result.status).toBe(gives.status);
      expect(solved.result.value).toBeCloseTo(gives.reaches, 5);
      continue;
    }
    if (solved.ok) throw new Error(`it ran: ${solved.result.method}, ${solved.result.status}`);
    const [error, ...more] = solved.diagnostics.filter(isError);
    expect(more).toEqual([]);
    expect(error.message).toMatch(gives.waits);
  }
}

describe.each(Object.entries(programForms))('%s', (_, forms) => {
  test.each(forms)('$form', async (form) => {
    expectExplained(openText(form.text));
    expectFormatted(form.text);
    await expectRun(form);
  });
});

describe('§7 comparisons', () => {
  test.each(comparisonForms)('$form', async ({ members }) => {
    const text = `${comparedProblem}\ncompare "forms" of p {\n${members}\n}`;
    expectFormatted(text);
    const outcome = await compare(text, members.includes('stop when') ? {} : { iterations: 60 });
    if (!outcome.ok) throw new Error(outcome.text);
    const [{ claims, runs }] = outcome.comparisons;
    expect(runs.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(claims.filter(({ holds }) => !holds)).toEqual([]);
  });
});

describe('the list is whole', () => {
  const all = Object.values(programForms).flat();
  test.each(Object.keys(domainTable))('domain %s', (name) => {
    expect(all.some(({ text }) => new RegExp(`\\bin ${name}\\b`).test(text))).toBe(true);
  });
  test.each(Object.keys(reductions))('reduction %s', (name) => {
    expect(all.some(({ text }) => new RegExp(`\\bvia ${name}\\b`).test(text))).toBe(true);
  });
});
