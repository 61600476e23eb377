// Convex functions of a number.
import type { Node } from '../../tensor/ir.ts';
import { conjugateEntropy } from '../conjugate/entropy.ts';
import { conjugateExponential } from '../conjugate/exponential.ts';
import { conjugateHuber } from '../conjugate/huber.ts';
import { conjugateNegativeLog } from '../conjugate/negative-log.ts';
import { conjugateNorm1 } from '../conjugate/norm1.ts';
import { conjugatePositivePart } from '../conjugate/positive-part.ts';
import { conjugateSoftplus } from '../conjugate/softplus.ts';
import { conjugateSquare } from '../conjugate/quadratic.ts';
import { proxEntropy } from '../prox/entropy.ts';
import { proxExponential } from '../prox/exponential.ts';
import { proxHuber } from '../prox/huber.ts';
import { proxNegativeLog } from '../prox/negative-log.ts';
import { proxNorm1 } from '../prox/norm1.ts';
import { proxPositivePart } from '../prox/positive-part.ts';
import { proxSoftplus } from '../prox/softplus.ts';
import type { ScalarAtom } from './atom.ts';

export const absolute: ScalarAtom = {
  kind: 'scalar',
  name: 'abs',
  value: (graph, x) => graph.abs(x),
  prox: proxNorm1,
  conjugate: conjugateNorm1,
};

export const positivePart: ScalarAtom = {
  kind: 'scalar',
  name: 'pos',
  value: (graph, x) => graph.max(x, 0),
  prox: proxPositivePart,
  conjugate: conjugatePositivePart,
};

/** x^2/2 */
export const halfSquare: ScalarAtom = {
  kind: 'scalar',
  name: 'square',
  value: (graph, x) => graph.mul(0.5, graph.square(x)),
  prox: (graph, t, v) => graph.div(v, graph.add(1, t)),
  conjugate: conjugateSquare,
};

export const softplus: ScalarAtom = {
  kind: 'scalar',
  name: 'softplus',
  value: (graph, x) => graph.softplus(x),
  prox: proxSoftplus,
  conjugate: conjugateSoftplus,
};

export const exponential: ScalarAtom = {
  kind: 'scalar',
  name: 'exp',
  value: (graph, x) => graph.exp(x),
  prox: proxExponential,
  conjugate: conjugateExponential,
};

/** x log x */
export const entropy: ScalarAtom = {
  kind: 'scalar',
  name: 'xlogx',
  value: (graph, x) => graph.xlogx(x),
  prox: proxEntropy,
  conjugate: conjugateEntropy,
};

export const negativeLog: ScalarAtom = {
  kind: 'scalar',
  name: '-log',
  value: (graph, x) => graph.neg(graph.log(x)),
  prox: proxNegativeLog,
  conjugate: conjugateNegativeLog,
};

/** x^2/2 up to d, then d(|x| - d/2). */
export const huber = (d: Node): ScalarAtom => ({
  kind: 'scalar',
  name: 'huber',
  value: (graph, x) => {
    const size = graph.abs(x);
    return graph.select(
      graph.le(size, d),
      graph.mul(0.5, graph.square(x)),
      graph.mul(d, graph.sub(size, graph.mul(0.5, d))),
    );
  },
  prox: (graph, t, v) => proxHuber(graph, t, v, d),
  conjugate: (graph, weight, v) => conjugateHuber(graph, weight, v, d),
});
