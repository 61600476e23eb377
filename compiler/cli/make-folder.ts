import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Makes a folder and those above it. Not by `recursive`: below /proc Node never returns from that. */
export function makeFolder(folder: string): void {
  const full = path.resolve(folder);
  if (existsSync(full)) return;
  makeFolder(path.dirname(full));
  try {
    mkdirSync(full);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!existsSync(full)) throw error;
  }
}
