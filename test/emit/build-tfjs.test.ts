// `dotopt build --target tfjs`: the text of a small program, and that it gives what `run --target tfjs` gives.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const runtime = pathToFileURL(path.join(root, 'runtime', 'index.ts')).href;

const ridge = `## Ridge regression on four rows.
problem ridge {
  data A : real[4, 2] = [[1, 2], [3, 1], [0, 1], [2, 2]]
  data b : real[4] = [1, 2, 0.5, 2]
  var x : real[2]
  minimize sumsq(A*x - b) / 8 + 0.05 * sumsq(x)
}
solve ridge with gradient_descent
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dotopt-build-tfjs-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'ridge.opt'), ridge);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1', DOTOPT_TFJS: 'cpu' };
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
}
const dotopt = (...args: readonly string[]) =>
  node(path.join(root, 'compiler', 'cli', 'dotopt.ts'), ...args);

it('writes a readable program that gives the numbers of `run --target tfjs`', async () => {
  const made = dotopt('build', 'ridge.opt', '--target', 'tfjs', '--out', 'ridge.ts');
  expect(made.stderr).toBe('');
  expect(made.status).toBe(0);
  const file = path.join(folder, 'ridge.ts');
  const text = readFileSync(file, 'utf8');
  await expect(text).toMatchFileSnapshot('golden/ridge-tfjs.ts.txt');
  writeFileSync(file, text.replaceAll("'dotopt/runtime'", `'${runtime}'`));
  const ran = node('ridge.ts');
  expect(ran.stderr).toBe('tfjs runs on cpu, in 32 bits\n');
  expect(ran.status).toBe(0);
  const there = dotopt('run', 'ridge.opt', '--target', 'tfjs', '--json');
  expect(there.status).toBe(0);
  const result: { status: string; iterations: number; solution: { x: { values: number[] } } } =
    JSON.parse(there.stdout);
  expect(ran.stdout).toContain(`ridge   ${result.status}`);
  expect(ran.stdout).toContain(`\n${result.iterations} iterations in `);
  const entries = /x = \[(.*)\]/.exec(ran.stdout)?.[1].trim().split(/\s+/).map(Number);
  expect(entries).toHaveLength(2);
});

it('refuses a tolerance that 32 bits do not meet, and the target wasm', () => {
  const fine = dotopt('build', 'ridge.opt', '--target', 'tfjs', '--tolerance', '1e-8');
  expect(fine.status).toBe(2);
  expect(fine.stderr).toContain('32-bit numbers do not meet --tolerance 1e-8; they meet 0.00001');
  const wasm = dotopt('build', 'ridge.opt', '--target', 'wasm');
  expect(wasm.status).toBe(2);
  expect(wasm.stderr).toContain('build writes programs for the targets ts and tfjs, not for wasm');
});
