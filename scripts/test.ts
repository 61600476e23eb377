// Runs the tests and ends with the failed ones, a line each, and one plain line: `N passed, N failed`. `--long` adds the long suites; `--target wasm` runs what
// names no target there.
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
  /** A line for each test, or file, that failed. */
  readonly failures: readonly string[];
}

function readSummary(): Summary {
  if (!existsSync(report))
    return { passed: 0, failed: 1, notRun: 0, failures: ['the tests left no report'] };
  const json: unknown = JSON.parse(readFileSync(report, 'utf8'));
  const files = list(json, 'testResults');
  const tests = files.flatMap((file) => list(file, 'assertionResults').map((test) => [file, test]));
  const failedTests = tests
    .filter(([, test]) => member(test, 'status') === 'failed')
    .map(([file, test]) =>
      failure(file, text(test, 'fullName'), text(list(test, 'failureMessages'), '0')),
    );
  // A file that cannot be read has no tests.
  const failedFiles = files
    .filter((file) => member(file, 'status') === 'failed')
    .filter(
      (file) => !list(file, 'assertionResults').some((test) => member(test, 'status') === 'failed'),
    )
    .map((file) => failure(file, 'the whole file', text(file, 'message')));
  const failures = [...failedTests, ...failedFiles];
  return {
    passed: Number(member(json, 'numPassedTests')),
    failed: failures.length,
    notRun: Number(member(json, 'numPendingTests')),
    failures,
  };
}

const failure = (file: unknown, name: string, message: string): string =>
  `failed: ${path.relative(root, text(file, 'name'))}: ${name}: ${firstLine(message)}`;

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').slice(0, 300);

const member = (x: unknown, name: string): unknown =>
  typeof x === 'object' && x !== null ? Reflect.get(x, name) : undefined;

function list(x: unknown, name: string): readonly unknown[] {
  const found = member(x, name);
  return Array.isArray(found) ? found : [];
}

const text = (x: unknown, name: string): string => String(member(x, name) ?? '');

const { passed, failed, notRun, failures } = readSummary();
rmSync(folder, { recursive: true, force: true });
for (const line of failures) console.log(line);
if (notRun > 0) console.log(`not run: ${notRun}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = run.status === 0 && failed === 0 && passed > 0 ? 0 : 1;
