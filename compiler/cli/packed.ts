#!/usr/bin/env node
// The executable of the package: runs the bundle beside it, with the code that an earlier start compiled. From the sources, `dotopt.ts` does the same plainly.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import path from 'node:path';
import { cacheFolder, readCompiled, writeCompiled } from './compile-cache.ts';

/** What `scripts/build.ts` wraps the bundle in. */
type Bundle = (
  require: NodeJS.Require,
  module: { exports: unknown },
  load: (name: string) => Promise<unknown>,
  url: string,
) => void;

type Main = (args: readonly string[]) => Promise<number>;

const isBundle = (value: unknown): value is Bundle => typeof value === 'function';

const hasMain = (value: unknown): value is { readonly main: Main } =>
  typeof value === 'object' && value !== null && 'main' in value;

/** Commands that compile much, each other parts. */
const kept: ReadonlySet<string> = new Set([
  'check',
  'run',
  'compare',
  'build',
  'explain',
  'methods',
]);

const args = process.argv.slice(2);
const filename = fileURLToPath(new URL('./dotopt.cjs', import.meta.url));
const text = readFileSync(filename, 'latin1');
// The first line is `// ` and a digest of all that follows.
const build = text.slice(3, text.indexOf('\n'));
const [command] = args;
const folder =
  kept.has(command) && process.env.NODE_DISABLE_COMPILE_CACHE === undefined
    ? cacheFolder(process.env, process.platform)
    : undefined;
const prefix = `${command}-${process.version}-${process.arch}-`;
const cachedData =
  folder === undefined ? undefined : readCompiled(path.join(folder, prefix + build));
const script = new Script(text, { filename, cachedData });

const bundle: unknown = script.runInThisContext();
const module: { exports: unknown } = { exports: {} };
if (isBundle(bundle))
  bundle(createRequire(import.meta.url), module, async (name) => import(name), import.meta.url);
if (hasMain(module.exports)) process.exitCode = await module.exports.main(args);

if (folder !== undefined && (cachedData === undefined || script.cachedDataRejected === true))
  writeCompiled(folder, prefix, build, () => script.createCachedData());
