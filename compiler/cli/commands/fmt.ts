// `dotopt fmt`: prettier with our plugin, in place. A file with syntax errors is left alone and its errors are shown.
import path from 'node:path';
import { isError, type Diagnostic } from '../../../grammar/diagnostic.ts';
import { parse, readSource } from '../../../grammar/parse.ts';
import * as plugin from '../../../grammar/prettier.ts';
import type { Source } from '../../../grammar/source.ts';
import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { diagnosticJson, printDiagnostics } from '../print/diagnostics.ts';
import { envelope, toJson } from '../print/json.ts';
import { usageError } from '../print/usage.ts';
import { readNamed } from '../project-files.ts';
import { writeWhole } from '../write-whole.ts';

export interface FmtOptions {
  readonly check: boolean;
  readonly json: boolean;
}

/** What became of one file. */
type Outcome =
  | { readonly kind: 'unchanged' | 'formatted' | 'would change'; readonly source: Source }
  | {
      readonly kind: 'errors';
      readonly source: Source;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly kind: 'failed'; readonly message: string; readonly help: string | undefined };

const codes: { readonly [K in Outcome['kind']]: number } = {
  unchanged: exitCode.done,
  formatted: exitCode.done,
  'would change': exitCode.claim,
  errors: exitCode.source,
  failed: exitCode.usage,
};

export async function fmt(io: Io, files: readonly string[], options: FmtOptions): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const outcome = await formatOne(io, file, options.check);
    tell(io, file, outcome, options.json);
    outcomes.push(outcome);
  }
  if (options.json) {
    const sources = outcomes.flatMap((outcome) => ('source' in outcome ? [outcome.source] : []));
    const listed = outcomes.map((outcome, k) => outcomeJson(files[k], outcome));
    io.out(`${toJson({ ...envelope(sources, new Map()), files: listed })}\n`);
  }
  return Math.max(...outcomes.map(({ kind }) => codes[kind]));
}

async function formatOne(io: Io, file: string, checkOnly: boolean): Promise<Outcome> {
  const { format } = await import('prettier');
  const opened = readNamed(path.resolve(io.cwd, file), 5 * 2 ** 20, file);
  if (!opened.ok) return { kind: 'failed', message: opened.message, help: opened.help };
  const { source, diagnostics } = readSource(0, file, opened.bytes);
  const errors = [...diagnostics, ...parse(source).diagnostics].filter(isError);
  if (errors.length > 0) return { kind: 'errors', source, diagnostics: errors };
  const formatted = await format(source.text, {
    parser: 'opt',
    plugins: [plugin],
    printWidth: 110,
  });
  if (formatted === source.text) return { kind: 'unchanged', source };
  if (checkOnly) return { kind: 'would change', source };
  const failed = writeWhole(opened.path, formatted);
  if (failed === undefined) return { kind: 'formatted', source };
  return { kind: 'failed', message: `${file} cannot be written: ${failed}`, help: undefined };
}

function tell(io: Io, file: string, outcome: Outcome, json: boolean): void {
  switch (outcome.kind) {
    case 'unchanged':
      return;
    case 'formatted':
      if (!json) io.out(`${file}\n`);
      return;
    case 'would change':
      if (!json) io.out(`${file} would change\n`);
      return;
    case 'errors':
      printDiagnostics(io, outcome.diagnostics, [outcome.source]);
      return;
    case 'failed':
      usageError(io, outcome.message, outcome.help);
  }
}

function outcomeJson(file: string, outcome: Outcome): Record<string, unknown> {
  const { kind } = outcome;
  if (kind === 'errors') {
    const { diagnostics, source } = outcome;
    return {
      file,
      outcome: kind,
      diagnostics: diagnostics.map((d) => diagnosticJson(d, [source])),
    };
  }
  if (kind !== 'failed') return { file, outcome: kind };
  const { message, help } = outcome;
  return { file, outcome: kind, error: { message, help: help ?? null } };
}
