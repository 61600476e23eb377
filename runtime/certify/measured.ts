import { RuntimeFault } from '../fault.ts';
import type { MeasureProgram, Values } from '../program.ts';

/** A scalar measure; NaN where it cannot be taken (a singular matrix, say): then nothing is shown. */
export function measuredNumber(measures: MeasureProgram, name: string, point: Values): number {
  try {
    return measures.evaluate(name, point).data[0];
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return NaN;
  }
}
