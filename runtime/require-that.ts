import { RuntimeFault } from './fault.ts';

/** What must hold of data and params before the first iteration. */
export function requireThat(holds: boolean, message: string): void {
  if (!holds) throw new RuntimeFault(message);
}
