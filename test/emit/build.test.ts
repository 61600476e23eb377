// `dotopt build`: programs written to a folder of their own, run there, held against `run`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..', '..');
const runtime = pathToFileURL(path.join(root, 'runtime', 'index.ts')).href;
const lasso = path.join(root, 'examples', 'lasso.opt');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dotopt-build-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function node(args: readonly string[], cwd: string): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

const dotopt = (...args: readonly string[]): Ran =>
  node([path.join(root, 'compiler', 'cli', 'dotopt.ts'), ...args], folder);

/** Builds into the folder; the program's text, its runtime the one of this repository. */
function built(name: string, source: string, ...options: readonly string[]): string {
  const target = path.join(folder, name);
  const made = dotopt('build', source, '--out', name, ...options);
  expect(made.err).toBe('');
  expect(made.code).toBe(0);
  const text = readFileSync(target, 'utf8').replaceAll("'dotopt/runtime'", `'${runtime}'`);
  writeFileSync(target, text);
  return text;
}

const write = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

/** Built and run once for all tests. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};
const lassoProgram = once(() => built('lasso.ts', lasso));
const lassoRun = once(() => {
  lassoProgram();
  return node(['lasso.ts'], folder);
});

/** The answer without its time. */
const timeless = ({ out }: Ran): string => out.replace(/ in [^:]*: /, ' in …: ');

function typeErrors(file: string): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [path.join(root, 'node_modules', '@types')],
  };
  const program = ts.createProgram([file], options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('build', () => {
  it('writes a lasso of fewer than 150 lines that gives the numbers of run', () => {
    // Counted beside its data: a long way to the file would break the line that names it.
    const printed = node(
      [path.join('compiler', 'cli', 'dotopt.ts'), 'build', 'examples/lasso.opt', '--stdout'],
      root,
    );
    expect(printed.out.split('\n').length - 1).toBeLessThan(150);
    lassoProgram();
    const ran = lassoRun();
    const { value, iterations, status, solution } = JSON.parse(dotopt('run', lasso, '--json').out);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(`lasso   ${status}   value ${value.toFixed(4)}`);
    expect(ran.out).toContain(`${iterations} iterations`);
    const shown = /x = \[(.*)\]/.exec(ran.out)?.[1].split('  ').map(Number) ?? [];
    expect(shown).toHaveLength(10);
    const exact: readonly number[] = Object.values(solution).flatMap((entry) =>
      Array.isArray(entry) ? entry : [],
    );
    shown.forEach((entry, k) => expect(entry).toBeCloseTo(exact[k], 2));
  });

  it('--standalone imports nothing of ours, with types and without', () => {
    const plain = lassoRun();
    const typed = built('alone.ts', lasso, '--standalone');
    expect(typed).not.toMatch(/from '(?!node:)/);
    expect(typeErrors(path.join(folder, 'alone.ts'))).toEqual([]);
    const ran = node(['alone.ts'], folder);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(timeless(ran)).toBe(timeless(plain));
    const bare = built('alone.mjs', lasso, '--standalone', '--js');
    expect(bare).not.toMatch(/from '(?!node:)|: Float64Array[,)]/);
    expect(timeless(node(['alone.mjs'], folder))).toBe(timeless(plain));
    rmSync(path.join(folder, 'alone.data.json'));
    const lost = node(['alone.mjs'], folder);
    expect(lost.code).toBe(2);
    expect(lost.err).toMatch(/^error: .*alone\.data\.json cannot be read \(ENOENT\)\n$/);
  });

  it('keeps small data in a program that stands alone', () => {
    write('points.csv', 'a,b\n1,2\n3,5\n4,4\n');
    const source = write(
      'line.opt',
      `problem line {
  data X : real[m, 2] from csv("points.csv")
  var w : real[2]
  minimize sumsq(X*w - 1) + 0.1*sumsq(w)
}
`,
    );
    const text = built('line.ts', source, '--standalone');
    expect(text).not.toContain('import');
    expect(text).toContain('Float64Array.of(1, 2, 3, 5, 4, 4)');
    expect(node(['line.ts'], folder).out).toMatch(/^line {3}optimal/);
  });

  it('leaves out what only a metric reads', () => {
    write('train.csv', '1,2\n3,4\n5,6\n');
    write('held.csv', '1,1\n2,5\n');
    const source = write(
      'held.opt',
      `problem held {
  param scale : real = 2
  param drawn : int = 3
  data A : real[m, n] from csv("train.csv")
  data B : real[k, n] from csv("held.csv")
  data noise : real[drawn] ~ normal(0, 1)
  data c : real[n] ~ normal(0, 1)
  var x : real[n]
  minimize sumsq(A*x - 1) + sum(c .* x)
  metric off = scale*sumsq(B*x - 1)
  metric noisy = sum(noise)
}
`,
    );
    const text = built('held.ts', source);
    expect(text).not.toMatch(/noise|scale/);
    const value = (ran: Ran): string | undefined => /value (\S+)/.exec(ran.out)?.[1];
    expect(value(node(['held.ts'], folder))).toBe(value(dotopt('run', source)));
  });

  it('stops where the solve says, with the exit code of run', () => {
    const source = write(
      'slow.opt',
      `problem slow {
  param curve : real > 0 = 100
  var x, y : real start 3
  minimize (x - 1)^2 + curve*(y - x)^2
}
solve slow with gradient_descent stop when iterations >= 7 or value <= 1e-9
`,
    );
    const text = built('slow.ts', source);
    const ran = node(['slow.ts'], folder);
    expect(ran.out).toContain('7 iterations');
    expect(ran.code).toBe(dotopt('run', source).code);
    expect(ran.code).toBe(5);
    built('short.ts', source, '--iterations', '3');
    expect(node(['short.ts'], folder).out).toContain('3 iterations');
    const wrong = text.replace(
      '  promise:',
      '  input: () => ({ params: { curve: -1 } }),\n  promise:',
    );
    writeFileSync(path.join(folder, 'wrong.ts'), wrong);
    const refused = node(['wrong.ts'], folder);
    expect([refused.code, refused.err]).toEqual([2, 'error: curve must be > 0\n']);
  });

  it('makes a sparse matrix of a choice, asked about more than once', () => {
    const source = write(
      'sparse.opt',
      `problem sparse {
        sparse data A : real[4, 6] = [if mod(i + j, 2) == 0 then sin(i + 2*j) else 0 for i in 1..4, j in 1..6]
        var x : real[6]
        minimize sumsq(A*x - 1)/2 + 0.1*norm(x, 1)
      }`,
    );
    expect(built('sparse.ts', source)).toMatch(/const A = compressRows\(\w+, 4, 6\)/);
    const ran = node([path.join(folder, 'sparse.ts')], folder);
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^sparse {3}optimal/);
  }, 30_000);

  it('says which target it writes no programs for', () => {
    const refused = dotopt('build', lasso, '--target', 'wasm', '--out', 'never.ts');
    expect([refused.code, refused.err]).toEqual([
      2,
      'error: build writes programs for the targets ts and tfjs, not for wasm\n  = help: `dotopt run --target wasm` runs there\n',
    ]);
  });

  it('writes into a folder unless a program is named', () => {
    expect(dotopt('build', lasso, '--out', 'here').code).toBe(0);
    expect(readFileSync(path.join(folder, 'here', 'lasso.ts'), 'utf8')).toContain('fista');
    expect(dotopt('build', lasso, '--out', 'x.ts', '--js').code).toBe(2);
  });
});
