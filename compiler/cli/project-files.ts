// Which files a .opt file may read (language §9): regular files at relative paths inside the project, after resolving links,
// through no name that begins with a dot; more only with --allow-read.
import { realpathSync, readFileSync, statSync, existsSync } from 'node:fs';
import path from 'node:path';

export interface FileAccess {
  /** The project: the nearest folder above with a package.json or .git, else the file's own. */
  readonly root: string;
  readonly allowed: readonly string[];
}

export type Opened =
  | { readonly ok: true; readonly path: string; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string; readonly help: string | undefined };

export function accessFor(file: string, allowRead: readonly string[]): FileAccess {
  const folder = path.dirname(realOr(path.resolve(file)));
  return { root: projectRoot(folder), allowed: allowRead.map((dir) => realOr(path.resolve(dir))) };
}

/** Opens `target`, named by the source file `from`. `limit` in bytes. */
export function openFor(access: FileAccess, from: string, target: string, limit: number): Opened {
  const refuse = (message: string, help?: string): Opened => ({ ok: false, message, help });
  if (/^[a-z][a-z0-9+.-]+:/i.test(target))
    return refuse(
      'A .opt file reads no URLs.',
      'Download the file and name it by a relative path.',
    );
  if (target.includes('\0')) return refuse('A path cannot hold a null character.');
  if (path.isAbsolute(target)) {
    return refuse(
      'A .opt file names files by relative paths.',
      'Write the path relative to the .opt file; --data NAME=FILE takes any path.',
    );
  }
  const full = path.resolve(path.dirname(from), target);
  if (!existsSync(full)) return refuse(`There is no file ${quotePath(target)}.`, nearby(full));
  const real = realOr(full);
  if (!isAllowed(access, real)) {
    return refuse(
      `${quotePath(target)} lies outside the project, or behind a name that begins with a dot.`,
      'Say --allow-read DIR to let the file be read.',
    );
  }
  return readRegular(real, target, limit);
}

/** Opens a file that the person named on the command line: any regular file. */
export function openNamed(target: string, limit: number): Opened {
  const full = path.resolve(target);
  if (!existsSync(full))
    return { ok: false, message: `There is no file ${quotePath(target)}.`, help: nearby(full) };
  return readRegular(realOr(full), target, limit);
}

function readRegular(real: string, shown: string, limit: number): Opened {
  try {
    const stat = statSync(real);
    if (!stat.isFile())
      return { ok: false, message: `${quotePath(shown)} is not a regular file.`, help: undefined };
    if (stat.size > limit) {
      return {
        ok: false,
        message: `${quotePath(shown)} has ${stat.size} bytes; the limit is ${limit}.`,
        help: undefined,
      };
    }
    return { ok: true, path: real, bytes: readFileSync(real) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { ok: false, message: `${quotePath(shown)} cannot be read (${code}).`, help: undefined };
  }
}

function isAllowed(access: FileAccess, real: string): boolean {
  if (access.allowed.some((dir) => inside(dir, real))) return true;
  if (!inside(access.root, real)) return false;
  return path
    .relative(access.root, real)
    .split(path.sep)
    .every((part) => !part.startsWith('.'));
}

function inside(dir: string, file: string): boolean {
  const relative = path.relative(dir, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

function projectRoot(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'package.json')) || existsSync(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return folder;
  }
}

function realOr(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

const quotePath = (text: string): string =>
  JSON.stringify(text.length > 120 ? `…${text.slice(-119)}` : text);

function nearby(full: string): string | undefined {
  const folder = path.dirname(full);
  return existsSync(folder) ? undefined : `There is no folder ${quotePath(folder)} either.`;
}
