// Programs that read well and fail later: in what they mean, their data, their options, the method, the run. What is said of each is golden text:
// `UPDATE=1 npx vitest run test/conformance/bad-runs` writes it anew; read the difference as the person who made the mistake.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { compile, solve, type Diagnostic, type SolveOptions } from '../../compiler/index.ts';
import { renderAll } from '../../grammar/render.ts';
import { makeSource } from '../../grammar/source.ts';
import { repo } from './program.ts';

const folder = join(repo, 'test', 'programs', 'bad', 'run');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.opt'))
  .map((file) => basename(file, '.opt'));

const files = Object.fromEntries(
  readdirSync(join(folder, 'data')).map((file) => [
    `data/${file}`,
    readFileSync(join(folder, 'data', file)),
  ]),
);

type BadOptions = Pick<SolveOptions, 'set' | 'data' | 'problem'> & {
  readonly command?: 'compile';
};

function optionsOf(name: string): BadOptions {
  const file = join(folder, `${name}.options.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

async function toldOf(name: string): Promise<string> {
  const text = readFileSync(join(folder, `${name}.opt`), 'utf8');
  const { command, ...options } = optionsOf(name);
  const input = { name: `${name}.opt`, text, files };
  const outcome =
    command === 'compile'
      ? await compile(input, options)
      : await solve(input, text.includes('stop when') ? options : { ...options, iterations: 500 });
  const shown = (diagnostics: readonly Diagnostic[]): string =>
    renderAll(diagnostics, [makeSource(0, `${name}.opt`, text)], { width: 110 });
  return `${outcome.ok ? shown(outcome.diagnostics) : outcome.text}\n`;
}

test.each(names)('%s', async (name) => {
  const golden = join(folder, `${name}.txt`);
  const told = await toldOf(name);
  if (process.env.UPDATE !== undefined || !existsSync(golden)) writeFileSync(golden, told);
  expect(told).toBe(readFileSync(golden, 'utf8'));
  expect(told).toMatch(/^(error|warning)\[[A-Z]\d{3}\]/);
});
