// Where a run of a comparison ends for want of anything else (language §7): 10⁵ iterations or 60 s, unless `stop when` bounds it.
import { defaultLimits, type Limits } from '../../runtime/run.ts';
import type { TypedExpression } from '../model/types.ts';

const unlimited: Limits = { iterations: Infinity, seconds: Infinity };

export function limitsFor(stop: TypedExpression | undefined, given: Partial<Limits>): Limits {
  const own = stop !== undefined && bounds(stop) ? unlimited : defaultLimits;
  return { ...own, ...given };
}

/** Whether the condition is sure to hold some time: one of its alternatives is `iterations >= k` or `time >= t`. */
export function bounds(stop: TypedExpression): boolean {
  if (stop.kind !== 'elementwise') return false;
  const { fn } = stop;
  const [left, right] = stop.args;
  if (fn === 'or') return bounds(left) || bounds(right);
  if (fn === 'and') return bounds(left) && bounds(right);
  if (fn === 'greater' || fn === 'greaterEqual') return isClock(left) && isFiniteNumber(right);
  if (fn === 'less' || fn === 'lessEqual') return isClock(right) && isFiniteNumber(left);
  return false;
}

const isFiniteNumber = (e: TypedExpression): boolean =>
  e.kind === 'number' && Number.isFinite(e.value);

const isClock = (e: TypedExpression): boolean =>
  e.kind === 'column' &&
  e.column.kind === 'measure' &&
  (e.column.name === 'iterations' || e.column.name === 'time');
