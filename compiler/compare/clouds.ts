// Metrics with two columns at the end of a run: points in the plane, which the report draws.
import type { Cloud, PlanePoint } from '../../runtime/compare/comparison.ts';
import { RuntimeFault } from '../../runtime/fault.ts';
import type { Values } from '../../runtime/program.ts';
import { planarMetrics } from '../problem/metrics.ts';
import type { Session } from '../session.ts';
import { inputsOf } from '../tensor/visit.ts';

/** More would not be told apart. */
const most = 2000;

export function cloudsAt({ program, lowered }: Session, answer: Values): readonly Cloud[] {
  try {
    return planarMetrics(lowered.problem).map(({ name, node }): Cloud => {
      const { data } = program.measures.evaluate(`metric ${name}`, answer);
      const rows = Math.min(data.length / 2, most);
      return {
        name,
        fixed: inputsOf([node]).every(({ attributes }) => attributes.role !== 'variable'),
        points: Array.from({ length: rows }, (_, k): PlanePoint => [data[2 * k], data[2 * k + 1]]),
      };
    });
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    return [];
  }
}
