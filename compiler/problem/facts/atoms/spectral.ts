// Functions of sorted entries, eigenvalues and singular values: sums of the largest, lambda_max, nuclear and operator norms,
// log-determinants, u' inv(P) u. (Davis 1957: a symmetric convex function of the eigenvalues is convex in the matrix.)
import { constantValue, sameDim, subtractDims, type Dim } from '../../../tensor/dim.ts';
import type { Node } from '../../../tensor/ir.ts';
import { isOp } from '../../../tensor/type.ts';
import type { Calculus } from '../calculus.ts';
import { everything, nonnegative } from '../interval.ts';
import { isBinary, isReduce, isUnary, plain, scalarFill, uniformValue } from '../nodes.ts';
import { proved, type Goal, type Proof } from '../proof.ts';
import { isDiagonalMask } from '../psd.ts';
import { semidefiniteIn } from './norms.ts';

/** A block of entries in order of size: what is ordered, along which axis, and whether the block holds the largest or the smallest. */
interface Ordered {
  readonly what:
    | { readonly kind: 'sorted'; readonly of: Node }
    | { readonly kind: 'eigenvalues'; readonly of: Node }
    | { readonly kind: 'singular values'; readonly of: Node };
  readonly axis: number;
  readonly block: 'largest' | 'smallest' | 'all';
}

/** The ordered values a node is, or a block of them at one end. */
function orderedBlock(node: Node): Ordered | undefined {
  const at = plain(node);
  const whole = orderedWhole(at);
  if (whole !== undefined) return { ...whole.ordered, block: 'all' };
  if (isOp(at, 'reshape')) return dropsUnitAxis(at) ? orderedBlock(at.args[0]) : undefined;
  if (isOp(at, 'select')) return maskedBlock(at);
  if (!isOp(at, 'slice')) return undefined;
  const inner = orderedWhole(plain(at.args[0]));
  if (inner === undefined) return undefined;
  const { axis } = inner.ordered;
  const length = at.args[0].type.shape[axis];
  const { start, size } = at.attributes;
  const fromFirst = constantValue(start[axis]) === 0;
  const toLast = sameDim(subtractDims(length, size[axis]), start[axis]);
  if (!fromFirst && !toLast) return undefined;
  return { ...inner.ordered, block: fromFirst === inner.descending ? 'largest' : 'smallest' };
}

/** `select(iota < k, ordered, 0)`: the first k of a vector. */
function maskedBlock(node: Node<'select'>): Ordered | undefined {
  const [mask, ordered, other] = node.args;
  const whole = orderedWhole(plain(ordered));
  if (whole === undefined || uniformValue(other) !== 0 || node.type.shape.length !== 1)
    return undefined;
  if (!isBinary(mask, 'lt') || !isOp(mask.args[0], 'iota') || !scalarFill(mask.args[1]))
    return undefined;
  return { ...whole.ordered, block: whole.descending ? 'largest' : 'smallest' };
}

/** An axis of size 1 taken away, as `x[1]` does after a slice of one entry. */
function dropsUnitAxis(node: Node<'reshape'>): boolean {
  const isNotOne = (dim: Dim): boolean => constantValue(dim) !== 1;
  const [before, after] = [node.args[0].type.shape, node.attributes.shape];
  return (
    before
      .filter(isNotOne)
      .map((dim) => dim.key)
      .join() ===
    after
      .filter(isNotOne)
      .map((dim) => dim.key)
      .join()
  );
}

function orderedWhole(
  node: Node,
): { readonly ordered: Omit<Ordered, 'block'>; readonly descending: boolean } | undefined {
  if (isOp(node, 'sort')) {
    const { axis, descending } = node.attributes;
    return { ordered: { what: { kind: 'sorted', of: node.args[0] }, axis }, descending };
  }
  if (!isOp(node, 'part')) return undefined;
  const [whole] = node.args;
  const axis = node.type.shape.length - 1;
  if (isOp(whole, 'eigh') && node.attributes.index === 0)
    return {
      ordered: { what: { kind: 'eigenvalues', of: whole.args[0] }, axis },
      descending: false,
    };
  if (isOp(whole, 'svd') && node.attributes.index === 1)
    return {
      ordered: { what: { kind: 'singular values', of: whole.args[0] }, axis },
      descending: true,
    };
  return undefined;
}

/** sum or extremum of a block at one end of the order: convex for the largest, concave for the smallest. */
export function sumOfLargest(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  const at = plain(node);
  const isExtremum = isReduce(at, 'max') || isReduce(at, 'min');
  const isSum = isReduce(at, 'sum');
  const block = orderedBlock(isExtremum || isSum ? at.args[0] : at);
  if (block === undefined) return undefined;
  const { what, axis } = block;
  if ((isExtremum || isSum) && !at.attributes.axes.includes(axis)) return undefined;
  if (!isExtremum && !isSum && !isSingleEntry(at)) return undefined;
  const end = isReduce(at, 'max') ? 'largest' : isReduce(at, 'min') ? 'smallest' : block.block;
  if (isExtremum && block.block !== 'all' && block.block !== end) return undefined;
  return provedFor(node, what, end, goal, c);
}

