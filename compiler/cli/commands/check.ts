// `dotopt check`: all mistakes of each file, in one go.
import path from 'node:path';
import { isError } from '../../../grammar/diagnostic.ts';
import { checkProgram } from '../../check.ts';
import { exitCode } from '../exit.ts';
import { fileHost } from '../file-host.ts';
import type { Io } from '../io.ts';
import type { SharedOptions } from '../main.ts';
import { codeOfDiagnostics, shownName, sourceLimit } from '../open.ts';
import { diagnosticJson, printDiagnostics } from '../print/diagnostics.ts';
import { envelope, schemaVersion, hashOf, toJson } from '../print/json.ts';
import { usageError } from '../print/usage.ts';
import { accessFor, readNamed } from '../project-files.ts';
import { watching } from '../watch.ts';

type CheckOptions = Pick<SharedOptions, 'allowRead' | 'json' | 'watch'>;

export async function check(
  io: Io,
  files: readonly string[],
  options: CheckOptions,
): Promise<number> {
  return watching(io, options.watch, async (seen) => checkAll(io, files, options, seen));
}

type Seen = (file: string) => void;

function checkAll(io: Io, files: readonly string[], options: CheckOptions, seen: Seen): number {
  const results: Record<string, unknown>[] = [];
  let code: number = exitCode.done;
  for (const file of files) {
    const { found, json } = checkOne(io, file, options, seen);
    code = Math.max(code, found);
    results.push(json);
  }
  if (options.json) {
    const [only] = results;
    io.out(`${toJson(results.length === 1 ? only : { schema: schemaVersion, results })}\n`);
  }
  return code;
}

function checkOne(
  io: Io,
  file: string,
  options: CheckOptions,
  seen: Seen,
): { readonly found: number; readonly json: Record<string, unknown> } {
  const full = path.resolve(io.cwd, file);
  seen(full);
  const opened = readNamed(full, sourceLimit, file);
  if (!opened.ok) {
    const { message, help } = opened;
    const json = { ...envelope([], new Map()), file, error: { message, help: help ?? null } };
    return { found: usageError(io, message, help), json };
  }
  const hashes = new Map<string, string>();
  const access = accessFor(
    opened.path,
    options.allowRead.map((dir) => path.resolve(io.cwd, dir)),
  );
  const host = fileHost(access, (name, source) => {
    seen(name);
    if (options.json) hashes.set(shownName(io, name), hashOf(source));
  });
  const { sources, diagnostics } = checkProgram(full, opened.bytes, host, (name) =>
    shownName(io, name),
  );
  for (const { name } of sources) seen(path.resolve(io.cwd, name));
  if (!options.json) {
    printDiagnostics(io, diagnostics, sources);
    if (!diagnostics.some(isError)) io.out(`${io.color.good('ok')} ${file}\n`);
  }
  const listed = diagnostics.map((d) => diagnosticJson(d, sources));
  const json = options.json ? { ...envelope(sources, hashes), diagnostics: listed } : {};
  return { found: codeOfDiagnostics(diagnostics), json };
}
