// `dotopt fmt`: prettier with our plugin, in place. A file with syntax errors is left alone and its errors are shown.
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isError } from '../../../grammar/diagnostic.ts';
import { parse, readSource } from '../../../grammar/parse.ts';
import * as plugin from '../../../grammar/prettier.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { printDiagnostics } from '../print/diagnostics.ts';
import { usageError } from '../print/usage.ts';
import { openNamed } from '../project-files.ts';

export async function fmt(io: Io, files: readonly string[], checkOnly: boolean): Promise<number> {
  const { format } = await import('prettier');
  let code: number = exitCode.done;
  for (const file of files) {
    const opened = openNamed(path.resolve(io.cwd, file), 5 * 2 ** 20);
    if (!opened.ok) {
      code = Math.max(code, usageError(io, opened.message, opened.help));
      continue;
    }
    const { source, diagnostics } = readSource(0, file, opened.bytes);
    const errors = [...diagnostics, ...parse(source).diagnostics].filter(isError);
    if (errors.length > 0) {
      printDiagnostics(io, errors, [source]);
      code = Math.max(code, exitCode.source);
      continue;
    }
    const formatted = await format(source.text, {
      parser: 'opt',
      plugins: [plugin],
      printWidth: 110,
    });
    if (formatted === source.text) continue;
    io.out(checkOnly ? `${file} would change\n` : `${file}\n`);
    if (checkOnly) code = Math.max(code, exitCode.claim);
    else replaceFile(opened.path, formatted);
  }
  return code;
}

/** Written beside the file and then moved, so that a failure leaves the file as it was. */
function replaceFile(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text, { mode: statSync(file).mode });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
