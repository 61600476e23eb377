import {
  broadcast,
  concat,
  gather,
  pad,
  put,
  reshape,
  reverse,
  scatter,
  slice,
  transpose,
} from './arrangement.ts';
import { contract } from './contraction.ts';
import { binary, oracle, select, unary } from './elementwise.ts';
import { expm, leastSquares, solve, triangularSolve } from './linear-algebra.ts';
import { cumulate, reduce } from './reduction.ts';
import { cond, loop, part, whileLoop } from './region.ts';
import type { LinearOp, TransposeRule } from './rule.ts';

/** The transpose of every operation of a linear program. */
export const transposeRules: { readonly [O in LinearOp]: TransposeRule<O> } = {
  // A leaf, or the state of a loop: the cotangent has arrived.
  parameter: () => {},
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
  part,
  loop,
  while: whileLoop,
  cond,
};
