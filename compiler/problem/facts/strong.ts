// Lower bounds for second derivatives. For a node g with convex entries and weights w ≥ 0: Σ w_i ∇²g_i ⪰ min w_i · diag(strength_v I), one strength
// for each variable. For a scalar the least of them is a modulus of strong convexity. Missing variables have strength zero.
import { constantValue } from '../../tensor/dim.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { bendsIn, type BendScope } from './bend.ts';
import type { Calculus } from './calculus.ts';
import { asMatrix, givenFactor } from './contraction.ts';
import { isNonnegative, isNonpositive } from './interval.ts';
import { isBinary, isReduce, isUnary, plain, uniformValue } from './nodes.ts';
import type { Numbers } from './numbers.ts';
import type { Goal } from './proof.ts';
import { quadraticForm } from './quadratic-form.ts';
import { repeats } from './slope.ts';
import { smallestEigenvalue, smallestSquared } from './spectral-bounds.ts';
import { remembered } from './stages.ts';
import { summandsOf } from './summands.ts';
import { powerFacts, unaryFacts, type ScalarFacts } from './unary-rules.ts';

/** Strength by variable. */
export type Strength = ReadonlyMap<Node, Node>;

interface StrengthScope extends BendScope {
  /** Lower bounds for the squared gain ‖J_v d‖² ≥ gain ‖d‖² of an affine node of one variable. */
  readonly gain: (node: Node) => Strength;
  readonly strength: (node: Node, sense: 1 | -1) => Strength;
}

const none: Strength = new Map();
const opposite = (sense: 1 | -1): 1 | -1 => (sense === 1 ? -1 : 1);
const goalOf = (sense: 1 | -1): Goal => (sense === 1 ? 'convex' : 'concave');

function scaled(a: Strength, factor: Node | undefined, n: Numbers): Strength {
  if (factor === undefined || n.isZero(factor)) return none;
  return new Map([...a].map(([v, s]) => [v, n.mul(factor, s)]));
}

function joined(a: Strength, b: Strength, join: (x: Node, y: Node) => Node): Strength {
  const all = new Map(a);
  for (const [v, s] of b) {
    const other = all.get(v);
    all.set(v, other === undefined ? s : join(other, s));
  }
  return all;
}

/** The least absolute value of an entry: of a known node, else from its range. */
function leastMagnitude(node: Node, { c, n, known }: StrengthScope): Node | undefined {
  const value = uniformValue(node);
  if (value !== undefined) return n.of(Math.abs(value));
  if (known(node)) return n.least(c.range(node).low >= 0 ? node : c.graph.abs(node));
  const i = c.range(node);
  const least = Math.max(i.low, -i.high);
  return least > 0 ? n.of(least) : undefined;
}

/** Arrangements that keep every entry. */
const keepsEntries = (node: Node): boolean =>
  isOp(node, 'transpose') ||
  isOp(node, 'reshape') ||
  isOp(node, 'reverse') ||
  isOp(node, 'pad') ||
  isOp(node, 'stop') ||
  isOp(node, 'oracle') ||
  (isOp(node, 'slice') &&
    node.attributes.size.every((dim, axis) => dim.key === node.args[0].type.shape[axis].key));

function gainOf(node: Node, scope: StrengthScope): Strength {
  const { c, n } = scope;
  if (c.variables.has(node)) return new Map([[node, n.one]]);
  if (c.degree(node) !== 1) return none;
  if (keepsEntries(node) || isUnary(node, 'neg')) return scope.gain(node.args[0]);
  if (isOp(node, 'broadcast'))
    return scaled(scope.gain(node.args[0]), c.graph.size(repeats(node)), n);
  if (isOp(node, 'concat'))
    return node.args.map(scope.gain).reduce((a, b) => joined(a, b, n.add), none);
  if (isOp(node, 'cumulate')) return scaled(scope.gain(node.args[0]), n.of(0.25), n);
  if (isOp(node, 'binary')) return binaryGain(node, scope);
  return isOp(node, 'contract') ? contractGain(node, scope) : none;
}

