// What a node's tangent can come from. Counts, conditions, positions and all that is piecewise constant are left out, so that they are never
// differentiated: a draw without a derivative may choose a branch.
import type { BinaryFn, Node, NodeOf, Op, ReduceFn, UnaryFn } from '../../tensor/ir.ts';

type Operands<O extends Op> = (node: NodeOf<O>) => readonly Node[];

const flatUnary: ReadonlySet<UnaryFn> = new Set(['sign', 'floor', 'ceil', 'round', 'not', 'isnan']);
const flatBinary: ReadonlySet<BinaryFn> = new Set(['eq', 'ne', 'le', 'lt', 'and', 'or']);
const flatReduce: ReadonlySet<ReduceFn> = new Set(['any', 'all']);

const all: Operands<Op> = ({ args }) => args;
const none: Operands<Op> = () => [];
const afterFirst: Operands<Op> = ({ args }) => args.slice(1);
const first: Operands<Op> = ({ args }) => args.slice(0, 1);
const firstTwo: Operands<Op> = ({ args }) => args.slice(0, 2);

const argRules: { readonly [O in Op]: Operands<O> } = {
  input: none,
  parameter: none,
  constant: none,
  literal: none,
  size: none,
  iota: none,
  unary: ({ attributes, args }) => (flatUnary.has(attributes.fn) ? [] : args),
  binary: ({ attributes, args }) => (flatBinary.has(attributes.fn) ? [] : args),
  select: afterFirst,
  stop: none,
  oracle: all,
  broadcast: all,
  transpose: all,
  reshape: all,
  slice: all,
  pad: all,
  reverse: all,
  concat: all,
  gather: first,
  scatter: first,
  put: firstTwo,
  compress: none,
  reduce: ({ attributes, args }) => (flatReduce.has(attributes.fn) ? [] : args),
  argreduce: none,
  cumulate: all,
  sort: all,
  argsort: none,
  contract: all,
  cholesky: all,
  triangularSolve: all,
  solve: all,
  leastSquares: all,
  qr: all,
  eigh: all,
  svd: all,
  logabsdet: all,
  expm: all,
  part: all,
  loop: afterFirst,
  while: all,
  cond: none,
  root: none,
  fixpoint: none,
  minimizer: none,
  draw: ({ attributes, args }) => args.slice(0, attributes.parameters),
  sample: none,
};

const bodyRules: { readonly [O in Op]?: Operands<O> } = {
  loop: ({ attributes }) => attributes.region.results,
  while: ({ attributes }) => attributes.body.results,
  cond: ({ attributes }) => [...attributes.then.results, ...attributes.otherwise.results],
  root: ({ attributes }) => attributes.residual.results,
  fixpoint: ({ attributes }) => attributes.map.results,
  minimizer: ({ attributes }) => attributes.objective.results,
};

/** The arguments that a node's tangent depends on. */
export const movingArgs = (node: Node): readonly Node[] => argsOf(node);

/** The results of regions that a node's tangent depends on. */
export const movingBodies = (node: Node): readonly Node[] => bodiesOf(node);

const argsOf = <O extends Op>(node: NodeOf<O>): readonly Node[] => argRules[node.op](node);

function bodiesOf<O extends Op>(node: NodeOf<O>): readonly Node[] {
  const rule: Operands<O> | undefined = bodyRules[node.op];
  return rule === undefined ? [] : rule(node);
}
