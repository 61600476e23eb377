import type { Op } from '../../tensor/ir.ts';
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
import { binary, leaf, oracle, select, unary } from './elementwise.ts';
import { fixpoint, minimizer, root } from './implicit.ts';
import {
  cholesky,
  eigh,
  expm,
  leastSquares,
  logabsdet,
  qr,
  solve,
  svd,
  triangularSolve,
} from './linear-algebra.ts';
import { draw } from './random.ts';
import { cumulate, reduce, sort } from './reduction.ts';
import { cond, loop, whileLoop } from './region.ts';
import { zero, type JvpRule } from './rule.ts';

/** Every operation's tangent. */
export const jvpRules: { readonly [O in Op]: JvpRule<O> } = {
  input: leaf,
  parameter: leaf,
  constant: leaf,
  literal: leaf,
  size: leaf,
  iota: leaf,
  unary,
  binary,
  select,
  stop: zero,
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
  compress: zero,
  reduce,
  argreduce: zero,
  cumulate,
  sort,
  argsort: zero,
  contract,
  cholesky,
  triangularSolve,
  solve,
  leastSquares,
  qr,
  eigh,
  svd,
  logabsdet,
  expm,
  part: ({ attributes, args }, { tangents }) => [tangents(args[0])[attributes.index]],
  loop,
  while: whileLoop,
  cond,
  root,
  fixpoint,
  minimizer,
  draw,
  sample: zero,
};
