// All rules, in the order in which they are tried: what removes work first, what only reorders last.
import type { Op } from '../tensor/ir.ts';
import { comparisonRules, factorRules, neutralRules, powerRules, signRules } from './algebra.ts';
import { broadcastRules, joinRules, orderRules, sliceRules } from './arrangement.ts';
import { constantRules } from './constants.ts';
import { contractionRules } from './contraction.ts';
import { positionRules } from './positions.ts';
import { reductionRules } from './reduction.ts';
import { regionRules } from './regions.ts';
import type { AnyRule, Rule } from './rule.ts';
import { scalarRules } from './scalars.ts';
import { selectRules } from './select.ts';
import { stableRules } from './stable.ts';

export const allRules: readonly AnyRule[] = [
  ...constantRules,
  ...neutralRules,
  ...selectRules,
  ...orderRules,
  ...broadcastRules,
  ...sliceRules,
  ...positionRules,
  ...joinRules,
  ...stableRules,
  ...comparisonRules,
  ...signRules,
  ...powerRules,
  ...factorRules,
  ...scalarRules,
  ...reductionRules,
  ...contractionRules,
  ...regionRules,
];

const isFor =
  <O extends Op>(op: O) =>
  (rule: AnyRule): rule is Rule<O> & AnyRule =>
    rule.op === op;

const rulesFor = <O extends Op>(op: O): readonly Rule<O>[] => allRules.filter(isFor(op));

/** The rules for each operation. */
export const rulesByOp: { readonly [O in Op]: readonly Rule<O>[] } = {
  input: rulesFor('input'),
  parameter: rulesFor('parameter'),
  constant: rulesFor('constant'),
  literal: rulesFor('literal'),
  size: rulesFor('size'),
  iota: rulesFor('iota'),
  unary: rulesFor('unary'),
  binary: rulesFor('binary'),
  select: rulesFor('select'),
  stop: rulesFor('stop'),
  oracle: rulesFor('oracle'),
  broadcast: rulesFor('broadcast'),
  transpose: rulesFor('transpose'),
  reshape: rulesFor('reshape'),
  slice: rulesFor('slice'),
  pad: rulesFor('pad'),
  reverse: rulesFor('reverse'),
  concat: rulesFor('concat'),
  gather: rulesFor('gather'),
  scatter: rulesFor('scatter'),
  put: rulesFor('put'),
  compress: rulesFor('compress'),
  reduce: rulesFor('reduce'),
  argreduce: rulesFor('argreduce'),
  cumulate: rulesFor('cumulate'),
  sort: rulesFor('sort'),
  argsort: rulesFor('argsort'),
  contract: rulesFor('contract'),
  cholesky: rulesFor('cholesky'),
  triangularSolve: rulesFor('triangularSolve'),
  solve: rulesFor('solve'),
  leastSquares: rulesFor('leastSquares'),
  qr: rulesFor('qr'),
  eigh: rulesFor('eigh'),
  svd: rulesFor('svd'),
  logabsdet: rulesFor('logabsdet'),
  expm: rulesFor('expm'),
  part: rulesFor('part'),
  loop: rulesFor('loop'),
  while: rulesFor('while'),
  cond: rulesFor('cond'),
  root: rulesFor('root'),
  fixpoint: rulesFor('fixpoint'),
  minimizer: rulesFor('minimizer'),
  draw: rulesFor('draw'),
  sample: rulesFor('sample'),
};
