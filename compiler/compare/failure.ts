// Why a run failed, in a sentence with the expression and its place.
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import { position } from '../../grammar/source.ts';
import type { Failure } from '../../runtime/compare/comparison.ts';
import type { StopReason } from '../../runtime/stop.ts';
import type { Session } from '../session.ts';
import type { Specialised } from '../specialise.ts';

/** Undefined where the run ended in order. */
export function failureOf(
  session: Session,
  specialised: Specialised,
  reason: StopReason,
): Failure | undefined {
  const place = (number: number | undefined): string =>
    number === undefined ? '' : placeText(session, specialised, number);
  switch (reason.kind) {
    case 'nonfinite': {
      const what = reason.value === 'nan' ? 'a NaN' : 'an infinity';
      const where = place(reason.place);
      return {
        kind: 'nonfinite',
        text: `${what} at iteration ${reason.iteration}${where === '' ? '' : `, first made by ${where}`}`,
        help: undefined,
      };
    }
    case 'fault': {
      const where = place(reason.place);
      return {
        kind: 'fault',
        text: `${reason.message.replace(/\.$/, '')}, at iteration ${reason.iteration}${where === '' ? '' : `, in ${where}`}`,
        help: undefined,
      };
    }
    case 'rule':
    case 'method':
    case 'iterations':
    case 'time':
    case 'stalled':
    case 'interrupted':
      return undefined;
  }
}

const longest = 60;

/** `` `log(x)` (barrier.opt:12) ``. */
function placeText(session: Session, { places }: Specialised, number: number): string {
  const span = places[number];
  const source = span === undefined ? undefined : session.front.sources[span.file];
  if (span === undefined || source === undefined) return '';
  const text = source.text.slice(span.start, span.end).replace(/\s+/g, ' ');
  return `\`${quote(text, longest)}\` (${source.name}:${position(source, span.start).line})`;
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

export function internalFailure(error: unknown): Failure {
  const detail =
    error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
  return {
    kind: 'internal',
    text: `a fault of dotopt: ${detail.slice(0, 300)}`,
    help: 'please report it with the file and the command',
  };
}
