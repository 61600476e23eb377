// Files that the command writes: only below --out, whole or not at all.
import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';
import { systemReason } from './system-reason.ts';

export type Written = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Writes `out/folder/name` by way of a temporary file, so that no half file is ever seen. */
export function writeOutput(
  out: string,
  folder: string,
  name: string,
  content: string | Uint8Array,
): Written {
  try {
    makeFolder(out);
    const root = realpathSync(out);
    const target = path.join(root, folder);
    makeFolder(target);
    if (!isBelow(root, realpathSync(target)))
      return { ok: false, message: `${target} leads out of ${out}; nothing is written there` };
    const file = path.join(target, name);
    const part = `${file}.part`;
    if (existsSync(part)) rmSync(part, { recursive: true });
    writeFileSync(part, content, { flag: 'wx' });
    renameSync(part, file);
    return { ok: true };
  } catch (error) {
    const place = path.join(out, folder, name);
    return { ok: false, message: `${place} cannot be written: ${systemReason(error)}` };
  }
}

const isBelow = (root: string, full: string): boolean => {
  const relative = path.relative(root, full);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
};

const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A title as the name of a folder: letters, digits, `-` and `_`; never empty, never a path. */
export function folderName(title: string): string {
  const plain = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const short = [...plain].slice(0, 60).join('').replace(/-+$/, '');
  if (short === '') return 'comparison';
  return reserved.test(short) ? `${short}-` : short;
}

/** Names for several titles, all different also where case does not count. */
export function folderNames(titles: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const base = folderName(title);
    let name = base;
    for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${base}-${k}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
