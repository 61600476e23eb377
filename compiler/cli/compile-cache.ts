// Compiled code kept between starts: Node 20 keeps none by itself. A file is a digest and what V8 made; V8 looks at its version, but not at every byte. Whatever
// goes wrong here only costs time.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const digestLength = 20;
const digestOf = (data: Uint8Array): Buffer => createHash('sha1').update(data).digest();

/** The user's own folder for things that can be made again. */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string,
): string {
  const { XDG_CACHE_HOME: given, LOCALAPPDATA: local } = environment;
  if (given !== undefined && path.isAbsolute(given)) return path.join(given, 'dotopt');
  if (platform === 'win32' && local !== undefined) return path.join(local, 'dotopt', 'cache');
  return platform === 'darwin'
    ? path.join(homedir(), 'Library', 'Caches', 'dotopt')
    : path.join(homedir(), '.cache', 'dotopt');
}

/** What was kept, if it is whole. */
export function readCompiled(file: string): Buffer | undefined {
  try {
    const kept = readFileSync(file);
    const data = kept.subarray(digestLength);
    return digestOf(data).equals(kept.subarray(0, digestLength)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps compiled code as `prefix` and `build`; that of other builds goes. */
export function writeCompiled(
  folder: string,
  prefix: string,
  build: string,
  compiled: () => Uint8Array,
): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const data = compiled();
    const file = path.join(folder, prefix + build);
    // Under another name first: nobody reads half a file.
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, Buffer.concat([digestOf(data), data]), { mode: 0o600 });
    renameSync(unfinished, file);
    for (const name of readdirSync(folder))
      if (name.startsWith(prefix) && name !== prefix + build) rmSync(path.join(folder, name));
  } catch {
    // The next start compiles again.
  }
}
