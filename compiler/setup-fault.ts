// What goes wrong before the first iteration: memory that cannot be had, an operation on data that fails.
import type { Diagnostic } from '../grammar/diagnostic.ts';
import type { Span } from '../grammar/span.ts';
import { MemoryFault, RuntimeFault } from '../runtime/fault.ts';
import { commandMessage } from './command-messages.ts';
import { runMessage } from './run-messages.ts';

/** The message of a fault; anything else is thrown on. */
export function setupFault(error: unknown, span: Span): Diagnostic {
  if (!(error instanceof RuntimeFault)) throw error;
  const what = error.message.replace(/\.$/, '');
  return error instanceof MemoryFault
    ? commandMessage('D029', span, { what })
    : runMessage('X003', span, { when: 'at the start', what });
}
