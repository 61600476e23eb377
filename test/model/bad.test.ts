// Bad programs and what is said about them, as text. `npx vitest run test/model/bad.test.ts -u` writes the texts anew; read the difference.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { parse } from '../../grammar/parse.ts';
import { renderAll } from '../../grammar/render.ts';
import { makeSource, type Source } from '../../grammar/source.ts';
import { messages } from '../../compiler/model/messages.ts';
import { buildModel, type DataHeader, type ModelFile } from '../../compiler/model/model.ts';

const folder = new URL('../programs/bad/model/', import.meta.url);
const names = readdirSync(folder)
  .filter((f) => f.endsWith('.opt'))
  .map((f) => basename(f, '.opt'));

const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

function headersOf(name: string): ReadonlyMap<string, DataHeader> {
  const file = `${name}.headers.json`;
  if (!existsSync(new URL(file, folder))) return new Map();
  const shapes: Readonly<Record<string, readonly number[]>> = JSON.parse(read(file));
  return new Map(Object.entries(shapes).map(([key, shape]) => [key, { shape }]));
}

function check(name: string): { diagnostics: readonly Diagnostic[]; text: string } {
  const sources: Source[] = [];
  const found: Diagnostic[] = [];
  const load = (file: string): ModelFile => {
    const source = makeSource(sources.length, file, read(file));
    sources.push(source);
    const parsed = parse(source);
    found.push(...parsed.diagnostics);
    return { id: file, ast: parsed.file };
  };
  const main = load(`${name}.opt`);
  const { diagnostics } = buildModel(main, {
    headers: () => headersOf(name),
    resolveImport: (path) =>
      existsSync(new URL(path, folder))
        ? { file: load(path) }
        : { reason: 'there is no such file' },
  });
  const all = [...found, ...diagnostics];
  return { diagnostics: all, text: `${renderAll(all, sources)}\n` };
}

describe('bad programs', () => {
  it('are at least 60', () => expect(names.length).toBeGreaterThanOrEqual(60));
  it.each(names)('%s', async (name) => {
    await expect(check(name).text).toMatchFileSnapshot(`../programs/bad/model/${name}.txt`);
  });
  it('are read without a complaint of the grammar', () => {
    const codes = names.flatMap((n) => check(n).diagnostics.map((d) => `${n} ${d.code}`));
    expect(codes.filter((c) => / G/.test(c))).toEqual([]);
  });
  it('show every code', () => {
    const shown = new Set(names.flatMap((n) => check(n).diagnostics.map((d) => d.code)));
    const elsewhere = ['M610', 'M901', 'M902', 'M903'];
    expect(Object.keys(messages).filter((c) => !shown.has(c) && !elsewhere.includes(c))).toEqual(
      [],
    );
  });
});
