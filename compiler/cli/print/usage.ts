import { exitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { envelope, toJson } from './json.ts';

/** A mistake in how the command was called, or in a file it was given: told on standard error; the exit code 2. */
export function usageError(io: Io, message: string, help?: string): number {
  io.err(`${io.errColor.bad('error')}: ${message}\n`);
  if (help !== undefined) io.err(`  ${io.errColor.name('= help:')} ${help}\n`);
  return exitCode.usage;
}

/** The same for programs: one JSON object on standard output beside the message. */
export function usageErrorJson(
  io: Io,
  message: string,
  help: string | undefined,
  head: Readonly<Record<string, unknown>> = envelope([], new Map()),
): number {
  io.out(`${toJson({ ...head, error: { message, help: help ?? null } })}\n`);
  return usageError(io, message, help);
}
