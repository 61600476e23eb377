// Runs the tests and ends with one plain line: `N passed, N failed`. `--long` adds the long suites; `--target wasm` runs what names no target
// there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-test-'));
const report = path.join(folder, 'report.json');
const args = process.argv.slice(2);
const long = args.includes('--long');
const at = args.indexOf('--target');
const target = at < 0 ? undefined : args[at + 1];
const own = (arg: string, k: number): boolean =>
  arg === '--long' || (at >= 0 && (k === at || k === at + 1));

const run = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args.filter((arg, k) => !own(arg, k)),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(long ? { DOTOPT_LONG: '1' } : {}),
      ...(target === undefined ? {} : { DOTOPT_TARGET: target }),
    },
  },
);

interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** What the machine lacks something for: each test says what as it goes. */
  readonly notRun: number;
}

function readSummary(): Summary {
  if (!existsSync(report)) return { passed: 0, failed: 1, notRun: 0 };
  const json: unknown = JSON.parse(readFileSync(report, 'utf8'));
  const read = (key: string): number =>
    typeof json === 'object' && json !== null && key in json ? Number(Reflect.get(json, key)) : 0;
  return {
    passed: read('numPassedTests'),
    failed:
      read('numFailedTests') +
      (read('numFailedTestSuites') > 0 && read('numFailedTests') === 0 ? 1 : 0),
    notRun: read('numPendingTests'),
  };
}

const { passed, failed, notRun } = readSummary();
rmSync(folder, { recursive: true, force: true });
if (notRun > 0) console.log(`not run: ${notRun}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = run.status === 0 && failed === 0 && passed > 0 ? 0 : 1;
