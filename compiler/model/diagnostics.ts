// The list of messages while it grows: one for each code and place, and at most 1,000 errors.
import { isError, type Diagnostic } from '../../grammar/diagnostic.ts';
import { diagnose } from './messages.ts';

const mostErrors = 1000;

export interface Collector {
  readonly add: (diagnostic: Diagnostic) => void;
  readonly all: () => readonly Diagnostic[];
}

export function collector(): Collector {
  const list: Diagnostic[] = [];
  const seen = new Set<string>();
  let errors = 0;
  const add = (diagnostic: Diagnostic): void => {
    const { code, span } = diagnostic;
    const key = `${code} ${span.file} ${span.start} ${span.end}`;
    if (seen.has(key) || errors > mostErrors) return;
    seen.add(key);
    if (isError(diagnostic)) errors++;
    list.push(errors > mostErrors ? diagnose('M901', span, {}) : diagnostic);
  };
  return { add, all: () => list };
}
