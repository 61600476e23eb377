// The examples: each is certified as well as its class allows and reaches its known optimum.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectKnown, expectPromise } from './expect-known.ts';
import { openFile, repo, solve, solvesOf } from './program.ts';

const names = readdirSync(join(repo, 'examples')).filter((file) => file.endsWith('.opt'));

test('there are some', () => expect(names.length).toBeGreaterThan(10));

test.each(names)('%s', async (name) => {
  const program = openFile(`examples/${name}`);
  const solves = solvesOf(program);
  expect(solves.length).toBeGreaterThan(0);
  for (const each of solves) {
    const solved = await solve(program, each);
    if (!solved.ok) throw new Error(solved.text);
    const { known } = solved.session.program;
    expect(known.length).toBeGreaterThan(0);
    expectPromise(solved.result);
    expectKnown(solved.result, known);
  }
});
