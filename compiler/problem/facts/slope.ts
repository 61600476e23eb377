// Upper bounds for the norm of the Jacobian of a node, by each variable: ‖J_v‖₂² ≤ bound, the node and the variable flattened. For an affine node
// that is the squared norm of its linear map, found factor by factor; for others products of bounds.
import { productOfDims, type Dim } from '../../tensor/dim.ts';
import type { BinaryFn, Node, NodeOf, Op } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import type { Calculus } from './calculus.ts';
import { asMatrix, givenFactor } from './contraction.ts';
import { isKnownBeforeRun } from './dependence.ts';
import { magnitude } from './interval.ts';
import { uniformValue } from './nodes.ts';
import { numbersIn, type Numbers } from './numbers.ts';
import { largestSquared } from './spectral-bounds.ts';
import { remembered } from './stages.ts';
import { powerFacts, unaryFacts, type ScalarFacts } from './unary-rules.ts';

/** Squared norms by variable; variables that are missing do not matter. Undefined: no bound is known. */
export type Slope = ReadonlyMap<Node, Node> | undefined;

export interface SlopeScope {
  readonly c: Calculus;
  readonly n: Numbers;
  readonly slope: (node: Node) => Slope;
  /** Known once data and params are in. */
  readonly known: (node: Node) => boolean;
}

type SlopeRule<O extends Op> = (node: NodeOf<O>, scope: SlopeScope) => Slope;

const none: Slope = new Map();

const mapped = (a: Slope, fn: (bound: Node) => Node): Slope =>
  a === undefined ? undefined : new Map([...a].map(([v, bound]) => [v, fn(bound)]));

const scaledBy = (a: Slope, factor: Node, { n }: SlopeScope): Slope =>
  mapped(a, (bound) => n.mul(factor, bound));

function merged(a: Slope, b: Slope, join: (x: Node, y: Node) => Node): Slope {
  if (a === undefined || b === undefined) return undefined;
  const all = new Map(a);
  for (const [v, bound] of b) {
    const other = all.get(v);
    all.set(v, other === undefined ? bound : join(other, bound));
  }
  return all;
}

/** (√a + √b)²: the triangle inequality. */
const triangle =
  ({ n }: SlopeScope) =>
  (a: Node, b: Node): Node =>
    a === b ? n.mul(n.of(4), a) : n.add(n.add(a, b), n.mul(n.of(2), n.sqrt(n.mul(a, b))));

/** Parts side by side. */
const stacked = (parts: readonly Slope[], { n }: SlopeScope): Slope =>
  parts.reduce((a, b) => merged(a, b, n.add), none);

const square = (node: Node, { n }: SlopeScope): Node => n.mul(node, node);
const isGiven = (node: Node, { c }: SlopeScope): boolean => c.degree(node) === 0;

const same = (node: Node, scope: SlopeScope): Slope => scope.slope(node.args[0]);
const onlyConstant = (node: Node, scope: SlopeScope): Slope =>
  isGiven(node, scope) ? none : undefined;

/** φ(g) entry by entry. */
export function throughScalar(inner: Node, facts: ScalarFacts, scope: SlopeScope): Slope {
  const steepest = magnitude(facts.slope);
  if (facts.corner === 'jump' || facts.corner === 'edge' || !(steepest < Infinity))
    return undefined;
  return scaledBy(scope.slope(inner), scope.n.of(steepest * steepest), scope);
}

/** The largest absolute value of an entry: exact for a given node, else from its range. */
export function magnitudeOf(node: Node, { c, n, known }: SlopeScope): Node | undefined {
  const bound = magnitude(c.range(node));
  if (known(node)) {
    const value = uniformValue(node);
    if (value !== undefined) return n.of(Math.abs(value));
    return c.range(node).low >= 0 ? n.greatest(node) : n.magnitude(node);
  }
  return bound < Infinity ? n.of(bound) : undefined;
}

function scaledSlope(scale: Node, inner: Node, scope: SlopeScope): Slope {
  const most = magnitudeOf(scale, scope);
  return most === undefined ? undefined : scaledBy(scope.slope(inner), square(most, scope), scope);
}

/** d(ab) = a db + b da. */
function productSlope(a: Node, b: Node, scope: SlopeScope): Slope {
  if (isGiven(a, scope)) return scaledSlope(a, b, scope);
  if (isGiven(b, scope)) return scaledSlope(b, a, scope);
  return merged(scaledSlope(a, b, scope), scaledSlope(b, a, scope), triangle(scope));
}

const byScalarFacts = (facts: ScalarFacts, inner: Node, scope: SlopeScope): Slope =>
  throughScalar(inner, facts, scope);

