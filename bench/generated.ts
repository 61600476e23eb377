// Mean losses over the rows of a matrix, in the language, compiled as `run` would.
import type { TargetName } from '../compiler/choose-target.ts';
import type { ProgramModule } from '../compiler/instantiate.ts';
import type { Storage } from '../compiler/tensor/ir.ts';
import { oracleProgram, type Order } from './oracle.ts';

/** Losses of row i. */
const losses = {
  logistic: 'softplus(-b[i]*(A[i, :]*x))',
  'least squares': '(A[i, :]*x - b[i])^2 / 2',
  poisson: 'exp(A[i, :]*x) - b[i]*(A[i, :]*x)',
} as const;

export type Loss = keyof typeof losses;

export const lossNames: readonly Loss[] = ['logistic', 'least squares', 'poisson'];

/** One step is one value and gradient of a mean loss: x becomes the gradient. */
export const lossProgram = (
  loss: Loss,
  target: TargetName,
  storage: Storage = 'dense',
  order: Order = 'gradient',
): ProgramModule =>
  oracleProgram(
    `problem ${loss.replace(' ', '_')} {
  ${storage === 'csr' ? 'sparse ' : ''}data A : real[m, n]
  data b : real[m]
  var x : real[n] start full(0.01, n)
  minimize (sum(i in 1..m) (${losses[loss]}))/m
}`,
    target,
    order,
  );

/** Cross entropy of `classes` classes; b holds the classes, from 1. */
export const softmaxProgram = (target: TargetName, classes: number): ProgramModule =>
  oracleProgram(
    `problem softmax {
  data A : real[m, n]
  data b : int[m]
  data Y : real[m, ${classes}] = [if b[i] == k then 1 else 0 for i in 1..m, k in 1..${classes}]
  var W : real[n, ${classes}] start full(0.01, n, ${classes})
  let Z = A*W
  minimize mean(logsumexp(Z, axis = 2) - sum(Z .* Y, axis = 2))
}`,
    target,
    'gradient',
  );

/** Reads A once: only its product with x, and one multiply-add a row. */
export const readProgram = (target: TargetName): ProgramModule =>
  oracleProgram(
    `problem read {
  data A : real[m, n]
  data b : real[m]
  var x : real[n] start full(0.01, n)
  minimize sumsq(A*x)
}`,
    target,
    'value',
  );

/** Products of square matrices: two of them a step. */
export const productsProgram = (target: TargetName): ProgramModule =>
  oracleProgram(
    `problem products {
  data A : real[n, n]
  var X : real[n, n] start A
  minimize sumsq(A*X)/2
}`,
    target,
    'gradient',
  );
