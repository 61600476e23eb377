// `dotopt fmt`: prettier with our plugin, in place. A file with syntax errors is left alone and its errors are shown.
import path from 'node:path';
import { isError } from '../../../grammar/diagnostic.ts';
import { parse, readSource } from '../../../grammar/parse.ts';
import * as plugin from '../../../grammar/prettier.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { printDiagnostics } from '../print/diagnostics.ts';
import { usageError } from '../print/usage.ts';
import { openNamed } from '../project-files.ts';
import { writeWhole } from '../write-whole.ts';

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
    if (checkOnly) {
      io.out(`${file} would change\n`);
      code = Math.max(code, exitCode.claim);
      continue;
    }
    const failed = writeWhole(opened.path, formatted);
    if (failed === undefined) io.out(`${file}\n`);
    else code = Math.max(code, usageError(io, `${file} cannot be written (${failed})`));
  }
  return code;
}
