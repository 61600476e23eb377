// Builds dist/: plain JavaScript with declarations for `import`, one bundled executable that starts fast, and one module for pages.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundleStarter, commandScript } from './bundle-command.ts';
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
// One script for the whole command: its compiled code is kept as a whole between starts (compiler/cli/packed.ts).
writeFileSync(path.join(dist, 'dotopt.cjs'), await commandScript());
await bundleStarter(dist);
chmodSync(path.join(dist, 'dotopt.js'), 0o755);

await bundlePage(path.join(dist, 'page'));
