import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';
import { systemReason } from './system-reason.ts';

/**
 * Writes a file whole or not at all: beside its place first, then moved there. The folder is made where it is missing, the mode of a file
 * that is replaced is kept. The system's reason where that failed.
 */
export function writeWhole(file: string, content: string | Uint8Array): string | undefined {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(path.dirname(file));
    writeFileSync(beside, content, modeOf(file));
    renameSync(beside, file);
    return undefined;
  } catch (error) {
    discard(beside);
    return systemReason(error);
  }
}

function modeOf(file: string): { readonly mode?: number } {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? {} : { mode: stat.mode };
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It was never made.
  }
}
