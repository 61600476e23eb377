// `dotopt check`: all mistakes of each file, in one go.
import { isError, type Diagnostic } from '../../../grammar/diagnostic.ts';
import { position } from '../../../grammar/source.ts';
import path from 'node:path';
import { checkProgram } from '../../check.ts';
import { exitCode } from '../exit.ts';
import { fileHost } from '../file-host.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { codeOfDiagnostics } from '../open.ts';
import { printDiagnostics } from '../print/diagnostics.ts';
import { envelope, toJson } from '../print/json.ts';
import { accessFor, openNamed } from '../project-files.ts';
import type { Source } from '../../../grammar/source.ts';
import { watching } from '../watch.ts';

type CheckOptions = Pick<SharedOptions, 'allowRead' | 'json' | 'watch'>;

export async function check(
  io: Io,
  files: readonly string[],
  options: CheckOptions,
): Promise<number> {
  return watching(
    io,
    options.watch,
    () => files,
    async () => checkAll(io, files, options),
  );
}

async function checkAll(io: Io, files: readonly string[], options: CheckOptions): Promise<number> {
  let code: number = exitCode.done;
  for (const file of files) {
    const full = path.resolve(io.cwd, file);
    const opened = openNamed(full, 64 * 2 ** 20);
    if (!opened.ok) {
      io.err(`${io.errColor.bad('error')}: ${opened.message}\n`);
      code = Math.max(code, exitCode.usage);
      continue;
    }
    const host = fileHost(accessFor(full, options.allowRead));
    const { sources, diagnostics } = checkProgram(full, opened.bytes, host, (name) =>
      shorten(io, name),
    );
    if (options.json)
      io.out(
        `${toJson({ ...envelope(sources.slice(0, 1), new Map()), diagnostics: diagnostics.map((d) => diagnosticJson(d, sources)) })}\n`,
      );
    else {
      printDiagnostics(io, diagnostics, sources);
      if (!diagnostics.some(isError)) io.out(`${io.color.good('ok')} ${file}\n`);
    }
    code = Math.max(code, codeOfDiagnostics(diagnostics));
  }
  return code;
}

const shorten = (io: Io, full: string): string => {
  const relative = path.relative(io.cwd, full);
  return relative.startsWith('..') ? full : relative;
};

function diagnosticJson(
  diagnostic: Diagnostic,
  sources: readonly Source[],
): Record<string, unknown> {
  const place = ({ file, start, end }: Diagnostic['span']): Record<string, unknown> => {
    const source = sources[file];
    return source === undefined
      ? {}
      : { file: source.name, start: position(source, start), end: position(source, end) };
  };
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    ...place(diagnostic.span),
    help: diagnostic.help ?? null,
    related: (diagnostic.related ?? []).map(({ span, message }) => ({ ...place(span), message })),
  };
}
