import { readFileSync } from 'node:fs';

/** The version of the package, from the nearest package.json above this file. */
export function programVersion(): string {
  for (const up of ['../package.json', '../../package.json', '../../../package.json']) {
    try {
      const json: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'));
      if (
        typeof json === 'object' &&
        json !== null &&
        'name' in json &&
        json.name === 'dotopt' &&
        'version' in json
      ) {
        return String(json.version);
      }
    } catch {
      continue;
    }
  }
  return 'unknown';
}
