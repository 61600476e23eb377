// Quadratic forms u' Q u with a given matrix Q, however the products are bracketed and scaled.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import type { DegreeOf } from './degree.ts';
import { isBinary } from './nodes.ts';

export interface QuadraticForm {
  readonly vector: Node;
  readonly matrix: Node;
}

interface FormScope {
  readonly graph: Graph;
  readonly degree: DegreeOf;
}

/** The node as u' Q u, where it is one product of that form. */
export function quadraticForm(node: Node, c: FormScope): QuadraticForm | undefined {
  if (!isOp(node, 'contract') || node.type.shape.length > 0) return undefined;
  const [a, b] = node.args;
  return formOf(a, b, c) ?? formOf(b, a, c);
}

/** `product` is Q u, or u' Q, of the same u. */
function formOf(
  vector: Node,
  product: Node,
  c: FormScope,
): { readonly vector: Node; readonly matrix: Node } | undefined {
  const scale = scaleOf(product, c);
  if (scale !== undefined) {
    const inner = formOf(vector, scale.inner, c);
    return inner === undefined
      ? undefined
      : { vector, matrix: c.graph.mul(scale.factor, inner.matrix) };
  }
  if (!isOp(product, 'contract') || vector.type.shape.length !== 1) return undefined;
  const [a, b] = product.args;
  const { sum, batch } = product.attributes;
  if (batch.length > 0 || sum.length !== 1) return undefined;
  if (a === vector && c.degree(b) === 0 && b.type.shape.length === 2) return { vector, matrix: b };
  if (b === vector && c.degree(a) === 0 && a.type.shape.length === 2) return { vector, matrix: a };
  // (L (L' u)) and the like: undo the chain of matrices.
  const chain = vectorChain(product, c);
  return chain !== undefined && chain.vector === vector
    ? { vector, matrix: chain.matrix }
    : undefined;
}

/** M1 (M2 (… u)) as one matrix and u. */
function vectorChain(
  node: Node,
  c: FormScope,
): { readonly vector: Node; readonly matrix: Node } | undefined {
  if (!isOp(node, 'contract') || node.type.shape.length !== 1) return undefined;
  const [a, b] = node.args;
  const { sum, batch } = node.attributes;
  if (batch.length > 0 || sum.length !== 1) return undefined;
  const [matrix, inner, axis] = a.type.shape.length === 2 ? [a, b, sum[0][0]] : [b, a, sum[0][1]];
  if (matrix.type.shape.length !== 2 || c.degree(matrix) > 0) return undefined;
  const left = axis === 1 ? matrix : c.graph.transpose(matrix);
  const below = vectorChain(inner, c);
  return below === undefined
    ? { vector: inner, matrix: left }
    : { vector: below.vector, matrix: c.graph.matmul(left, below.matrix) };
}

/** One number times an expression. */
export function scaleOf(
  node: Node,
  c: FormScope,
): { readonly factor: Node; readonly inner: Node } | undefined {
  if (isOp(node, 'unary') && node.attributes.fn === 'neg')
    return { factor: c.graph.constant(-1), inner: node.args[0] };
  if (isBinary(node, 'mul')) {
    const [a, b] = node.args;
    const [x, y] = [scalarBehind(a), scalarBehind(b)];
    if (x !== undefined && c.degree(x) === 0) return { factor: x, inner: b };
    if (y !== undefined && c.degree(y) === 0) return { factor: y, inner: a };
  }
  if (isBinary(node, 'div')) {
    const y = scalarBehind(node.args[1]);
    if (y !== undefined && c.degree(y) === 0)
      return { factor: c.graph.div(1, y), inner: node.args[0] };
  }
  return undefined;
}

/** The scalar that a node repeats. */
export function scalarBehind(node: Node): Node | undefined {
  if (node.type.shape.length === 0) return node;
  return isOp(node, 'broadcast') && node.attributes.axes.length === 0 ? node.args[0] : undefined;
}
