// Quotients and products with known curvature: squares over linear, x log x, x log(x/y), geometric means, perspectives.
import type { Node } from '../../../tensor/ir.ts';
import { substituteIn } from '../../../tensor/substitute.ts';
import { isOp } from '../../../tensor/type.ts';
import { postorder } from '../../../tensor/visit.ts';
import { multiplyDims } from '../../../tensor/dim.ts';
import type { Calculus } from '../calculus.ts';
import { isNonnegative } from '../interval.ts';
import { constantCount, isBinary, isReduce, isUnary, plain, uniformValue } from '../nodes.ts';
import { proved, type Goal, type Proof } from '../proof.ts';

/** sum of squares / v with v concave and positive. */
export function quadOverLinear(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'concave' || !isBinary(node, 'div')) return undefined;
  const [top, bottom] = node.args;
  if (c.degree(bottom) === 0 || !isNonnegative(c.range(bottom))) return undefined;
  const squares = c.sumOfSquares(top);
  const below = c.prove(bottom, 'concave');
  return squares.ok && below.ok
    ? proved('a sum of squares over a positive concave expression', node, [squares, below])
    : undefined;
}

/** x * log(x), x * log(x/y), xlogy(x, x/y) for affine x, y, one of which is known not to be negative. */
export function relativeEntropy(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  const factors = isBinary(node, 'mul')
    ? [node.args, [node.args[1], node.args[0]]]
    : isOp(node, 'contract') && node.attributes.sum.every(([p, q]) => p === q) && fullyPaired(node)
      ? [node.args, [node.args[1], node.args[0]]]
      : [];
  for (const [x, log] of factors)
    if (isUnary(log, 'log')) {
      const proof = entropyOf(node, x, log.args[0], goal, c);
      if (proof !== undefined) return proof;
    }
  return isBinary(node, 'xlogy') ? entropyOf(node, node.args[0], node.args[1], goal, c) : undefined;
}

const fullyPaired = (node: Node<'contract'>): boolean =>
  node.attributes.sum.length === node.args[0].type.shape.length && node.type.shape.length === 0;

function entropyOf(node: Node, x: Node, y: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'concave' || c.degree(x) > 1) return undefined;
  if (x === y) return proved('x log x of an affine x', node);
  if (!isBinary(y, 'div') || y.args[0] !== x || c.degree(y.args[1]) > 1) return undefined;
  return isNonnegative(c.range(x)) || isNonnegative(c.range(y.args[1]))
    ? proved('x log(x/y), a relative entropy of affine expressions', node)
    : undefined;
}

interface Power {
  readonly base: Node;
  readonly exponent: number;
}

/** A node as a product of powers with fixed exponents; a constant factor stays one of its bases. */
function powersOf(node: Node, exponent = 1, depth = 6): readonly Power[] {
  const at = plain(node);
  if (depth === 0) return [{ base: at, exponent }];
  if (isUnary(at, 'sqrt')) return powersOf(at.args[0], exponent / 2, depth - 1);
  if (isUnary(at, 'cbrt')) return powersOf(at.args[0], exponent / 3, depth - 1);
  if (isBinary(at, 'mul')) return at.args.flatMap((x) => powersOf(x, exponent, depth - 1));
  if (isBinary(at, 'pow')) {
    const p = uniformValue(at.args[1]);
    if (p !== undefined && p > 0) return powersOf(at.args[0], exponent * p, depth - 1);
  }
  if (isReduce(at, 'prod')) {
    const [x] = at.args;
    const count = constantCount(at.attributes.axes.map((axis) => x.type.shape[axis]));
    if (count !== undefined) return [{ base: x, exponent: exponent * count }];
  }
  return [{ base: at, exponent }];
}

/** u1^a1 · u2^a2 · … with concave nonnegative u and exponents that add up to at most 1. */
export function geometricMean(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'convex') return undefined;
  const isCandidate =
    isUnary(node, 'sqrt') ||
    isUnary(node, 'cbrt') ||
    isBinary(node, 'pow') ||
    isBinary(node, 'mul');
  if (!isCandidate) return meanOfLogs(node, c);
  const powers = powersOf(node).filter(({ base }) => c.degree(base) > 0);
  const total = powers.reduce((sum, { exponent }) => sum + exponent, 0);
  if (powers.some(({ base }) => base === plain(node))) return undefined;
  if (powers.length === 0 || total > 1 + 1e-12) return rootOfProduct(node, c);
  const fixed = powersOf(node).filter(({ base }) => c.degree(base) === 0);
  if (![...powers, ...fixed].every(({ base }) => isNonnegative(c.range(base)))) return undefined;
  const parts = powers.map(({ base }) => c.prove(base, 'concave'));
  return parts.every((part) => part.ok)
    ? proved('a geometric mean of nonnegative concave expressions', node, parts)
    : undefined;
}

/** prod(u)^(1/n) where n is a size. */
function rootOfProduct(node: Node, c: Calculus): Proof | undefined {
  if (!isBinary(node, 'pow')) return undefined;
  const [product, exponent] = node.args;
  if (!isReduce(product, 'prod') || !isBinary(exponent, 'div')) return undefined;
  const [x] = product.args;
  const [one, count] = exponent.args;
  const entries = c.graph.size(
    product.attributes.axes.map((axis) => x.type.shape[axis]).reduce(multiplyDims),
  );
  if (uniformValue(one) !== 1 || count !== entries || !isNonnegative(c.range(x))) return undefined;
  const inner = c.prove(x, 'concave');
  return inner.ok ? proved('a geometric mean', node, [inner]) : undefined;
}

/** exp(mean(log(u))). */
function meanOfLogs(node: Node, c: Calculus): Proof | undefined {
  if (!isUnary(node, 'exp') || !isBinary(node.args[0], 'div')) return undefined;
  const [sum, count] = node.args[0].args;
  if (!isReduce(sum, 'sum') || !isUnary(sum.args[0], 'log')) return undefined;
  const [logs] = sum.args;
  const entries = c.graph.size(
    sum.attributes.axes.map((axis) => logs.type.shape[axis]).reduce(multiplyDims),
  );
  if (count !== entries) return undefined;
  const inner = c.prove(logs.args[0], 'concave');
  return inner.ok ? proved('a geometric mean', node, [inner]) : undefined;
}

/** t · e(u/t) with t affine and not negative: as curved as e. */
export function perspective(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (!isBinary(node, 'mul') || node.type.shape.length > 0) return undefined;
  const [a, b] = node.args;
  return perspectiveOf(node, a, b, goal, c) ?? perspectiveOf(node, b, a, goal, c);
}

function perspectiveOf(node: Node, t: Node, e: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (c.degree(t) !== 1 || !isNonnegative(c.range(t))) return undefined;
  const isT = (x: Node): boolean =>
    x === t || (isOp(x, 'broadcast') && x.attributes.axes.length === 0 && x.args[0] === t);
  const ratios = postorder([e]).filter(
    (x) => isBinary(x, 'div') && isT(x.args[1]) && c.degree(x.args[0]) <= 1,
  );
  if (ratios.length === 0) return undefined;
  const symbols = ratios.map((x) => c.graph.parameter({ ...x.type, element: 'real' }, 'r'));
  const inner = substituteIn(c.graph, e, new Map(ratios.map((x, k) => [x, symbols[k]])));
  if (c.degree(inner) > 0) return undefined;
  const shape = c.with({ variables: new Set(symbols) }).prove(inner, goal);
  return shape.ok ? proved(`the perspective of a ${goal} function`, node, [shape]) : undefined;
}
