// Convex functions of groups of entries.
import type { Node } from '../../tensor/ir.ts';
import { conjugateLambdaMax } from '../conjugate/lambda-max.ts';
import { conjugateMax } from '../conjugate/max.ts';
import { conjugateNegativeLogdet } from '../conjugate/negative-logdet.ts';
import { conjugateNorm2 } from '../conjugate/norm2.ts';
import { conjugateNormInf } from '../conjugate/norm-inf.ts';
import { conjugateNuclear } from '../conjugate/nuclear.ts';
import { conjugateOperatorNorm } from '../conjugate/operator-norm.ts';
import { conjugateSumLargest } from '../conjugate/sum-largest.ts';
import { overRows, symmetric } from '../domains/rows.ts';
import { proxLambdaMax } from '../prox/lambda-max.ts';
import { proxMax } from '../prox/max.ts';
import { proxNegativeLogdet } from '../prox/negative-logdet.ts';
import { proxNorm2 } from '../prox/norm2.ts';
import { proxNormInf } from '../prox/norm-inf.ts';
import { proxNuclear } from '../prox/nuclear.ts';
import { proxOperatorNorm } from '../prox/operator-norm.ts';
import { proxSumLargest } from '../prox/sum-largest.ts';
import type { GroupAtom } from './atom.ts';
import { asRows } from './groups.ts';

export const norm2: GroupAtom = {
  kind: 'group',
  name: 'norm',
  value: (graph, x, axes) => graph.sqrt(graph.sum(graph.square(x), axes)),
  prox: proxNorm2,
  conjugate: conjugateNorm2,
};

export const normInf: GroupAtom = {
  kind: 'group',
  name: 'norm inf',
  value: (graph, x, axes) => graph.maxOver(graph.abs(x), axes),
  prox: proxNormInf,
  conjugate: conjugateNormInf,
};

export const largest: GroupAtom = {
  kind: 'group',
  name: 'max',
  value: (graph, x, axes) => graph.maxOver(x, axes),
  prox: proxMax,
  conjugate: conjugateMax,
};

export const sumLargest = (count: Node): GroupAtom => ({
  kind: 'group',
  name: 'sum_largest',
  value: (graph, x, axes) => {
    const { rows } = asRows(graph, x, axes);
    const axis = rows.type.shape.length - 1;
    const sorted = graph.sort(rows, axis, true);
    const place = graph.broadcastTo(graph.iota(rows.type.shape[axis]), rows.type.shape, [axis]);
    return graph.sum(graph.select(graph.lt(place, count), sorted, 0), [axis]);
  },
  prox: (graph, t, v, axes) => proxSumLargest(graph, t, v, axes, count),
  conjugate: (graph, weight, v, axes) => conjugateSumLargest(graph, weight, v, axes, count),
});

/** The sum of singular values of the matrices in the last two axes. */
export const nuclear: GroupAtom = {
  kind: 'group',
  name: 'nuclear norm',
  value: (graph, x) => overRows(graph, 'sum', graph.svd(x)[1]),
  prox: proxNuclear,
  conjugate: conjugateNuclear,
};

export const operatorNorm: GroupAtom = {
  kind: 'group',
  name: 'operator norm',
  value: (graph, x) => overRows(graph, 'max', graph.svd(x)[1]),
  prox: proxOperatorNorm,
  conjugate: conjugateOperatorNorm,
};

export const negativeLogdet: GroupAtom = {
  kind: 'group',
  name: '-logdet',
  value: (graph, x) => graph.neg(graph.logabsdet(x)[0]),
  prox: proxNegativeLogdet,
  conjugate: conjugateNegativeLogdet,
};

export const lambdaMax: GroupAtom = {
  kind: 'group',
  name: 'lambda_max',
  value: (graph, x) => overRows(graph, 'max', graph.eigh(symmetric(graph, x))[0]),
  prox: proxLambdaMax,
  conjugate: conjugateLambdaMax,
};