function binaryGain(node: NodeOf<'binary'>, scope: StrengthScope): Strength {
  const { c, n } = scope;
  const [a, b] = node.args;
  const { fn } = node.attributes;
  const [isFirst, isSecond] = [c.degree(b) === 0, c.degree(a) === 0];
  if (!isFirst && !isSecond) return none;
  const inner = scope.gain(isFirst ? a : b);
  if (fn === 'add' || fn === 'sub') return inner;
  const factor = fn === 'div' ? c.graph.div(1, b) : isFirst ? b : a;
  if (fn !== 'mul' && fn !== 'div') return none;
  const least = leastMagnitude(factor, scope);
  return least === undefined ? none : scaled(inner, n.mul(least, least), n);
}

function contractGain(node: NodeOf<'contract'>, scope: StrengthScope): Strength {
  const [a] = node.args;
  const factor = givenFactor(node, scope.c.degree(a) === 0 ? 0 : 1);
  const { given, other, sum, batch } = factor;
  if (!scope.known(given) || batch.length > 0 || sum.length === 0) return none;
  const inner = scope.gain(other);
  if (inner.size === 0) return none;
  return scaled(inner, smallestSquared(scope.c.graph, asMatrix(scope.c.graph, factor)), scope.n);
}

/** Both senses: strength of g for 1, of -g for -1. */
function strengthOf(node: Node, sense: 1 | -1, scope: StrengthScope): Strength {
  const { c, n } = scope;
  const at = plain(node);
  if (at !== node) return scope.strength(at, sense);
  if (isUnary(node, 'neg')) return scope.strength(node.args[0], opposite(sense));
  if (isBinary(node, 'add') || isBinary(node, 'sub')) return sumStrength(node, sense, scope);
  if (isUnary(node, 'abs')) return none;
  if (isOp(node, 'unary'))
    return scalarStrength(
      node.args[0],
      unaryFacts(node.attributes.fn, c.range(node.args[0])),
      sense,
      scope,
    );
  if (isOp(node, 'binary')) return binaryStrength(node, sense, scope);
  if (isReduce(node, 'sum')) return scope.strength(node.args[0], sense);
  if (isOp(node, 'broadcast'))
    return scaled(scope.strength(node.args[0], sense), c.graph.size(repeats(node)), n);
  if (isOp(node, 'transpose') || isOp(node, 'reshape') || isOp(node, 'reverse'))
    return scope.strength(node.args[0], sense);
  if (isOp(node, 'concat'))
    return node.args
      .map((x) => scope.strength(x, sense))
      .reduce((a, b) => joined(a, b, n.add), none);
  return isOp(node, 'contract') ? contractStrength(node, sense, scope) : none;
}

/** Every term has the right curvature, or the sum would not have it. */
const sumStrength = (node: Node, sense: 1 | -1, scope: StrengthScope): Strength =>
  summandsOf(node)
    .map((term) => scope.strength(term.node, term.negative ? opposite(sense) : sense))
    .reduce((a, b) => joined(a, b, scope.n.add), none);

/** φ(u) with u affine and φ'' ≥ β > 0, or φ increasing and u itself strongly convex. */
function scalarStrength(
  inner: Node,
  facts: ScalarFacts,
  sense: 1 | -1,
  scope: StrengthScope,
): Strength {
  const { c, n } = scope;
  const least = sense === 1 ? facts.bend.low : -facts.bend.high;
  if (facts.corner === 'jump' || c.degree(inner) !== 1 || !(least > 0)) return none;
  return scaled(scope.gain(inner), n.of(least), n);
}

function binaryStrength(node: NodeOf<'binary'>, sense: 1 | -1, scope: StrengthScope): Strength {
  const { c } = scope;
  const [a, b] = node.args;
  const { fn } = node.attributes;
  if (fn === 'mul' && a === b) return scalarStrength(a, powerFacts(c.range(a), 2), sense, scope);
  if (fn === 'mul' && c.degree(a) === 0) return multiple(a, b, sense, scope);
  if ((fn === 'mul' || fn === 'div') && c.degree(b) === 0)
    return multiple(fn === 'mul' ? b : c.graph.div(1, b), a, sense, scope);
  const p = fn === 'pow' ? uniformValue(b) : undefined;
  if (p !== undefined) return scalarStrength(a, powerFacts(c.range(a), p), sense, scope);
  return none;
}

/** A given factor of one sign times an expression. */
function multiple(factor: Node, inner: Node, sense: 1 | -1, scope: StrengthScope): Strength {
  const { c, n } = scope;
  const i = c.range(factor);
  const least = leastMagnitude(factor, scope);
  // Of unknown sign, the curvature asked for holds under the condition that the proof names.
  const isCondition = !isNonpositive(i) && c.prove(inner, goalOf(sense)).ok;
  if (isNonnegative(i) || isCondition) return scaled(scope.strength(inner, sense), least, n);
  return isNonpositive(i) ? scaled(scope.strength(inner, opposite(sense)), least, n) : none;
}

