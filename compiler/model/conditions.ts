// Conditions that can be decided while the model is built: `ndim(w) == 2`.
import type { Shared } from './context.ts';
import { knownConstant } from './integers.ts';
import type { TypedExpression } from './types.ts';

/** True, false, or undefined where it depends on what only a run knows. */
export function decide(shared: Shared, e: TypedExpression): boolean | undefined {
  if (e.kind === 'bool') return e.value;
  if (e.kind !== 'elementwise') return undefined;
  const [first, second] = e.args;
  if (first === undefined) return undefined;
  switch (e.fn) {
    case 'not': {
      const a = decide(shared, first);
      return a === undefined ? undefined : !a;
    }
    case 'and':
    case 'or': {
      const a = decide(shared, first);
      const b = second === undefined ? undefined : decide(shared, second);
      const decisive = e.fn === 'or';
      if (a === decisive || b === decisive) return decisive;
      return a === undefined || b === undefined ? undefined : !decisive;
    }
    case 'equal':
    case 'notEqual':
    case 'less':
    case 'lessEqual':
    case 'greater':
    case 'greaterEqual': {
      const a = knownConstant(shared, first, false);
      const b = second === undefined ? undefined : knownConstant(shared, second, false);
      return a === undefined || b === undefined ? undefined : compareNumbers(e.fn, a, b);
    }
    default:
      return undefined;
  }
}

function compareNumbers(
  fn: 'equal' | 'notEqual' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual',
  a: number,
  b: number,
): boolean {
  switch (fn) {
    case 'equal':
      return a === b;
    case 'notEqual':
      return a !== b;
    case 'less':
      return a < b;
    case 'lessEqual':
      return a <= b;
    case 'greater':
      return a > b;
    case 'greaterEqual':
      return a >= b;
  }
}
