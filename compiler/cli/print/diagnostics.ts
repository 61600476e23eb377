import { isError, type Diagnostic } from '../../../grammar/diagnostic.ts';
import { renderAll, type Colors } from '../../../grammar/render.ts';
import type { Source } from '../../../grammar/source.ts';
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
  io.err(`${renderAll(diagnostics, sources, options)}\n\n${summary(diagnostics)}\n`);
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
