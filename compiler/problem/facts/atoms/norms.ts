// Norms: square roots of sums of squares, p-norms.
import type { Node } from '../../../tensor/ir.ts';
import { isOp } from '../../../tensor/type.ts';
import type { Calculus } from '../calculus.ts';
import { proveNonnegative } from '../curvature-rules.ts';
import { isNonnegative, isNonpositive } from '../interval.ts';
import { isBinary, isReduce, isUnary, plain, uniformValue } from '../nodes.ts';
import { firstOf, proved, stuck, type Goal, type Proof } from '../proof.ts';
import { proveSemidefinite } from '../psd.ts';

/** The convex function whose square (or power) is taken: affine, or convex and nonnegative, or concave and nonpositive. */
function proveMagnitude(u: Node, c: Calculus): Proof {
  if (c.degree(u) <= 1) return proved('affine', u);
  const i = c.range(u);
  if (isNonnegative(i)) return c.prove(u, 'convex');
  if (isNonpositive(i)) return c.prove(u, 'concave');
  return stuck('neither affine nor of one sign', u);
}

/** A sum of squares of affine expressions (or of convex nonnegative ones) and nonnegative constants: its root is a norm. */
export function findSumOfSquares(node: Node, c: Calculus): Proof {
  const at = plain(node);
  if (c.degree(at) === 0) return proved('a nonnegative constant', at, [proveNonnegative(at, c)]);
  if (isBinary(at, 'pow') && uniformValue(at.args[1]) === 2)
    return proved('a square', at, [proveMagnitude(at.args[0], c)]);
  if (isBinary(at, 'mul')) {
    const [a, b] = at.args;
    if (a === b) return proved('a square', at, [proveMagnitude(a, c)]);
    if (c.degree(a) === 0)
      return proved('a multiple', at, [c.sumOfSquares(b), proveNonnegative(a, c)]);
    if (c.degree(b) === 0)
      return proved('a multiple', at, [c.sumOfSquares(a), proveNonnegative(b, c)]);
  }
  if (isBinary(at, 'div') && c.degree(at.args[1]) === 0)
    return proved('a multiple', at, [c.sumOfSquares(at.args[0]), proveNonnegative(at.args[1], c)]);
  if (isBinary(at, 'add'))
    return proved(
      'a sum of squares',
      at,
      at.args.map((x) => c.sumOfSquares(x)),
    );
  if (isReduce(at, 'sum')) return proved('a sum of squares', at, [c.sumOfSquares(at.args[0])]);
  if (isUnary(at, 'abs')) {
    const inner = c.sumOfSquares(at.args[0]);
    if (inner.ok) return inner;
  }
  if (isOp(at, 'contract')) return productOfSquares(at, c);
  if (
    isOp(at, 'reshape') ||
    isOp(at, 'broadcast') ||
    isOp(at, 'transpose') ||
    isOp(at, 'slice') ||
    isOp(at, 'reverse')
  )
    return c.sumOfSquares(at.args[0]);
  if (isOp(at, 'concat'))
    return proved(
      'squares',
      at,
      at.args.map((x) => c.sumOfSquares(x)),
    );
  return stuck('not a sum of squares', at);
}

function productOfSquares(node: Node<'contract'>, c: Calculus): Proof {
  const [a, b] = node.args;
  const { sum, batch } = node.attributes;
  if (
    a === b &&
    [...sum, ...batch].every(([p, q]) => p === q) &&
    batch.length === node.type.shape.length
  )
    return proved('a sum of squares', node, [proveMagnitude(a, c)]);
  if (c.degree(a) === 0)
    return proved('weighted squares', node, [c.sumOfSquares(b), proveNonnegative(a, c)]);
  if (c.degree(b) === 0)
    return proved('weighted squares', node, [c.sumOfSquares(a), proveNonnegative(b, c)]);
  if (node.type.shape.length === 0 && c.degree(node) === 2) {
    const form = c.prove(node, 'convex');
    if (form.ok && isForm(a, b)) return proved('a quadratic form', node, [form]);
  }
  return stuck('not a sum of squares', node);
}

/** u and Q u for one u: no linear part. */
const isForm = (a: Node, b: Node): boolean =>
  (isOp(b, 'contract') && b.args.includes(a)) || (isOp(a, 'contract') && a.args.includes(b));

export function rootOfSquares(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'concave') return undefined;
  const isRoot =
    isUnary(node, 'sqrt') || (isBinary(node, 'pow') && uniformValue(node.args[1]) === 0.5);
  if (!isRoot) return undefined;
  const inner = c.sumOfSquares(node.args[0]);
  return inner.ok ? proved('a norm of affine expressions', node, [inner]) : undefined;
}

/** |u|^p with p at least 1: its base and exponent. */
function powered(
  node: Node,
  c: Calculus,
): { readonly base: Node; readonly exponent: Node } | undefined {
  if (!isBinary(node, 'pow')) return undefined;
  const [base, exponent] = node.args;
  if (c.degree(exponent) > 0 || !(c.range(exponent).low >= 1)) return undefined;
  return { base, exponent };
}

/** (sum |u|^p)^(1/p). */
export function pNorm(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'concave' || !isBinary(node, 'pow')) return undefined;
  const [total, root] = node.args;
  if (!isReduce(total, 'sum')) return undefined;
  const entries = powered(total.args[0], c);
  if (entries === undefined || !areReciprocal(entries.exponent, root)) return undefined;
  const { base } = entries;
  if (!isNonnegative(c.range(base))) return undefined;
  const inner = isUnary(base, 'abs')
    ? firstOf([() => proveMagnitude(base.args[0], c), () => c.prove(base, 'convex')])
    : c.prove(base, 'convex');
  return inner.ok ? proved('a p-norm with p at least 1', node, [inner]) : undefined;
}

function areReciprocal(p: Node, root: Node): boolean {
  const [x, y] = [uniformValue(p), uniformValue(root)];
  if (x !== undefined && y !== undefined) return Math.abs(x * y - 1) < 1e-12;
  const scalar = (node: Node): Node =>
    isOp(node, 'broadcast') && node.attributes.axes.length === 0 ? node.args[0] : node;
  const at = scalar(root);
  return isBinary(at, 'div') && uniformValue(at.args[0]) === 1 && scalar(at.args[1]) === scalar(p);
}

export const semidefiniteIn = (node: Node, c: Calculus): Proof =>
  proveSemidefinite(node, {
    graph: c.graph,
    range: c.range,
    assumptions: c.assumptions,
    nonnegative: (x) => proveNonnegative(x, c),
    known: c.known,
  });
