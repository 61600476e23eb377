// Sums over paired axes: products of matrices and vectors by name, all others by one batched product.
import type { Node, NodeOf } from '../../tensor/ir.ts';
import type { Unit } from './unit.ts';
import { arrayValue, type SparseValue, type Value } from './value.ts';

export function contractRule(node: NodeOf<'contract'>, unit: Unit): readonly Value[] {
  const [a, b] = node.args;
  const { batch, sum } = node.attributes;
  const [left, right] = [unit.value(a), unit.value(b)];
  const rank = node.type.shape.length;
  if (batch.length === 0 && sum.length === 1) {
    const [[p, q]] = sum;
    if (left.kind === 'sparse') return [arrayValue(sparseProduct(left, p, b, q, unit), rank)];
    if (right.kind === 'sparse') {
      const product = sparseProduct(right, q, a, p, unit);
      return [arrayValue(a.type.shape.length === 2 ? `tf.transpose(${product})` : product, rank)];
    }
    const text = plainProduct(a, p, b, q, unit);
    if (text !== undefined) return [arrayValue(text, rank)];
  }
  const pairs = (list: readonly (readonly [number, number])[]): string =>
    `[${list.map(([x, y]) => `[${x}, ${y}]`).join(', ')}]`;
  const text = `device.contract(${unit.array(a)}, ${unit.array(b)}, ${pairs(batch)}, ${pairs(sum)})`;
  return [arrayValue(text, rank)];
}

/** Vectors and matrices, summed over one axis of each. */
function plainProduct(a: Node, p: number, b: Node, q: number, unit: Unit): string | undefined {
  const ranks = [a.type.shape.length, b.type.shape.length];
  const [x, y] = ranks;
  if (x > 2 || y > 2) return undefined;
  const [left, right] = [unit.array(a), unit.array(b)];
  if (x === 1 && (y === 1 || q === 0)) return `tf.dot(${left}, ${right})`;
  if (x === 2 && y === 1)
    return p === 1 ? `tf.dot(${left}, ${right})` : `tf.dot(${right}, ${left})`;
  if (x === 1) return `tf.dot(${right}, ${left})`;
  const flips = p === 0 || q === 1 ? `, ${p === 0}, ${q === 1}` : '';
  return `tf.matMul(${left}, ${right}${flips})`;
}

/** A compressed matrix, summed over its axis `p` with axis `q` of an array; the matrix's other axis comes first. */
function sparseProduct(matrix: SparseValue, p: number, b: Node, q: number, unit: Unit): string {
  const flip = (p === 0) !== matrix.transposed;
  const dense = unit.array(b);
  const first = b.type.shape.length === 2 && q === 1 ? `tf.transpose(${dense})` : dense;
  return `device.sparseProduct(${matrix.text}, ${first}, ${flip})`;
}
