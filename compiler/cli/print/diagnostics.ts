import { isError, type Diagnostic } from '../../../grammar/diagnostic.ts';
import { renderAll, type Colors } from '../../../grammar/render.ts';
import { position, type Source } from '../../../grammar/source.ts';
import type { Span } from '../../../grammar/span.ts';
import { librarySource } from '../../library.ts';
import type { Io, Palette } from '../io.ts';

export const messageColors = (c: Palette): Colors => ({
  error: c.bad,
  warning: c.warn,
  bold: c.strong,
  dim: c.soft,
  accent: c.name,
});

/** All messages on standard error, then how many there were. */
export function printDiagnostics(
  io: Io,
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
): void {
  if (diagnostics.length === 0) return;
  const options = { colors: messageColors(io.errColor), width: io.width };
  const all = withLibrary(diagnostics, sources);
  io.err(`${renderAll(diagnostics, all, options)}\n\n${summary(diagnostics)}\n`);
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length;
  const warnings = diagnostics.length - errors;
  return [counted(errors, 'error'), counted(warnings, 'warning')]
    .filter((text) => text !== '')
    .join(', ');
}

const counted = (n: number, what: string): string =>
  n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`;

/** Sources by the numbers that spans carry; messages may point into the library too. */
function withLibrary(
  diagnostics: readonly Diagnostic[],
  sources: readonly Source[],
): readonly Source[] {
  const all = [...sources];
  for (const { span, related } of diagnostics) {
    for (const { file } of [span, ...(related ?? []).map((other) => other.span)]) {
      const source = all[file] ?? librarySource(file);
      if (source !== undefined) all[file] = source;
    }
  }
  return all;
}

/** A message for programs: code, text, place, help. Lines and columns count from 1. */
export function diagnosticJson(
  diagnostic: Diagnostic,
  sources: readonly Source[],
): Record<string, unknown> {
  const all = withLibrary([diagnostic], sources);
  const place = ({ file, start, end }: Span): Record<string, unknown> => {
    const source = all[file];
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