const discrete = (): Slope => undefined;
type BinarySlope = (a: Node, b: Node, scope: SlopeScope, node: NodeOf<'binary'>) => Slope;

const binarySlopes: { readonly [F in BinaryFn]: BinarySlope } = {
  add: (a, b, scope) => merged(scope.slope(a), scope.slope(b), triangle(scope)),
  sub: (a, b, scope) => merged(scope.slope(a), scope.slope(b), triangle(scope)),
  mul: productSlope,
  div: (a, b, scope) => {
    if (isGiven(b, scope)) return scaledSlope(scope.c.graph.div(1, b), a, scope);
    const inverse = powerFacts(scope.c.range(b), -1);
    const most = magnitudeOf(a, scope);
    if (isGiven(a, scope))
      return most === undefined
        ? undefined
        : scaledBy(byScalarFacts(inverse, b, scope), square(most, scope), scope);
    const largest = magnitude(inverse.image);
    if (most === undefined || !(largest < Infinity)) return undefined;
    return merged(
      scaledBy(scope.slope(a), scope.n.of(largest * largest), scope),
      scaledBy(byScalarFacts(inverse, b, scope), square(most, scope), scope),
      triangle(scope),
    );
  },
  pow: (a, b, scope) => {
    const p = uniformValue(b);
    return p === undefined ? undefined : byScalarFacts(powerFacts(scope.c.range(a), p), a, scope);
  },
  max: (a, b, scope) => merged(scope.slope(a), scope.slope(b), scope.n.add),
  min: (a, b, scope) => merged(scope.slope(a), scope.slope(b), scope.n.add),
  atan2: discrete,
  mod: discrete,
  eq: discrete,
  ne: discrete,
  le: discrete,
  lt: discrete,
  and: discrete,
  or: discrete,
  xlogy: discrete,
  kl: discrete,
};

/** How often a broadcast repeats an entry. */
export const repeats = (node: NodeOf<'broadcast'>): Dim =>
  productOfDims(node.attributes.shape.filter((_, axis) => !node.attributes.axes.includes(axis)));

/** At most how often `gather` reads one entry: the largest count, found once data is in. */
export function multiplicity(
  node: NodeOf<'gather'>,
  { c, n, known }: SlopeScope,
): Node | undefined {
  const [x, ...indices] = node.args;
  const { axes } = node.attributes;
  const [index] = indices;
  if (index === undefined) return undefined;
  if (indices.some((i) => isOp(i, 'iota')) || index.type.shape.length === 0) return n.one;
  if (!indices.every(known)) return undefined;
  const ones = c.graph.full(1, index.type.shape);
  const shape = axes.map((axis) => x.type.shape[axis]);
  const counts = c.graph.scatter(ones, indices, shape);
  return c.graph.maxOver(counts);
}

function contractSlope(node: NodeOf<'contract'>, scope: SlopeScope): Slope {
  const [a, b] = node.args;
  if (isGiven(a, scope)) return givenSlope(node, 0, scope);
  if (isGiven(b, scope)) return givenSlope(node, 1, scope);
  return merged(boundedSlope(node, 0, scope), boundedSlope(node, 1, scope), triangle(scope));
}

function givenSlope(node: NodeOf<'contract'>, side: 0 | 1, scope: SlopeScope): Slope {
  const factor = givenFactor(node, side);
  const { given, other, free, sum } = factor;
  if (!scope.known(given)) return boundedSlope(node, side, scope);
  if (free.length === 0 && sum.length === 0) return scaledSlope(given, other, scope);
  const norm = largestSquared(scope.c.graph, asMatrix(scope.c.graph, factor));
  return scaledBy(scope.slope(other), norm, scope);
}

/** The factor on this side bounded entry by entry: its Frobenius norm bounds the map. */
function boundedSlope(node: NodeOf<'contract'>, side: 0 | 1, scope: SlopeScope): Slope {
  const { given, other, free, sum } = givenFactor(node, side);
  const most = magnitudeOf(given, scope);
  if (most === undefined) return undefined;
  const entries = scope.c.graph.size(
    productOfDims([...free, ...sum].map((axis) => given.type.shape[axis])),
  );
  return scaledBy(scope.slope(other), scope.n.mul(entries, square(most, scope)), scope);
}

/** Largest singular value squared of the n×n lower triangle of ones: 1/(4 sin²(π/(4n+2))). */
function cumulateNorm(node: NodeOf<'cumulate'>, { c }: SlopeScope): Node {
  const { graph } = c;
  const count = graph.size(node.args[0].type.shape[node.attributes.axis]);
  const angle = graph.div(Math.PI, graph.add(graph.mul(4, count), 2));
  return graph.div(1, graph.mul(4, graph.square(graph.sin(angle))));
}

