import { InternalError } from '../../tensor/internal-error.ts';
import type { LinearOp } from '../transpose/rule.ts';
import {
  broadcast,
  concat,
  cumulate,
  gather,
  pad,
  put,
  reduce,
  reshape,
  reverse,
  scatter,
  slice,
  transpose,
} from './arrangement.ts';
import { contract } from './contraction.ts';
import { binary, oracle, select, unary } from './elementwise.ts';
import { expm, leastSquares, solve, triangularSolve } from './linear-algebra.ts';
import { cond, loop, whileLoop } from './region.ts';
import type { BatchRule } from './rule.ts';

/** The batched form of every operation of a linear program. */
export const batchRules: { readonly [O in LinearOp]: BatchRule<O> } = {
  parameter: ({ attributes }) => {
    throw new InternalError(`parameter ${attributes.name} is not bound`);
  },
  unary,
  binary,
  select,
  oracle,
  broadcast,
  transpose,
  reshape,
  slice,
  pad,
  reverse,
  concat,
  gather,
  scatter,
  put,
  reduce,
  cumulate,
  contract,
  triangularSolve,
  solve,
  leastSquares,
  expm,
  part: ({ attributes, args }, { results }) => [results(args[0])[attributes.index]],
  loop,
  while: whileLoop,
  cond,
};
