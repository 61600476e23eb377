// Observers look at a run and never steer it. One that throws is dropped; the run goes on.
import type { RunOutcome } from './run.ts';
import type { TraceRow } from './trace.ts';

export interface Observer {
  /** Called at each measured iteration. */
  readonly measured?: (row: TraceRow) => void;
  /** Called about every 50 ms with the iteration reached. */
  readonly tick?: (iteration: number, seconds: number) => void;
  readonly ended?: (outcome: RunOutcome) => void;
}

/** Calls observers; forgets those that fail. */
export function createNotifier(observers: readonly Observer[]) {
  const alive = new Set(observers);
  const each = (call: (observer: Observer) => void): void => {
    for (const observer of alive) {
      try {
        call(observer);
      } catch {
        alive.delete(observer);
      }
    }
  };
  return {
    measured: (row: TraceRow): void => each((o) => o.measured?.(row)),
    tick: (iteration: number, seconds: number): void => each((o) => o.tick?.(iteration, seconds)),
    ended: (outcome: RunOutcome): void => each((o) => o.ended?.(outcome)),
  };
}
