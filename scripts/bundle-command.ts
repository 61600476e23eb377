// The whole command as one script. Modules that a command does not load are not run, nor what a few others need only now and then.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = path.join(import.meta.dirname, '..');
const cli = path.join(root, 'compiler', 'cli');

/** Loaded only where they are needed, and large. */
const external = ['vega', 'vega-lite', 'highs', 'prettier', 'ts-morph'];

/** Readers of data files: each with the library that knows its format. */
const readers = /^\.\/(?:csv|npz|parquet)\.ts$/;

/** A reader is run when a file of its format is first read. Imported plainly it would be run at each start. */
const readersOnDemand: Plugin = {
  name: 'readers-on-demand',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: readers }, ({ path: file, importer, resolveDir }) =>
      importer.endsWith(path.join('data', 'open.ts'))
        ? { path: path.relative(root, path.join(resolveDir, file)), namespace: 'on-demand' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path: name }) => {
      const file = path.join(root, name);
      const names = [...readFileSync(file, 'utf8').matchAll(/^export function (\w+)/gm)];
      const lines = names.map(
        ([, each]) =>
          `export const ${each} = (...args) => require(${JSON.stringify(file)}).${each}(...args);`,
      );
      return { contents: lines.join('\n'), resolveDir: path.dirname(file) };
    });
  },
};

/** Only a command with programs of its own, which ours are not, starts processes. */
const noProcesses: Plugin = {
  name: 'no-processes',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]commander[\\/]lib[\\/]command\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(
        "const childProcess = require('node:child_process');",
        "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };",
      ),
    })),
};

/** The text of the script, for `compiler/cli/packed.ts` to run. */
export async function commandScript(): Promise<string> {
  const made = await build({
    entryPoints: [path.join(cli, 'main.ts')],
    write: false,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external,
    plugins: [readersOnDemand, noProcesses],
    define: { 'import.meta.url': '__url' },
    logLevel: 'warning',
  });
  return asScript(made.outputFiles[0]?.text ?? '');
}

/** Writes `dotopt.js`, which runs the script beside it. */
export const bundleStarter = async (folder: string): Promise<unknown> =>
  build({
    entryPoints: { dotopt: path.join(cli, 'packed.ts') },
    outdir: folder,
    bundle: true,
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });

/** A function of what a module has around it. Only ASCII, so that the text is read as it lies; `import()` goes through the executable, as a script has none. */
function asScript(code: string): string {
  const loads = new RegExp(`\\bimport\\((["'](?:${external.join('|')})["'])\\)`, 'g');
  const plain = code
    .replace(loads, '__import($1)')
    .replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const body = `(function (require, module, __import, __url) { const exports = module.exports; ${plain}\n})`;
  return `// ${createHash('sha256').update(body).digest('hex').slice(0, 16)}\n${body}\n`;
}
