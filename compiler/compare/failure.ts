// Why a run failed, in a sentence with the expression and its place.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { position } from '../../grammar/source.ts';
import type { Span } from '../../grammar/span.ts';
import type { Failure } from '../../runtime/compare/comparison.ts';
import { RuntimeFault } from '../../runtime/fault.ts';
import type { StopReason } from '../../runtime/stop.ts';
import { librarySource } from '../library.ts';
import type { Session } from '../session.ts';
import { troubleOf } from '../trouble.ts';
import type { Specialised } from '../specialise.ts';

/** Undefined where the run ended in order. */
export function failureOf(
  session: Session,
  specialised: Specialised,
  reason: StopReason,
): Failure | undefined {
  if (reason.kind !== 'nonfinite' && reason.kind !== 'fault') return undefined;
  const trouble = troubleOf(session, specialised, reason);
  if (trouble === undefined) return undefined;
  return {
    kind: reason.kind,
    // The label stands before it already.
    text: `${trouble.message.replace(` of ${specialised.label},`, ',')}${placeText(session, trouble.span)}`,
    help: undefined,
  };
}

/** ` (barrier.opt:12)`. */
function placeText(session: Session, span: Span): string {
  const source = session.front.sources[span.file] ?? librarySource(span.file);
  return source === undefined ? '' : ` (${source.name}:${position(source, span.start).line})`;
}

/** The first error of a method that does not apply. */
export function mismatchFailure(diagnostics: readonly Diagnostic[]): Failure {
  const first = diagnostics.find(({ severity }) => severity === 'error') ?? diagnostics[0];
  return {
    kind: 'mismatch',
    text: first === undefined ? 'the method does not apply' : first.message,
    help: first?.help,
  };
}

/** What a run threw: an index out of bounds before its first iteration, say, or a fault of ours. */
export function thrownFailure(error: unknown): Failure {
  if (error instanceof RuntimeFault)
    return { kind: 'fault', text: error.message.replace(/\.$/, ''), help: undefined };
  const detail =
    error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
  return {
    kind: 'internal',
    text: `a fault of dotopt: ${detail.slice(0, 300)}`,
    help: 'please report it with the file and the command',
  };
}
