// Builds dist/: plain JavaScript with declarations for `import`, and one bundled executable that starts fast.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

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
await build({
  entryPoints: { dotopt: path.join(root, 'compiler', 'cli', 'dotopt.ts') },
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Loaded only where they are needed, and large.
  external: ['vega', 'vega-lite', 'highs', 'prettier', 'ts-morph'],
  // What is CommonJS inside the bundle may still ask for node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
chmodSync(path.join(dist, 'dotopt.js'), 0o755);
