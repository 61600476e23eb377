// Upper bounds for second derivatives. For a node g with entries g_i and any weights w: ‖Σ w_i ∇²g_i‖₂ ≤ bend(g) · max|w_i|, over all
// variables together. For a scalar this bounds the Lipschitz constant of the gradient. Undefined: none is known, or the gradient jumps.
import { constantValue, productOfDims } from '../../tensor/dim.ts';
import type { BinaryFn, Node, NodeOf, Op } from '../../tensor/ir.ts';
import { logSumExpOf, softplusOf } from './atoms/log-sum-exp.ts';
import type { Calculus } from './calculus.ts';
import { summandsOf } from './summands.ts';
import { givenFactor } from './contraction.ts';
import { magnitude } from './interval.ts';
import { isBinary, isUnary, uniformValue } from './nodes.ts';
import {
  jointSlope,
  magnitudeOf,
  multiplicity,
  repeats,
  slopesIn,
  type SlopeScope,
} from './slope.ts';
import { quadraticForm } from './quadratic-form.ts';
import { remembered } from './stages.ts';
import { symmetricNorm } from './spectral-bounds.ts';
import { powerFacts, unaryFacts, type ScalarFacts } from './unary-rules.ts';

export type Bend = Node | undefined;

export interface BendScope extends SlopeScope {
  readonly bend: (node: Node) => Bend;
}

type BendRule<O extends Op> = (node: NodeOf<O>, scope: BendScope) => Bend;

const same = (node: Node, scope: BendScope): Bend => scope.bend(node.args[0]);
/** Affine nodes have been dealt with. */
const none = (): Bend => undefined;

/** Zero times anything, even what has no bound, is zero. */
const times = (a: Bend, factor: Bend, { n }: BendScope): Bend =>
  a !== undefined && n.isZero(a)
    ? a
    : a === undefined || factor === undefined
      ? undefined
      : n.mul(factor, a);

const plus = (a: Bend, b: Bend, { n }: BendScope): Bend =>
  a === undefined || b === undefined ? undefined : n.add(a, b);

const sumOf = (nodes: readonly Node[], scope: BendScope): Bend =>
  nodes.map(scope.bend).reduce((a, b) => plus(a, b, scope), scope.n.zero);

const isGiven = (node: Node, { c }: BendScope): boolean => c.degree(node) === 0;

const finite = (bound: number, { n }: BendScope): Bend =>
  bound < Infinity ? n.of(bound) : undefined;

const joint = (node: Node, scope: BendScope): Bend => jointSlope(scope.slope(node), scope.n);

/** φ(g): sup|φ''| ‖J_g‖² + sup|φ'| bend(g). */
function throughScalar(inner: Node, facts: ScalarFacts, scope: BendScope): Bend {
  if (facts.corner !== 'none') return undefined;
  const curved = finite(magnitude(facts.bend), scope);
  const first = curved === undefined ? undefined : times(curved, joint(inner, scope), scope);
  return plus(first, times(scope.bend(inner), finite(magnitude(facts.slope), scope), scope), scope);
}

/** Both factors depend on the variables: a''b + 2a'b' + ab''. */
function bilinear(a: Node, b: Node, scope: BendScope): Bend {
  const { n } = scope;
  const [x, y] = [joint(a, scope), joint(b, scope)];
  const root = x === undefined || y === undefined ? undefined : a === b ? x : n.sqrt(n.mul(x, y));
  // [[0, A'B], [B'A, 0]] for factors without a common variable.
  const isDisjoint = [...scope.c.dependence(a)].every((v) => !scope.c.dependence(b).has(v));
  const crossed = root === undefined ? undefined : n.mul(n.of(isDisjoint ? 1 : 2), root);
  const left = times(scope.bend(a), magnitudeOf(b, scope), scope);
  const right = times(scope.bend(b), magnitudeOf(a, scope), scope);
  return plus(plus(crossed, left, scope), right, scope);
}

function productBend(a: Node, b: Node, scope: BendScope): Bend {
  if (isGiven(a, scope)) return times(scope.bend(b), magnitudeOf(a, scope), scope);
  if (isGiven(b, scope)) return times(scope.bend(a), magnitudeOf(b, scope), scope);
  return bilinear(a, b, scope);
}

function quotientBend(a: Node, b: Node, scope: BendScope): Bend {
  const { graph, range } = scope.c;
  if (isGiven(b, scope)) return times(scope.bend(a), magnitudeOf(graph.div(1, b), scope), scope);
  const inverse = powerFacts(range(b), -1);
  if (isGiven(a, scope))
    return times(throughScalar(b, inverse, scope), magnitudeOf(a, scope), scope);
  return productBend(a, graph.pow(b, -1), scope);
}

type BinaryBend = (a: Node, b: Node, scope: BendScope) => Bend;

