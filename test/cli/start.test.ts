// What a start of the built command runs: libraries for formats that no file has, and modules of Node that nobody asks for, would cost each start their time.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleStarter, commandScript } from '../../scripts/bundle-command.ts';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

/** Functions of modules are called after their files. */
const late =
  /fflate|hyparquet|papaparse|cli-table3|^runtime\/data\/(?:csv|npz|parquet)\.ts|commands\/(?!run\.ts)/;

const program = (data: string): string => `problem p {
  data b : real[2] ${data}
  var x : real[2]
  minimize sumsq(x - b)
}
`;

/** At its end the process tells whether it could start others. */
const tells =
  "data:text/javascript,process.on('exit',()=>console.error(process.moduleLoadList.includes('NativeModule child_process')))";

describe('a start of the built command', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'dotopt-test-'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(folder, 'b.csv'), 'b\n1\n2\n');
    writeFileSync(path.join(folder, 'dotopt.cjs'), await commandScript());
    await bundleStarter(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Started {
    /** Names of functions. */
    readonly ran: readonly string[];
    readonly out: string;
    readonly processes: boolean;
  }

  function started(text: string): Started {
    const file = path.join(folder, 'p.opt');
    const coverage = mkdtempSync(path.join(folder, 'coverage-'));
    writeFileSync(file, text);
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', tells, path.join(folder, 'dotopt.js'), 'run', file],
      {
        encoding: 'utf8',
        env: { ...process.env, NODE_V8_COVERAGE: coverage, NODE_DISABLE_COMPILE_CACHE: '1' },
      },
    );
    expect(status, stdout).toBe(0);
    const ran = readdirSync(coverage).flatMap((name) => {
      const { result }: Coverage = JSON.parse(readFileSync(path.join(coverage, name), 'utf8'));
      return result
        .filter(({ url }) => url.endsWith('dotopt.cjs'))
        .flatMap(({ functions }) => functions)
        .filter(({ ranges }) => ranges[0].count > 0)
        .map(({ functionName }) => functionName);
    });
    return { ran, out: stdout, processes: stderr.includes('true') };
  }

  it('runs no reader of files where none is read', { timeout: 60_000 }, () => {
    const { ran, out, processes } = started(program('= [1, 2]'));
    expect(out).toContain('optimal');
    expect(processes).toBe(false);
    expect(ran.some((name) => name.endsWith('commands/run.ts'))).toBe(true);
    expect(ran.filter((name) => late.test(name))).toEqual([]);
  });

  it('runs the reader of the format that is read', { timeout: 60_000 }, () => {
    const { ran } = started(program('from csv("b.csv", columns = "b")'));
    const readers = ran.filter((name) => late.test(name)).map((name) => path.basename(name));
    expect(readers).toContain('csv.ts');
    expect(readers).not.toContain('parquet.ts');
  });
});
