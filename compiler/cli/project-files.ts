// Which files a .opt file may read (language §9): regular files at relative paths inside the project, after resolving links,
// through no name that begins with a dot; more only with --allow-read.
import { existsSync, lstatSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import type { ByteSource } from '../../runtime/data/byte-source.ts';
import { sourceOfFile } from '../../runtime/data/read-source.ts';
import { systemReason } from './system-reason.ts';

export interface FileAccess {
  /** The project: the nearest folder above with a package.json or .git, else the file's own. */
  readonly root: string;
  readonly allowed: readonly string[];
}

interface Refused {
  readonly ok: false;
  readonly message: string;
  readonly help: string | undefined;
}

/** A file that may be read. `path` has no links in it. */
export type Opened =
  { readonly ok: true; readonly path: string; readonly source: ByteSource } | Refused;

export type OpenedWhole =
  { readonly ok: true; readonly path: string; readonly bytes: Uint8Array } | Refused;

export function accessFor(file: string, allowRead: readonly string[]): FileAccess {
  const folder = path.dirname(realOr(path.resolve(file)));
  return { root: projectRoot(folder), allowed: allowRead.map((dir) => realOr(path.resolve(dir))) };
}

/** Opens `target`, named by the source file `from`. */
export function openFor(access: FileAccess, from: string, target: string): Opened {
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
  if (!exists(full)) return refuse('There is no such file.', nearby(full));
  const real = realOr(full);
  if (!isAllowed(access, real)) {
    return refuse(
      'It lies outside the project, or behind a name that begins with a dot.',
      'Say --allow-read DIR to let the file be read.',
    );
  }
  return openRegular(real);
}

/** Opens a file that the person named on the command line, as `shown`: any regular file. */
export function openNamed(target: string, shown = target): Opened {
  const full = path.resolve(target);
  const opened: Opened = exists(full)
    ? openRegular(realOr(full))
    : { ok: false, message: 'There is no such file.', help: nearby(full) };
  return opened.ok ? opened : { ...opened, message: `${quotePath(shown)}: ${opened.message}` };
}

/** The same, read as a whole. `limit` in bytes. */
export function readNamed(target: string, limit: number, shown = target): OpenedWhole {
  const opened = openNamed(target, shown);
  if (!opened.ok) return opened;
  const { source } = opened;
  const refuse = (message: string): Refused => ({
    ok: false,
    message: `${quotePath(shown)}: ${message}`,
    help: undefined,
  });
  if (source.size > limit)
    return refuse(`The file has ${source.size} bytes; the limit is ${limit}.`);
  try {
    return { ok: true, path: opened.path, bytes: source.read(0, source.size) };
  } catch (error) {
    return refuse(`The file cannot be read: ${systemReason(error)}.`);
  }
}

function openRegular(real: string): Opened {
  const refuse = (message: string): Opened => ({ ok: false, message, help: undefined });
  try {
    const stat = statSync(real);
    if (!stat.isFile()) return refuse(`This is ${kindOf(stat)}, not a file.`);
    return { ok: true, path: real, source: sourceOfFile(real, stat.size) };
  } catch (error) {
    return refuse(`The file cannot be read: ${systemReason(error)}.`);
  }
}

const kindOf = (stat: Stats): string =>
  stat.isDirectory() ? 'a folder' : stat.isFIFO() ? 'a pipe' : 'a device';

/** Also of a link that leads nowhere, which then says why it cannot be read. */
const exists = (file: string): boolean =>
  existsSync(file) || lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;

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

/** A path as messages show it: quoted only where it needs to be, its end where it is long. */
function quotePath(text: string): string {
  const shown = text.length > 120 ? `…${text.slice(-119)}` : text;
  return /^[\w./\\:~+…-]+$/.test(shown) ? shown : JSON.stringify(shown);
}

/** A file of nearly this name, or the folder that is missing. */
function nearby(full: string): string | undefined {
  const folder = path.dirname(full);
  if (!existsSync(folder)) return `there is no folder ${quotePath(folder)} either`;
  const alike = namesIn(folder).filter((name) => path.extname(name) === path.extname(full));
  const guess = didYouMean(path.basename(full), alike);
  return guess === undefined ? undefined : `did you mean ${quotePath(guess)}?`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