function contractStrength(node: NodeOf<'contract'>, sense: 1 | -1, scope: StrengthScope): Strength {
  const { c, n } = scope;
  const { graph } = c;
  const [a, b] = node.args;
  const { sum, batch } = node.attributes;
  if (a === b) {
    const isSquare =
      [...sum, ...batch].every(([p, q]) => p === q) && node.type.shape.length === batch.length;
    return isSquare && sense === 1 && c.degree(a) === 1 ? scaled(scope.gain(a), n.of(2), n) : none;
  }
  const side = c.degree(a) === 0 ? 0 : c.degree(b) === 0 ? 1 : undefined;
  if (side === undefined) return formStrength(node, sense, scope);
  const { given, other, free } = givenFactor(node, side);
  const i = c.range(given);
  if (!isNonnegative(i) && !isNonpositive(i)) return none;
  const sums = free.length === 0 ? given : graph.sum(graph.abs(given), free);
  const own: 1 | -1 = isNonnegative(i) ? sense : opposite(sense);
  return scaled(scope.strength(other, own), leastMagnitude(sums, scope), n);
}

/** u' Q u with u affine: twice the least eigenvalue of the symmetric part, where that is positive. */
function formStrength(node: NodeOf<'contract'>, sense: 1 | -1, scope: StrengthScope): Strength {
  const { c, n } = scope;
  const form = quadraticForm(node, c);
  if (form === undefined || c.degree(form.vector) !== 1 || !scope.known(form.matrix)) return none;
  const [rows] = form.matrix.type.shape;
  const isLarge = (constantValue(rows) ?? 0) > 2000;
  if (isLarge) return none;
  const half = c.graph.div(c.graph.add(form.matrix, c.graph.transpose(form.matrix)), 2);
  const signed = sense === 1 ? half : c.graph.neg(half);
  const least = c.graph.max(smallestEigenvalue(c.graph, signed), 0);
  return scaled(scope.gain(form.vector), n.mul(n.of(2), least), n);
}

export function strengthsIn(c: Calculus): StrengthScope {
  const bends = bendsIn(c);
  const gain = remembered((node) => gainOf(node, scope));
  const inSense = (sense: 1 | -1): ((node: Node) => Strength) =>
    remembered((node) =>
      c.degree(node) <= 1 || !c.prove(node, goalOf(sense)).ok
        ? none
        : strengthOf(node, sense, scope),
    );
  const [positive, negative] = [inSense(1), inSense(-1)];
  const strength = (node: Node, sense: 1 | -1): Strength =>
    sense === 1 ? positive(node) : negative(node);
  const scope: StrengthScope = { ...bends, gain, strength };
  return scope;
}

export interface Modulus {
  /** May be negative: then the expression is at least this weakly convex. */
  readonly bound: Node;
  /** What the curvature of the terms needs of data and params. */
  readonly conditions: readonly Node[];
}

/** A modulus for all variables together: the least of theirs, less what smooth terms that are not convex can take away. */
export function modulus(node: Node, scope: StrengthScope): Modulus | undefined {
  const { c, n } = scope;
  let total: Strength = none;
  let cost: Node | undefined;
  const conditions = new Set<Node>();
  for (const { node: term, negative } of summandsOf(node)) {
    if (c.degree(term) <= 1) continue;
    const sense = negative ? -1 : 1;
    const proof = c.prove(term, goalOf(sense));
    if (proof.ok) {
      total = joined(total, scope.strength(term, sense), n.add);
      proof.conditions.forEach((condition) => conditions.add(condition));
      continue;
    }
    const taken = scope.bend(term);
    if (taken === undefined) return undefined;
    cost = cost === undefined ? taken : n.add(cost, taken);
  }
  let least: Node | undefined;
  for (const v of c.variables) {
    const own = total.get(v);
    if (own === undefined) return undefined;
    least = least === undefined ? own : n.min(least, own);
  }
  if (least === undefined) return undefined;
  const bound = cost === undefined ? least : c.graph.sub(least, cost);
  return { bound, conditions: [...conditions] };
}