const binaryBends: { readonly [F in BinaryFn]: BinaryBend } = {
  add: none,
  sub: none,
  mul: productBend,
  div: quotientBend,
  pow: (a, b, scope) => {
    const p = uniformValue(b);
    return p === undefined ? undefined : powerBend(a, p, scope);
  },
  max: none,
  min: none,
  atan2: none,
  mod: none,
  eq: none,
  ne: none,
  le: none,
  lt: none,
  and: none,
  or: none,
  xlogy: (a, b, scope) =>
    a === b ? throughScalar(a, unaryFacts('xlogx', scope.c.range(a)), scope) : undefined,
  kl: none,
};

/** |u|^p with p ≥ 2 has a second derivative, as an even power has. */
function powerBend(base: Node, p: number, scope: BendScope): Bend {
  if (p === 2) return bilinear(base, base, scope);
  if (isUnary(base, 'abs') && p >= 2) {
    const most = magnitude(scope.c.range(base));
    const curved = finite(p * (p - 1) * most ** (p - 2), scope);
    const steep = finite(p * most ** (p - 1), scope);
    const [inner] = base.args;
    return plus(
      curved === undefined ? undefined : times(curved, joint(inner, scope), scope),
      times(scope.bend(inner), steep, scope),
      scope,
    );
  }
  return throughScalar(base, powerFacts(scope.c.range(base), p), scope);
}

function contractBend(node: NodeOf<'contract'>, scope: BendScope): Bend {
  const [a, b] = node.args;
  if (isGiven(a, scope)) return givenBend(node, 0, scope);
  if (isGiven(b, scope)) return givenBend(node, 1, scope);
  const { free, otherFree } = givenFactor(node, 0);
  const freeDims = [
    ...free.map((axis) => a.type.shape[axis]),
    ...otherFree.map((axis) => b.type.shape[axis]),
  ];
  if (freeDims.length === 0) return formBend(node, scope) ?? bilinear(a, b, scope);
  // ‖W‖₂ ≤ ‖W‖_F for the weights on the free axes.
  const isQuadratic = scope.c.degree(a) <= 1 && scope.c.degree(b) <= 1;
  const count = scope.c.graph.size(productOfDims(freeDims));
  return isQuadratic ? times(bilinear(a, b, scope), scope.n.sqrt(count), scope) : undefined;
}

/** u' Q u: the largest eigenvalue of Q + Q' in absolute value, times the squared norm of u's map. */
function formBend(node: NodeOf<'contract'>, scope: BendScope): Bend {
  const form = quadraticForm(node, scope.c);
  if (form === undefined || scope.c.degree(form.vector) !== 1 || !scope.known(form.matrix))
    return undefined;
  const { graph } = scope.c;
  const symmetric = graph.add(form.matrix, graph.transpose(form.matrix));
  return times(joint(form.vector, scope), symmetricNorm(graph, symmetric), scope);
}

/** Weights of the other factor's entries: at most the largest sum of absolute values over the free axes. */
function givenBend(node: NodeOf<'contract'>, side: 0 | 1, scope: BendScope): Bend {
  const { graph } = scope.c;
  const { given, other, free } = givenFactor(node, side);
  if (free.length === 0) return times(scope.bend(other), magnitudeOf(given, scope), scope);
  if (!scope.known(given)) {
    const count = graph.size(productOfDims(free.map((axis) => given.type.shape[axis])));
    const most = times(magnitudeOf(given, scope), count, scope);
    return times(scope.bend(other), most, scope);
  }
  const sums = graph.sum(graph.abs(given), free);
  return times(scope.bend(other), scope.n.greatest(sums), scope);
}

/** log(sum(exp(u))): the Hessian in u is diag(p) - pp', of norm at most 1/2; the gradient p is between 0 and 1. */
function logSumExpBend(node: Node, scope: BendScope): Bend {
  const u = logSumExpOf(node);
  if (u === undefined) return undefined;
  return plus(times(joint(u, scope), scope.n.of(0.5), scope), scope.bend(u), scope);
}

/** The square of a root, as that of a norm, is what stands below the root. */
function squaredRootBend(node: Node, scope: BendScope): Bend {
  if (isBinary(node, 'pow') && uniformValue(node.args[1]) === 2 && isUnary(node.args[0], 'sqrt'))
    return scope.bend(node.args[0].args[0]);
  if (isBinary(node, 'mul') && node.args[0] === node.args[1] && isUnary(node.args[0], 'sqrt'))
    return scope.bend(node.args[0].args[0]);
  return undefined;
}

/** log(1 + exp(u)) in either spelling. */
function softplusBend(node: Node, scope: BendScope): Bend {
  const u = isUnary(node, 'softplus') ? undefined : softplusOf(node);
  return u === undefined
    ? undefined
    : throughScalar(u, unaryFacts('softplus', scope.c.range(u)), scope);
}

