// The compiler and the runtime as one module for a page: nothing of Node in it.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = path.join(import.meta.dirname, '..');

/** HiGHS is written for pages and Node alike, and asks where it is: in a page. */
const inPage: Plugin = {
  name: 'in-page',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]highs\.mjs$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8')
        .replace(/var ENVIRONMENT_IS_NODE=[^;]*;/, '')
        .replaceAll('ENVIRONMENT_IS_NODE', 'false'),
    })),
};

/** Writes `dotopt.js`, and the solver that it loads from beside it when a problem needs that. A module of Node that is asked for is an error here. */
export async function bundlePage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { dotopt: path.join(root, 'compiler', 'page.ts') },
    outdir: folder,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    // Only reports draw charts.
    external: ['vega', 'vega-lite'],
    plugins: [inPage],
    logLevel: 'warning',
  });
  const { resolve } = createRequire(import.meta.url);
  copyFileSync(resolve('highs/runtime'), path.join(folder, 'highs.wasm'));
}

/** Writes `tfjs-core.js` and `tfjs-backend-webgpu.js`, which share one copy of tfjs, for a page whose import map names them; false where tfjs is not installed in `from`. */
export async function bundleTfjs(folder: string, from: string): Promise<boolean> {
  const { resolve } = createRequire(path.join(from, 'package.json'));
  const entryPoints: Record<string, string> = {};
  for (const name of ['tfjs-core', 'tfjs-backend-webgpu'])
    try {
      resolve(`@tensorflow/${name}`);
      entryPoints[name] = `@tensorflow/${name}`;
    } catch {
      return false;
    }
  await build({
    entryPoints,
    absWorkingDir: from,
    outdir: folder,
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    logLevel: 'warning',
  });
  return true;
}
