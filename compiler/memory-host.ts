// Files that are given as texts or bytes by name: for programs, pages and tests.
import { sourceOfBytes } from '../runtime/data/byte-source.ts';
import { hostOver } from './host-over.ts';
import type { Host } from './host.ts';

/** Paths are relative to the file that names them, with `/`. */
export function memoryHost(files: Readonly<Record<string, string | Uint8Array>> = {}): Host {
  const encoder = new TextEncoder();
  return hostOver({
    resolve: joined,
    reason: String,
    open: (from, path) => {
      const name = joined(from, path);
      const found = Object.hasOwn(files, name) ? files[name] : undefined;
      if (found === undefined)
        return {
          ok: false,
          message: `There is no file ${JSON.stringify(path)}.`,
          help: 'Give it in `files`, or give a host that reads it.',
        };
      const bytes = typeof found === 'string' ? encoder.encode(found) : found;
      return { ok: true, source: sourceOfBytes(bytes) };
    },
  });
}

/** `a/b.opt` and `../c.csv` give `c.csv`. */
function joined(from: string, path: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
