// What docs/api.md shows is what happens: each program is run, and prints what stands below it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs', 'api.md'), 'utf8');
const programs = [...page.matchAll(/^```ts\n(.*?)^```\n\nprints\n\n```\n(.*?)^```$/gms)];
const sources = { dotopt: 'compiler/index.ts', 'dotopt/node': 'compiler/cli/node.ts' };

const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-api-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is read as it is written', () => {
  expect(programs.length).toBe([...page.matchAll(/^```ts$/gm)].length);
  expect(programs.length).toBeGreaterThan(2);
});

describe('a program of docs/api.md', () => {
  it.each(programs.map(([, text, printed], k) => [k + 1, text, printed] as const))(
    '%i prints what it says',
    (k, text, printed) => {
      const file = path.join(folder, `${k}.ts`);
      const local = Object.entries(sources).reduce(
        (before, [name, source]) =>
          before.replace(`'${name}'`, `'${pathToFileURL(path.join(root, source)).href}'`),
        text,
      );
      writeFileSync(file, local);
      const { stdout, stderr } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      expect(stdout).toBe(printed);
    },
  );
});