/** A slice of one entry along the ordered axis. */
function isSingleEntry(node: Node): boolean {
  if (isOp(node, 'reshape')) return isSingleEntry(plain(node.args[0]));
  if (!isOp(node, 'slice')) return false;
  const ordered = orderedWhole(plain(node.args[0]));
  return ordered !== undefined && constantValue(node.attributes.size[ordered.ordered.axis]) === 1;
}

function provedFor(
  node: Node,
  what: Ordered['what'],
  end: Ordered['block'],
  goal: Goal,
  c: Calculus,
): Proof | undefined {
  if (what.kind === 'sorted') {
    if (end !== 'all' && goal !== natural[end]) return undefined;
    const inner = c.prove(what.of, goal);
    return inner.ok ? proved(`the sum of the ${end} entries`, node, [inner]) : undefined;
  }
  if (c.degree(what.of) > 1) return undefined;
  if (what.kind === 'singular values')
    return goal === 'convex' && end !== 'smallest'
      ? proved(`a norm made of the largest singular values of an affine matrix`, node)
      : undefined;
  return end === 'all' || goal === natural[end]
    ? proved(
        `the ${end === 'all' ? 'sum of all' : end} eigenvalues of an affine symmetric matrix`,
        node,
      )
    : undefined;
}

const natural = { largest: 'convex', smallest: 'concave' } as const;

/** sum or max over all eigenvalues or singular values of φ(value), φ convex (and nondecreasing for singular values). */
export function spectralFunction(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  const at = plain(node);
  if (!isOp(at, 'reduce')) return undefined;
  const { fn, axes } = at.attributes;
  if (!(
    fn === 'sum' ||
    (fn === 'max' && goal === 'convex') ||
    (fn === 'min' && goal === 'concave')
  ))
    return undefined;
  const [entries] = at.args;
  const values = spectrumBelow(entries);
  if (values === undefined || axes.length !== values.type.shape.length) return undefined;
  const ordered = orderedWhole(values);
  if (ordered === undefined || ordered.ordered.what.kind === 'sorted') return undefined;
  const { kind, of } = ordered.ordered.what;
  if (c.degree(of) > 1 || (kind === 'singular values' && goal === 'concave')) return undefined;
  const isSingular = kind === 'singular values';
  const inner = c.with({
    variables: new Set([values]),
    ranges: new Map([[values, isSingular ? nonnegative : everything]]),
  });
  const shape = inner.prove(entries, goal);
  if (!shape.ok) return undefined;
  if (isSingular && !isNondecreasing(entries, values)) return undefined;
  return proved(`a symmetric ${goal} function of the ${kind} of an affine matrix`, node, [shape]);
}

/** A sum over all eigenvalues of the same function of each. */
export function spectrumOfSum(
  node: Node,
): { readonly values: Node; readonly entries: Node; readonly matrix: Node } | undefined {
  const at = plain(node);
  if (!isReduce(at, 'sum')) return undefined;
  const [entries] = at.args;
  const values = spectrumBelow(entries);
  const ordered = values === undefined ? undefined : orderedWhole(values);
  if (values === undefined || ordered === undefined) return undefined;
  if (!at.attributes.axes.includes(ordered.ordered.axis)) return undefined;
  return ordered.ordered.what.kind === 'eigenvalues'
    ? { values, entries, matrix: ordered.ordered.what.of }
    : undefined;
}

/** The one spectrum that an elementwise expression is made of, its other parts being the same number everywhere. */
function spectrumBelow(node: Node, depth = 10): Node | undefined {
  const at = plain(node);
  if (depth === 0) return undefined;
  if (orderedWhole(at) !== undefined) return at;
  if (isOp(at, 'unary')) return spectrumBelow(at.args[0], depth - 1);
  if (isOp(at, 'binary')) {
    const [a, b] = at.args;
    if (a === b) return spectrumBelow(a, depth - 1);
    if (scalarFill(b)) return spectrumBelow(a, depth - 1);
    if (scalarFill(a)) return spectrumBelow(b, depth - 1);
    const [x, y] = [spectrumBelow(a, depth - 1), spectrumBelow(b, depth - 1)];
    return x === y ? x : undefined;
  }
  return undefined;
}

