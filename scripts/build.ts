// Builds dist/: plain JavaScript with declarations for `import`, one bundled executable that starts fast, and one module for pages.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { bundlePage } from './bundle-page.ts';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

execFileSync(process.execPath, [path.join(import.meta.dirname, 'library.ts')], {
  stdio: 'inherit',
});
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', path.join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
// `build --standalone` takes what it needs from the sources of the runtime.
cpSync(path.join(root, 'runtime'), path.join(dist, 'runtime-source'), {
  recursive: true,
  filter: (file) => !path.extname(file) || file.endsWith('.ts'),
});
/** Loaded only where they are needed, and large. */
const external = ['vega', 'vega-lite', 'highs', 'prettier', 'ts-morph'];
const cli = path.join(root, 'compiler', 'cli');

// One script for the whole command: its compiled code is kept as a whole between starts (compiler/cli/packed.ts). Modules that a command does not
// load are not run.
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
  define: { 'import.meta.url': '__url' },
  logLevel: 'warning',
});
writeFileSync(path.join(dist, 'dotopt.cjs'), asScript(made.outputFiles[0]?.text ?? ''));

await build({
  entryPoints: { dotopt: path.join(cli, 'packed.ts') },
  outdir: dist,
  bundle: true,
  minifySyntax: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
});
chmodSync(path.join(dist, 'dotopt.js'), 0o755);

await bundlePage(path.join(dist, 'page'));

/** A function of what a module has around it. Only ASCII, so that the text is read as it lies; `import()` goes through the executable, as a script has none. */
function asScript(code: string): string {
  const loads = new RegExp(`\\bimport\\((["'](?:${external.join('|')})["'])\\)`, 'g');
  const plain = code
    .replace(loads, '__import($1)')
    .replace(/[^\x00-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const body = `(function (require, module, __import, __url) { const exports = module.exports; ${plain}\n})`;
  return `// ${createHash('sha256').update(body).digest('hex').slice(0, 16)}\n${body}\n`;
}
