import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes a file whole or not at all: beside its place first, then moved there. The folder is made where it is missing, the mode of a file
 * that is replaced is kept. The system's code where that failed, as `EACCES`.
 */
export function writeWhole(file: string, content: string | Uint8Array): string | undefined {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(beside, content, modeOf(file));
    renameSync(beside, file);
    return undefined;
  } catch (error) {
    discard(beside);
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
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
