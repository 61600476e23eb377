// The package as others get it: packed, installed in an empty folder, run, imported with its types, used by prettier. Long: it installs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-package-'));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function run(command: string, args: readonly string[], cwd = folder) {
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, shell, encoding: 'utf8' });
  // npm may warn about the settings of the machine.
  return { status, stdout, stderr: stderr.replace(/^npm (warn|notice).*\n/gm, '') };
}

const problem = `problem line {
  data y : real[m] from csv("y.csv", columns = "y")
  var level : real
  minimize sumsq(level - y)
}
`;

const program = `import { compare, compile, solve, type Outcome } from 'dotopt';
import { machine, openFile } from 'dotopt/node';
import * as prettierPlugin from 'dotopt/prettier';
import { dense } from 'dotopt/runtime';

const solved = await solve(openFile('line.opt'), { tolerance: 1e-9, ...machine() });
if (!solved.ok) throw new Error(solved.text);
const [result] = solved.results;
const level: number | undefined = result?.solution[0]?.data[0];
const drawn = await solve('problem p { data A : real[2, 2]  var x : real[2]  minimize sumsq(A*x - 1) }', {
  data: { A: dense([2, 2], Float64Array.of(1, 0, 0, 2)) },
});
const wrong: Outcome<{ readonly results: readonly unknown[] }> = await solve('problem p {');
const compiled = await compile(openFile('line.opt'));
const compared = await compare('problem p { var x : real  minimize x^2 } compare of p { with lbfgs  stop when gap <= 1e-6 }');
console.log(JSON.stringify({
  status: result?.status,
  level,
  drawn: drawn.ok ? drawn.results[0]?.status : drawn.text,
  wrong: wrong.ok ? '' : wrong.text.slice(0, 11),
  code: compiled.ok && compiled.programs[0]?.code.includes('dotopt/runtime'),
  runs: compared.ok ? compared.comparisons[0]?.runs.length : compared.text,
  plugin: Object.keys(prettierPlugin.parsers),
}));
`;

describe('the package', () => {
  beforeAll(() => {
    if (!existsSync(path.join(root, 'dist', 'dotopt.js')))
      run(process.execPath, ['scripts/build.ts'], root);
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const installed = run('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`]);
    if (installed.status !== 0) throw new Error(installed.stderr);
    writeFileSync(path.join(folder, 'line.opt'), problem);
    writeFileSync(path.join(folder, 'y.csv'), 'y\n1\n2\n6\n');
    writeFileSync(path.join(folder, 'program.ts'), program);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('runs as a command', () => {
    const { status, stdout } = run('npx', ['dotopt', 'run', 'line.opt']);
    expect(stdout).toMatch(/^line +optimal +value 14\n/);
    expect(stdout).toContain('level = 3');
    expect(status).toBe(0);
  });

  it.each([
    ['check line.opt', 0],
    ['explain line.opt', 0],
    ['methods line.opt', 0],
    ['fmt --check line.opt', 0],
    ['doctor', 0],
    ['build line.opt --out .', 0],
    ['init mine', 0],
    ['compare mine.opt', 0],
    ['run gone.opt', 2],
  ])('%s', (line, code) => {
    const { status, stderr } = run('npx', ['dotopt', ...line.split(' ')]);
    expect([status, stderr]).toEqual([code, code === 0 ? '' : stderr]);
  });

  it('a built program runs with the installed runtime', () => {
    expect(run('npx', ['dotopt', 'build', 'line.opt', '--js', '--out', '.']).status).toBe(0);
    expect(run('node', ['line.js']).stdout).toMatch(/^line +optimal/);
  });

  it('is imported with its types, under strict', () => {
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      target: 'es2023',
      module: 'nodenext',
      types: [],
      outDir: 'out',
    };
    const config = { compilerOptions, files: ['program.ts'] };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const checked = run(process.execPath, [tsc, '-p', '.']);
    expect(checked.stdout).toBe('');
    const { stdout, stderr } = run('node', [path.join('out', 'program.js')]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      status: 'optimal',
      level: expect.closeTo(3, 6),
      drawn: 'optimal',
      wrong: 'error[G005]',
      code: true,
      runs: 1,
      plugin: ['opt'],
    });
  });

  it('prettier formats .opt files with it', () => {
    writeFileSync(path.join(folder, 'untidy.opt'), 'problem   p { var x:real\n minimize x^2 }\n');
    const args = ['prettier', '--plugin', 'dotopt/prettier', '--write', 'untidy.opt'];
    expect(run('npx', args)).toMatchObject({ status: 0 });
    const text = readFileSync(path.join(folder, 'untidy.opt'), 'utf8');
    expect(text).toBe('problem p { var x : real; minimize x^2 }\n');
    writeFileSync(path.join(folder, 'half.opt'), 'problem p {\n');
    const bad = run('npx', ['prettier', '--plugin', 'dotopt/prettier', '--check', 'half.opt']);
    expect(bad.status).toBe(2);
    expect(bad.stderr).toContain('G005');
  });
});
