// `dotopt/node`: files of the disk for the JavaScript API, read under the same rules as the command's.
import path from 'node:path';
import type { Host } from '../host.ts';
import { fileHost } from './file-host.ts';
import { accessFor, readNamed } from './project-files.ts';

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
