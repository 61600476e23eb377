import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { grammarMessages, makeSource, parse, renderAll } from '../../grammar/index.ts';

// Golden errors: each bad program has its rendered diagnostics beside it. `UPDATE=1 npx vitest run test/grammar/bad`
// writes them anew.

const folder = join(import.meta.dirname, '..', 'programs', 'bad', 'grammar');
const programs = readdirSync(folder).filter((name) => name.endsWith('.opt'));

function rendered(name: string): string {
  const source = makeSource(0, name, readFileSync(join(folder, name), 'utf8'));
  return renderAll(parse(source).diagnostics, [source], { width: 110 }) + '\n';
}

describe('bad programs', () => {
  test.each(programs)('%s', (name) => {
    const golden = join(folder, basename(name, '.opt') + '.txt');
    const text = rendered(name);
    if (process.env['UPDATE'] !== undefined || !existsSync(golden)) writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
    expect(text).toMatch(/^error\[G\d{3}\]/);
  });

  test('there are at least 45', () => {
    expect(programs.length).toBeGreaterThanOrEqual(45);
  });

  test('every code is shown by a program or by the tests of the limits', () => {
    const texts = programs.map((name) => rendered(name)).join('\n');
    const limits = readFileSync(join(import.meta.dirname, 'limits.test.ts'), 'utf8');
    for (const code of Object.keys(grammarMessages))
      expect(texts.includes(`error[${code}]`) || limits.includes(`'${code}'`), code).toBe(true);
  });
});