/** Powers, absolute values and exponentials of nonnegative values. */
function isNondecreasing(node: Node, values: Node): boolean {
  const at = plain(node);
  if (at === values) return true;
  if (isUnary(at, 'abs') || isUnary(at, 'exp')) return isNondecreasing(at.args[0], values);
  if (isOp(at, 'binary') && at.attributes.fn === 'pow') return isNondecreasing(at.args[0], values);
  return isOp(at, 'binary') && at.attributes.fn === 'mul' && at.args[0] === at.args[1]
    ? isNondecreasing(at.args[0], values)
    : false;
}

/** log det of an affine matrix that is positive semidefinite; sum(log(diagonal of its Cholesky factor)) is half of it. */
export function logDeterminant(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'convex') return undefined;
  const at = plain(node);
  if (isOp(at, 'part') && at.attributes.index === 0 && isOp(at.args[0], 'logabsdet')) {
    const [matrix] = at.args[0].args;
    if (c.degree(matrix) > 1) return undefined;
    const psd = semidefiniteIn(matrix, c);
    return psd.ok
      ? proved('log det of an affine positive semidefinite matrix', node, [psd])
      : undefined;
  }
  const factor = isReduce(at, 'sum') ? choleskyBelow(at.args[0]) : undefined;
  return factor !== undefined && c.degree(factor.args[0]) <= 1
    ? proved('half the log det of an affine matrix that has a Cholesky factor', node)
    : undefined;
}

/** log(diagonal(cholesky(M))). */
function choleskyBelow(node: Node): Node<'cholesky'> | undefined {
  if (!isUnary(node, 'log')) return undefined;
  const [diagonal] = node.args;
  if (
    !isOp(diagonal, 'gather') ||
    diagonal.args.length !== 3 ||
    diagonal.args[1] !== diagonal.args[2]
  )
    return undefined;
  const [factor, positions] = diagonal.args;
  return isOp(factor, 'cholesky') && isOp(positions, 'iota') ? factor : undefined;
}

/** u' inv(P) u and trace(inv(P)) with u and P affine and P positive semidefinite. */
export function matrixFraction(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (goal === 'concave' || node.type.shape.length > 0) return undefined;
  const found = isOp(node, 'contract') ? fractionOf(node) : traceOfInverse(node);
  if (found === undefined || c.degree(found.system) > 1 || c.degree(found.system) === 0)
    return undefined;
  if (found.vector !== undefined && c.degree(found.vector) > 1) return undefined;
  const psd = semidefiniteIn(found.system, c);
  return psd.ok
    ? proved('the inverse of an affine positive semidefinite matrix', node, [psd])
    : undefined;
}

interface Fraction {
  readonly system: Node;
  readonly vector: Node | undefined;
}

/** u' solve(P, u), u' (inv(P) u), (u' inv(P)) u. */
function fractionOf(node: Node<'contract'>): Fraction | undefined {
  const [a, b] = node.args;
  for (const [vector, product] of [
    [a, b],
    [b, a],
  ]) {
    const solved = solvedBy(product, vector);
    if (solved !== undefined) return { system: solved, vector };
    if (!isOp(product, 'contract') || !product.args.includes(vector)) continue;
    const inverse = product.args[0] === vector ? product.args[1] : product.args[0];
    const system = inverseOf(inverse);
    if (system !== undefined) return { system, vector };
  }
  return undefined;
}

/** The matrix of solve(P, u) for this u, which may go in as a column. */
function solvedBy(solution: Node, u: Node): Node | undefined {
  const at = isOp(solution, 'reshape') ? solution.args[0] : solution;
  if (!isOp(at, 'solve')) return undefined;
  const [matrix, right] = at.args;
  const inner = isOp(right, 'reshape') ? right.args[0] : right;
  return inner === u || right === u ? matrix : undefined;
}

/** P of inv(P), which is solve(P, I). */
function inverseOf(node: Node): Node | undefined {
  const at = plain(node);
  if (!isOp(at, 'solve')) return undefined;
  const [matrix, right] = at.args;
  return isIdentity(right) ? matrix : undefined;
}

const isIdentity = (node: Node): boolean =>
  isOp(node, 'select') &&
  isDiagonalMask(node.args[0]) &&
  uniformValue(node.args[1]) === 1 &&
  uniformValue(node.args[2]) === 0;

function traceOfInverse(node: Node): Fraction | undefined {
  const at = plain(node);
  if (!isReduce(at, 'sum')) return undefined;
  const [diagonal] = at.args;
  if (!isOp(diagonal, 'gather') || !isDiagonalOf(diagonal)) return undefined;
  const system = inverseOf(diagonal.args[0]);
  return system === undefined ? undefined : { system, vector: undefined };
}

const isDiagonalOf = (node: Node<'gather'>): boolean =>
  node.args.length === 3 && node.args[1] === node.args[2] && isOp(node.args[1], 'iota');
