// The command run inside the test, in a folder of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { palette } from '../../compiler/cli/io.ts';
import { main } from '../../compiler/cli/main.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  readonly folder: string;
  readonly write: (name: string, content: string | Uint8Array) => void;
  /** The words after `dotopt`, as a shell would split them. */
  readonly dotopt: (line: string) => Promise<Ran>;
  readonly remove: () => void;
}

export function place(files: Readonly<Record<string, string | Uint8Array>> = {}): Place {
  const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-cli-'));
  const write = (name: string, content: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return {
    folder,
    write,
    dotopt: async (line) => {
      let [out, err] = ['', ''];
      const code = await main(words(line), {
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        color: palette(false),
        errColor: palette(false),
        width: 80,
        interactive: false,
        cwd: folder,
      });
      return { code, out, err };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

const words = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

/** What differs between machines and runs: times, version, folders, hashes; of numbers the last digits. */
export const masked = (text: string, folder: string): string =>
  text
    .replaceAll(folder, 'FOLDER')
    .replace(/^ {2}time +.*(?:\n {15}.*)*/gm, '  time         TIMES')
    .replace(/ *\b\d[\d.]* (?:µs|ms|s)$/gm, ' TIME')
    .replace(/ +(time|–)$/gm, ' $1')
    .replace(/"version": "[^"]*"/g, '"version": "…"')
    .replace(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replace(/"lines": \d+/g, '"lines": LINES')
    .replace(/"seconds": \{[^}]*\}/g, '"seconds": TIMES')
    .replace(/\b\d+\.\d{8,}(?:e-\d+)?/g, (digits) => {
      const number = Number(digits);
      return number < 1e-12 ? 'TINY' : String(Number(number.toPrecision(7)));
    });
