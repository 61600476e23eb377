// `dotopt/node`: what the JavaScript API needs of Node to be as the command: files of the disk, read under the same rules, threads, and memory in large pages.
import path from 'node:path';
import type { HeapSettings } from '../choose-target.ts';
import type { Host } from '../host.ts';
import { fileHost } from './file-host.ts';
import { largePages } from './large-pages.ts';
import { accessFor, readNamed } from './project-files.ts';
import { threadPool, usualThreads } from './threads.ts';

export interface OpenedFile {
  readonly name: string;
  readonly text: Uint8Array;
  readonly host: Host;
}

/** A `.opt` file as input of `solve`, `compare` and `compile`. Throws where it cannot be read. */
export function openFile(
  file: string,
  options: { readonly allowRead?: readonly string[] } = {},
): OpenedFile {
  const full = path.resolve(file);
  const opened = readNamed(full, 64 * 2 ** 20);
  if (!opened.ok) throw new Error(opened.message);
  return {
    name: full,
    text: opened.bytes,
    host: fileHost(accessFor(opened.path, options.allowRead ?? [])),
  };
}

/** What runs in WebAssembly may use here, as options of `solve` and `compare`: `{ ...machine() }`. `threads`: how many in all; one for each core, at most 8, unless given. They
 * start when a large loop needs them, and do not keep the process alive. */
export function machine({ threads = usualThreads() }: { readonly threads?: number } = {}): Pick<
  HeapSettings,
  'threads' | 'largePages'
> {
  const pool = threadPool(threads);
  return { ...(pool === undefined ? {} : { threads: pool }), largePages: largePages() };
}