/** Functions φ(q) of a sum q of squares of affine expressions, whose Hessian is at most `factor` times that of q. */
function ofSquares(node: Node, scope: BendScope): Bend {
  const { range, degree } = scope.c;
  if (!isUnary(node, 'sqrt') && !isUnary(node, 'log1p') && !isUnary(node, 'exp')) return undefined;
  const inner =
    isUnary(node, 'exp') && isUnary(node.args[0], 'neg') ? node.args[0].args[0] : node.args[0];
  if (isUnary(node, 'exp') && inner === node.args[0]) return undefined;
  if (degree(inner) !== 2) return undefined;
  const squares = scope.c.sumOfSquares(inner);
  if (!squares.ok || squares.conditions.length > 0) return undefined;
  // sqrt(q): between 0 and ∇²q / (2 sqrt(q)). log(1 + q), exp(-q): between -∇²q and ∇²q.
  const least = range(inner).low;
  const factor = isUnary(node, 'sqrt') ? 0.5 / Math.sqrt(least) : 1;
  return times(scope.bend(inner), finite(factor, scope), scope);
}

/** A function of one affine argument in pieces that join with equal slopes. */
function piecewiseBend(node: Node, scope: BendScope): Bend {
  const { c, n } = scope;
  const pieces = c.pieces(node);
  if (pieces === undefined || !pieces.isSmooth || pieces.conditions.length > 0) return undefined;
  const most = pieces.pieces.map((piece) => bendsIn(piece.c).bend(piece.value));
  const argument = joint(pieces.argument, scope);
  let bound: Bend = n.zero;
  for (const bend of most)
    bound = bound === undefined || bend === undefined ? undefined : n.max(bound, bend);
  return bound === undefined || argument === undefined ? undefined : n.mul(bound, argument);
}

const bendRules: { readonly [O in Op]: BendRule<O> } = {
  input: none,
  parameter: none,
  constant: none,
  literal: none,
  size: none,
  iota: none,
  unary: (node, scope) => {
    const { fn } = node.attributes;
    if (fn === 'neg') return same(node, scope);
    return throughScalar(node.args[0], unaryFacts(fn, scope.c.range(node.args[0])), scope);
  },
  binary: (node, scope) => {
    const { fn } = node.attributes;
    if (fn === 'add' || fn === 'sub')
      return sumOf(
        summandsOf(node).map((term) => term.node),
        scope,
      );
    return binaryBends[fn](node.args[0], node.args[1], scope);
  },
  select: (node, scope) =>
    isGiven(node.args[0], scope) ? sumOf(node.args.slice(1), scope) : undefined,
  stop: same,
  oracle: same,
  broadcast: (node, scope) =>
    times(scope.bend(node.args[0]), scope.c.graph.size(repeats(node)), scope),
  transpose: same,
  reshape: same,
  slice: same,
  pad: same,
  reverse: same,
  concat: (node, scope) => sumOf(node.args, scope),
  gather: (node, scope) => {
    if (!node.args.slice(1).every((x) => isGiven(x, scope))) return undefined;
    return times(scope.bend(node.args[0]), multiplicity(node, scope), scope);
  },
  scatter: (node, scope) =>
    node.args.slice(1).every((x) => isGiven(x, scope)) ? same(node, scope) : undefined,
  put: (node, scope) =>
    node.args.slice(2).every((x) => isGiven(x, scope))
      ? sumOf(node.args.slice(0, 2), scope)
      : undefined,
  compress: none,
  reduce: (node, scope) => {
    const { fn, axes } = node.attributes;
    if (fn === 'sum') return same(node, scope);
    const isSingle =
      constantValue(productOfDims(axes.map((a) => node.args[0].type.shape[a]))) === 1;
    return isSingle ? same(node, scope) : undefined;
  },
  argreduce: none,
  cumulate: (node, scope) => {
    const length = scope.c.graph.size(node.args[0].type.shape[node.attributes.axis]);
    return node.attributes.fn === 'sum'
      ? times(scope.bend(node.args[0]), length, scope)
      : undefined;
  },
  sort: none,
  argsort: none,
  contract: contractBend,
  cholesky: none,
  triangularSolve: none,
  solve: none,
  leastSquares: none,
  qr: none,
  eigh: none,
  svd: none,
  logabsdet: none,
  expm: none,
  part: none,
  loop: none,
  while: none,
  cond: none,
  root: none,
  fixpoint: none,
  minimizer: none,
  draw: none,
  sample: none,
};

const applyRule = <O extends Op>(node: NodeOf<O>, scope: BendScope): Bend =>
  bendRules[node.op](node, scope);

export function bendsIn(c: Calculus): BendScope {
  const slopes = slopesIn(c);
  const bend = remembered((node: Node): Bend => {
    if (c.degree(node) <= 1) return slopes.n.zero;
    return (
      squaredRootBend(node, scope) ??
      logSumExpBend(node, scope) ??
      softplusBend(node, scope) ??
      ofSquares(node, scope) ??
      applyRule(node, scope) ??
      piecewiseBend(node, scope)
    );
  });
  const scope: BendScope = { ...slopes, bend };
  return scope;
}
