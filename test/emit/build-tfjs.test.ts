// `dotopt build --target tfjs`: the text of a small program, and that it gives what `run --target tfjs` gives.
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

// Arrays of 18,000 numbers are freed by lines of their own.
const network = `## A network of one layer on drawn points.
problem network {
  data X : real[600, 30] ~ normal(0, 1)
  data y : real[600] ~ normal(0, 1)
  var W : real[30, 30] start ~ normal(0, 0.2)
  var v : real[30] start ~ normal(0, 0.2)
  minimize sumsq(tanh(X*W)*v - y)/600 + 0.01*sumsq(W)
}
solve network with gradient_descent(step = 0.05) stop when iterations >= 20
`;

// It ends where 32 bits show no more change: slowly enough that the method itself does not.
const slow = `## The mean of four numbers, slowly.
problem slow {
  data b : real[4] = [1, 2, 0.5, 2]
  var x : real
  minimize sum([(x - b[i])^2 for i in 1..4])
}
solve slow with gradient_descent(step = 1e-12)
`;

const programs = { ridge, network, slow };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dotopt-build-tfjs-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [name, program] of Object.entries(programs))
    writeFileSync(path.join(folder, `${name}.opt`), program);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1', DOTOPT_TFJS: 'cpu' };
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
}
const dotopt = (...args: readonly string[]) =>
  node(path.join(root, 'compiler', 'cli', 'dotopt.ts'), ...args);

interface Result {
  readonly status: string;
  readonly value: number;
  readonly iterations: number;
  readonly stopped: { readonly text: string };
  readonly solution: Readonly<Record<string, number | readonly (number | readonly number[])[]>>;
}

/** The numbers printed as `name = [1  2  3]`, as many as there are. */
function printed(text: string, name: string): readonly number[] {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  const entries = /= \[?(.*?)(?:  … \d+ more)?\]?$/.exec(line ?? '')?.[1] ?? '';
  return entries.trim().split(/\s+/).map(Number);
}

it.each(Object.keys(programs))(
  'writes a readable program that gives the numbers of `run --target tfjs`: %s',
  async (name) => {
    const made = dotopt('build', `${name}.opt`, '--target', 'tfjs', '--out', `${name}.ts`);
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    const file = path.join(folder, `${name}.ts`);
    const text = readFileSync(file, 'utf8');
    await expect(text).toMatchFileSnapshot(`golden/${name}-tfjs.ts.txt`);
    writeFileSync(file, text.replaceAll("'dotopt/runtime'", `'${runtime}'`));
    const ran = node(`${name}.ts`);
    expect(ran.stderr).toBe('tfjs runs on cpu, in 32 bits\n');
    const there = dotopt('run', `${name}.opt`, '--target', 'tfjs', '--json');
    expect(ran.status).toBe(there.status);
    const result: Result = JSON.parse(there.stdout);
    expect(ran.stdout).toContain(`${name}   ${result.status}`);
    expect(ran.stdout).toContain(`\n${result.iterations} iterations in `);
    expect(ran.stdout).toContain(`: ${result.stopped.text}\n`);
    if (name === 'slow')
      expect(result.stopped.text).toBe('the value changes by no more than rounding');
    // As many digits as are printed: nine of the value, six of the entries.
    const value = Number(/ value (\S+)/.exec(ran.stdout)?.[1]);
    expect(Math.abs(value - result.value)).toBeLessThanOrEqual(1e-8 * Math.abs(result.value));
    for (const [variable, solution] of Object.entries(result.solution)) {
      const entries = [solution].flat(2);
      const found = printed(ran.stdout, variable);
      expect(found).toHaveLength(Math.min(entries.length, 100));
      for (const [k, entry] of found.entries())
        expect(Math.abs(entry - entries[k])).toBeLessThanOrEqual(1e-5 * Math.abs(entries[k]));
    }
  },
  60_000,
);

// Programs in which something turns out not to be needed after all; the long form takes the whole gallery.
const gallery = path.join(root, 'examples', 'gallery');
const built =
  process.env.DOTOPT_LONG === undefined
    ? ['rosenbrock_box.opt', 'kmeans_iris.opt']
    : readdirSync(gallery).filter((file) => file.endsWith('.opt'));

it.each(built)(
  'writes a program without type errors, or says why not: %s',
  (file) => {
    const made = dotopt('build', path.join(gallery, file), '--target', 'tfjs', '--out', 'built');
    expect(made.stderr).not.toContain('internal error');
    expect([0, 1]).toContain(made.status);
  },
  60_000,
);

it('refuses a tolerance that 32 bits do not meet, and the target wasm', () => {
  const fine = dotopt('build', 'ridge.opt', '--target', 'tfjs', '--tolerance', '1e-8');
  expect(fine.status).toBe(2);
  expect(fine.stderr).toContain('32-bit numbers do not meet --tolerance 1e-8; they meet 0.00001');
  const wasm = dotopt('build', 'ridge.opt', '--target', 'wasm');
  expect(wasm.status).toBe(2);
  expect(wasm.stderr).toContain('build writes programs for the targets ts and tfjs, not for wasm');
});
