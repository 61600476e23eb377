// Everything that must hold before a commit, but the tests: format, types, lint.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const binary = (name: string, file: string): string =>
  path.join(path.dirname(require.resolve(`${name}/package.json`)), file);

const steps = [
  {
    name: 'format',
    file: binary('prettier', 'bin/prettier.cjs'),
    args: ['--check', '--log-level=warn', '.'],
  },
  {
    name: 'types',
    file: binary('typescript', 'bin/tsc'),
    args: ['--noEmit', '-p', 'tsconfig.json'],
  },
  { name: 'lint', file: binary('eslint', 'bin/eslint.js'), args: ['--max-warnings=0', '.'] },
];

let failed = false;
for (const { name, file, args } of steps) {
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' });
  console.log(`${name}: ${status === 0 ? 'ok' : 'failed'}`);
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
