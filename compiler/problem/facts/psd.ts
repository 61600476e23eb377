// Which matrices are positive semidefinite: Gram matrices, diagonals of nonnegative entries, sums, congruences, domains; for others
// the condition that the smallest eigenvalue is not negative, where the matrix is known before the run.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import type { Assumptions } from './calculus.ts';
import { isNonnegative } from './interval.ts';
import { isBinary, plain, uniformValue } from './nodes.ts';
import { firstOf, proved, provedIf, stuck, type Proof } from './proof.ts';
import type { RangeOf } from './range.ts';

/** One factor of a product of matrices. */
interface Factor {
  readonly matrix: Node;
  readonly transposed: boolean;
}

interface PsdScope {
  readonly graph: Graph;
  readonly range: RangeOf;
  readonly assumptions: Assumptions;
  readonly nonnegative: (node: Node) => Proof;
  readonly known: (node: Node) => boolean;
}

/** How far below zero the smallest eigenvalue may lie, relative to the largest in absolute value: what rounding can do. */
export const eigenvalueTolerance = 1e-9;

const isMatrix = (node: Node): boolean => node.type.shape.length === 2;
const isSwap = (node: Node): node is Node<'transpose'> =>
  isOp(node, 'transpose') && node.attributes.permutation.join() === '1,0';

const transposeOf = ({ matrix, transposed }: Factor): Factor => ({
  matrix,
  transposed: !transposed,
});

/** Products and sums of matrices are followed this far: sharing could make them very long. */
const mostDepth = 8;

/** A matrix as a product of matrices, left to right. */
export function matrixFactors(
  node: Node,
  transposed = false,
  depth = mostDepth,
): readonly Factor[] {
  const at = plain(node);
  if (depth === 0) return [{ matrix: at, transposed }];
  if (isSwap(at)) return matrixFactors(at.args[0], !transposed, depth - 1);
  if (isOp(at, 'contract') && at.attributes.batch.length === 0 && isMatrix(at)) {
    const [a, b] = at.args;
    const { sum } = at.attributes;
    if (sum.length === 1 && isMatrix(a) && isMatrix(b)) {
      const left = matrixFactors(a, sum[0][0] === 0, depth - 1);
      const right = matrixFactors(b, sum[0][1] === 1, depth - 1);
      const chain = [...left, ...right];
      return transposed ? [...chain].reverse().map(transposeOf) : chain;
    }
  }
  return [{ matrix: at, transposed }];
}

const mirrored = (a: Factor, b: Factor): boolean =>
  a.matrix === b.matrix && a.transposed !== b.transposed;

export function proveSemidefinite(node: Node, scope: PsdScope, depth = mostDepth): Proof {
  const at = plain(node);
  if (depth === 0) return byEigenvalues(at, scope);
  const chain = matrixFactors(at);
  const half = Math.floor(chain.length / 2);
  const isPalindrome = chain
    .slice(0, half)
    .every((factor, k) => mirrored(factor, chain[chain.length - 1 - k]));
  if (isPalindrome && chain.length > 1) {
    if (chain.length % 2 === 0) return proved("a Gram matrix B'B", at);
    const middle = proveSemidefinite(chain[half].matrix, scope, depth - 1);
    if (middle.ok) return proved("B' P B with P positive semidefinite", at, [middle]);
  }
  return firstOf([() => byStructure(at, scope, depth - 1), () => byEigenvalues(at, scope)]);
}

function byStructure(node: Node, scope: PsdScope, depth: number): Proof {
  const { range, assumptions, nonnegative } = scope;
  if (assumptions.semidefinite.has(node))
    return proved('positive semidefinite by its domain', node);
  if (isSwap(node)) return proveSemidefinite(node.args[0], scope, depth);
  if (isOp(node, 'select') && uniformValue(node.args[2]) === 0 && isDiagonalMask(node.args[0])) {
    const entries = nonnegative(node.args[1]);
    return proved('diagonal with nonnegative entries', node, [entries]);
  }
  if (isOp(node, 'contract') && node.attributes.sum.length === 0 && node.args[0] === node.args[1])
    return proved("v v' for a vector v", node);
  if (isBinary(node, 'add'))
    return proved('a sum of positive semidefinite matrices', node, [
      proveSemidefinite(node.args[0], scope, depth),
      proveSemidefinite(node.args[1], scope, depth),
    ]);
  if (isBinary(node, 'mul')) {
    const [a, b] = node.args;
    const [scale, matrix] = isUniform(a) ? [a, b] : [b, a];
    if (isUniform(scale))
      return proved('a nonnegative multiple of a positive semidefinite matrix', node, [
        nonnegative(scale),
        proveSemidefinite(matrix, scope, depth),
      ]);
  }
  if (isBinary(node, 'div') && isUniform(node.args[1]) && isNonnegative(range(node.args[1])))
    return proveSemidefinite(node.args[0], scope, depth);
  return stuck('not known to be positive semidefinite', node);
}

/** One number in all places. */
const isUniform = (node: Node): boolean =>
  isOp(node, 'broadcast') && node.attributes.axes.length === 0;

/** The mask of the diagonal, as the builder writes it. */
export function isDiagonalMask(node: Node): boolean {
  if (!isBinary(node, 'eq')) return false;
  const [a, b] = node.args;
  return (
    isOp(a, 'broadcast') &&
    isOp(b, 'broadcast') &&
    isOp(a.args[0], 'iota') &&
    a.args[0] === b.args[0] &&
    a.attributes.axes.join() !== b.attributes.axes.join()
  );
}

function byEigenvalues(node: Node, { graph, known }: PsdScope): Proof {
  if (!isMatrix(node) || !known(node)) return stuck('not known to be positive semidefinite', node);
  return provedIf(
    'positive semidefinite, checked by its smallest eigenvalue once data is in',
    node,
    semidefiniteCondition(graph, node),
  );
}

/** Smallest eigenvalue of the symmetric part ≥ -tolerance · largest in absolute value. */
export function semidefiniteCondition(graph: Graph, matrix: Node): Node {
  const symmetric = graph.div(graph.add(matrix, graph.transpose(matrix)), 2);
  const [values] = graph.eigh(symmetric);
  const largest = graph.maxOver(graph.abs(values));
  return graph.ge(graph.minOver(values), graph.mul(-eigenvalueTolerance, largest));
}