/** The solution of a system is linear in its right-hand side: the norm of the inverse. */
function inverseSlope(
  node: Node,
  scope: SlopeScope,
  invert: (matrix: Node, identity: Node) => Node,
): Slope {
  const [matrix, right] = node.args;
  if (matrix.type.shape.length !== 2 || !scope.known(matrix)) return undefined;
  const { graph } = scope.c;
  const inverse = invert(matrix, graph.eye(matrix.type.shape[0]));
  return scaledBy(scope.slope(right), largestSquared(graph, inverse), scope);
}

const slopeRules: { readonly [O in Op]: SlopeRule<O> } = {
  input: () => none,
  parameter: () => none,
  constant: () => none,
  literal: () => none,
  size: () => none,
  iota: () => none,
  unary: (node, scope) =>
    throughScalar(node.args[0], unaryFacts(node.attributes.fn, scope.c.range(node.args[0])), scope),
  binary: (node, scope) =>
    binarySlopes[node.attributes.fn](node.args[0], node.args[1], scope, node),
  select: (node, scope) =>
    isGiven(node.args[0], scope)
      ? stacked([scope.slope(node.args[1]), scope.slope(node.args[2])], scope)
      : undefined,
  stop: same,
  oracle: same,
  broadcast: (node, scope) =>
    scaledBy(scope.slope(node.args[0]), scope.c.graph.size(repeats(node)), scope),
  transpose: same,
  reshape: same,
  slice: same,
  pad: same,
  reverse: same,
  concat: (node, scope) => stacked(node.args.map(scope.slope), scope),
  gather: (node, scope) => {
    if (!node.args.slice(1).every((x) => isGiven(x, scope))) return undefined;
    const times = multiplicity(node, scope);
    return times === undefined ? undefined : scaledBy(scope.slope(node.args[0]), times, scope);
  },
  scatter: onlyConstant,
  put: (node, scope) =>
    node.args.slice(2).every((x) => isGiven(x, scope))
      ? stacked([scope.slope(node.args[0]), scope.slope(node.args[1])], scope)
      : undefined,
  compress: onlyConstant,
  reduce: (node, scope) => {
    const { fn, axes } = node.attributes;
    const inner = scope.slope(node.args[0]);
    if (fn === 'max' || fn === 'min') return inner;
    if (fn !== 'sum') return onlyConstant(node, scope);
    const count = productOfDims(axes.map((axis) => node.args[0].type.shape[axis]));
    return scaledBy(inner, scope.c.graph.size(count), scope);
  },
  argreduce: onlyConstant,
  cumulate: (node, scope) =>
    node.attributes.fn === 'sum'
      ? scaledBy(scope.slope(node.args[0]), cumulateNorm(node, scope), scope)
      : onlyConstant(node, scope),
  sort: same,
  argsort: onlyConstant,
  contract: contractSlope,
  cholesky: onlyConstant,
  triangularSolve: (node, scope) =>
    inverseSlope(node, scope, (matrix, identity) =>
      scope.c.graph.triangularSolve(matrix, identity, node.attributes),
    ),
  solve: (node, scope) =>
    inverseSlope(node, scope, (matrix, identity) =>
      scope.c.graph.solve(matrix, identity, node.attributes.positiveDefinite),
    ),
  leastSquares: onlyConstant,
  qr: onlyConstant,
  eigh: onlyConstant,
  svd: onlyConstant,
  logabsdet: onlyConstant,
  expm: onlyConstant,
  part: onlyConstant,
  loop: onlyConstant,
  while: onlyConstant,
  cond: onlyConstant,
  root: onlyConstant,
  fixpoint: onlyConstant,
  minimizer: onlyConstant,
  draw: onlyConstant,
  sample: onlyConstant,
};

const applyRule = <O extends Op>(node: NodeOf<O>, scope: SlopeScope): Slope =>
  slopeRules[node.op](node, scope);

export function slopesIn(c: Calculus): SlopeScope {
  const n = numbersIn(c.graph);
  const slope = remembered((node: Node): Slope => {
    if (c.degree(node) === 0) return none;
    return c.variables.has(node) ? new Map([[node, n.one]]) : applyRule(node, scope);
  });
  const known = remembered((node) => isKnownBeforeRun(node));
  const scope: SlopeScope = { c, n, slope, known };
  return scope;
}

/** All variables together: ‖[J₁ J₂ …]‖² ≤ ‖J₁‖² + ‖J₂‖² + …. */
export const jointSlope = (slope: Slope, n: Numbers): Node | undefined =>
  slope === undefined ? undefined : [...slope.values()].reduce(n.add, n.zero);
