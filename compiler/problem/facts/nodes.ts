// Small questions about nodes that several facts ask.
import { constantValue, productOfDims, type Dim } from '../../tensor/dim.ts';
import type { BinaryFn, Node, ReduceFn, UnaryFn } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';

/** How deep the search for a number goes: a literal is near, and what is shared below must not be walked again and again. */
const literalDepth = 8;

/** The number that fills a node, where it is one. */
export function uniformValue(node: Node, depth = literalDepth): number | undefined {
  if (depth === 0) return undefined;
  switch (node.op) {
    case 'constant':
      return node.attributes.value;
    case 'literal': {
      const [first, ...rest] = node.attributes.values;
      return first !== undefined && rest.every((v) => v === first) ? first : undefined;
    }
    case 'size':
      return constantValue(node.attributes.dim);
    case 'broadcast':
    case 'reshape':
    case 'transpose':
    case 'slice':
    case 'reverse':
    case 'stop':
      return uniformValue(node.args[0], depth - 1);
    case 'unary': {
      const value = uniformValue(node.args[0], depth - 1);
      return value !== undefined && node.attributes.fn === 'neg' ? -value : undefined;
    }
    case 'binary': {
      const a = uniformValue(node.args[0], depth - 1);
      const b = a === undefined ? undefined : uniformValue(node.args[1], depth - 1);
      if (a === undefined || b === undefined) return undefined;
      const { fn } = node.attributes;
      if (fn === 'add') return a + b;
      if (fn === 'sub') return a - b;
      if (fn === 'mul') return a * b;
      return fn === 'div' ? a / b : undefined;
    }
    default:
      return undefined;
  }
}

export const entryCount = (node: Node): Dim => productOfDims(node.type.shape);
export const constantCount = (dims: readonly Dim[]): number | undefined =>
  constantValue(productOfDims(dims));

/** A node with one of the functions of its operation; narrow enough that the test's failure says nothing of the operation. */
type UnaryOf<F extends UnaryFn> = Node<'unary'> & { readonly attributes: { readonly fn: F } };
type BinaryOf<F extends BinaryFn> = Node<'binary'> & { readonly attributes: { readonly fn: F } };
type ReduceOf<F extends ReduceFn> = Node<'reduce'> & { readonly attributes: { readonly fn: F } };

export const isUnary = <F extends UnaryFn>(node: Node, fn: F): node is UnaryOf<F> =>
  isOp(node, 'unary') && node.attributes.fn === fn;
export const isBinary = <F extends BinaryFn>(node: Node, fn: F): node is BinaryOf<F> =>
  isOp(node, 'binary') && node.attributes.fn === fn;
export const isReduce = <F extends ReduceFn>(node: Node, fn: F): node is ReduceOf<F> =>
  isOp(node, 'reduce') && node.attributes.fn === fn;

/** Through nodes that do not change the value. */
export function plain(node: Node): Node {
  return isOp(node, 'oracle') || isOp(node, 'stop') ? plain(node.args[0]) : node;
}

/** One number in all places, or a scalar. */
export const scalarFill = (node: Node): boolean =>
  node.type.shape.length === 0 || (isOp(node, 'broadcast') && node.attributes.axes.length === 0);
