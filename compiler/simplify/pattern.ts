// Small recognisers that rules are written with.
import { constantValue, type Dim } from '../tensor/dim.ts';
import type { BinaryFn, Node, NodeOf, UnaryFn } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';

/** x of fn(x). */
export const argumentOf = (node: Node, fn: UnaryFn): Node | undefined =>
  isOp(node, 'unary') && node.attributes.fn === fn ? node.args[0] : undefined;

/** x and y of fn(x, y). */
export const operands = (node: Node, fn: BinaryFn): readonly [Node, Node] | undefined =>
  isOp(node, 'binary') && node.attributes.fn === fn ? [node.args[0], node.args[1]] : undefined;

/** Whether every entry is this constant. */
export const isAll = (node: Node, value: number): boolean => constantEntry(node) === value;

/** The scalar that every entry is: of a scalar itself, or of one repeated. */
export function scalarOf(node: Node): Node | undefined {
  if (node.type.shape.length === 0) return node;
  return isOp(node, 'broadcast') && node.args[0].type.shape.length === 0 ? node.args[0] : undefined;
}

/** x = factor * rest with a constant factor; 1 where there is none. */
export function coefficient(node: Node): readonly [number, Node] {
  const product = operands(node, 'mul');
  if (product !== undefined) {
    const factor = constantEntry(product[0]);
    if (factor !== undefined) return [factor, product[1]];
  }
  const inner = argumentOf(node, 'neg');
  return inner === undefined ? [1, node] : [-1, inner];
}

/** Values that cannot be negative, whatever their arguments. */
export function isNonnegative(node: Node): boolean {
  const constant = constantEntry(node);
  if (constant !== undefined) return constant >= 0;
  if (isOp(node, 'unary')) {
    const { fn } = node.attributes;
    return fn === 'abs' || fn === 'exp' || fn === 'sqrt' || fn === 'sigmoid' || fn === 'softplus';
  }
  if (isOp(node, 'broadcast')) return isNonnegative(node.args[0]);
  if (isOp(node, 'size')) return true;
  const parts = operands(node, 'mul') ?? operands(node, 'div');
  if (parts !== undefined) return parts.every(isNonnegative);
  const larger = operands(node, 'max');
  if (larger !== undefined) return larger.some(isNonnegative);
  if (isOp(node, 'contract')) return node.args[0] === node.args[1] && isSquare(node);
  return (
    isOp(node, 'binary') && node.attributes.fn === 'pow' && isEven(constantEntry(node.args[1]))
  );
}

/** x'*x of all entries. */
const isSquare = ({ attributes: { batch, sum }, args: [x] }: NodeOf<'contract'>): boolean =>
  batch.length === 0 && sum.length === x.type.shape.length && sum.every(([p, q]) => p === q);

/** Values that stay above 0 after rounding too: an exponential may underflow, a positive constant added to what is not negative cannot. */
export function isPositive(node: Node): boolean {
  const constant = constantEntry(node);
  if (constant !== undefined) return constant > 0;
  if (isOp(node, 'broadcast')) return isPositive(node.args[0]);
  const inner = argumentOf(node, 'sqrt') ?? argumentOf(node, 'abs');
  if (inner !== undefined) return isPositive(inner);
  const terms = operands(node, 'add');
  if (terms === undefined) return false;
  const [x, y] = terms;
  return (isPositive(x) && isNonnegative(y)) || (isNonnegative(x) && isPositive(y));
}

export const isEven = (value: number | undefined): boolean =>
  value !== undefined && value % 2 === 0;

export const isZeroDim = (dim: Dim): boolean => constantValue(dim) === 0;
export const isOneDim = (dim: Dim): boolean => constantValue(dim) === 1;

/** 0, 1, … rank-1. */
export const allAxes = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, axis) => axis);

export const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, k) => value === b[k]);

/** The identity matrix as the builder writes it, or a diagonal one: its diagonal (1 for the identity). */
export function diagonalOf(node: Node): Node | undefined {
  if (!isOp(node, 'select')) return undefined;
  const [condition, inside, outside] = node.args;
  if (!isAll(outside, 0) || !isMainDiagonal(condition)) return undefined;
  const constant = scalarOf(inside);
  if (constant !== undefined) return constant;
  return isOp(inside, 'broadcast') && inside.args[0].type.shape.length === 1
    ? inside.args[0]
    : undefined;
}

/** Row number equal to column number. */
function isMainDiagonal(node: Node): boolean {
  const sides = operands(node, 'eq');
  if (sides === undefined) return false;
  const [rows, columns] = sides;
  return (
    isOp(rows, 'broadcast') &&
    isOp(columns, 'broadcast') &&
    rows.args[0] === columns.args[0] &&
    rows.args[0].op === 'iota' &&
    sameNumbers([...rows.attributes.axes, ...columns.attributes.axes].sort(), [0, 1])
  );
}
