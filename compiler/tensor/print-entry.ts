// One entry of an array as a person would write it: `x[3]` where the array is x, `log(x[3])` where it is log(x).
import { constantValue } from './dim.ts';
import type { Node } from './ir.ts';
import type { Value } from './interpret/value.ts';
import { stridesOf } from './interpret/value.ts';
import { printNode, type PrintOptions } from './print.ts';
import { substituteIn } from './substitute.ts';
import type { Graph } from './graph.ts';
import { isOp } from './type.ts';

export interface EntryPrinter {
  /** The whole array. */
  readonly whole: (node: Node) => string;
  /** The entry at a row-major position. */
  readonly entry: (node: Node, position: number, shape: readonly number[]) => string;
  /** Its operation on the entries of its operands, where it acts entry by entry: `log(x[3])`. */
  readonly operation: (node: Node, position: number, shape: readonly number[]) => string;
}

const brief: PrintOptions = { nodes: 12, depth: 5 };

/** `names` are texts for nodes that stand for something the reader knows: a variable's part of a flat vector, say. */
export function entryPrinter(graph: Graph, names: ReadonlyMap<Node, string>): EntryPrinter {
  const named = new Map(
    [...names].map(([node, name]): [Node, Node] => [node, graph.input(name, 'state', node.type)]),
  );
  const whole = (node: Node): string => printNode(substituteIn(graph, node, named), brief);
  const entry = (node: Node, position: number, shape: readonly number[]): string => {
    if (node.type.shape.length === 0) return whole(node);
    if (isOp(node, 'literal')) return String(node.attributes.values[position]);
    if (!names.has(node)) {
      const inner = moved(node, position, shape);
      if (inner !== undefined) return entry(inner.node, inner.position, inner.shape);
      if (elementwise(node)) return operation(node, position, shape);
    }
    const text = whole(node);
    const simple = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
    return `${simple ? text : `(${text})`}[${indexOf(position, shape).join(', ')}]`;
  };
  const operation = (node: Node, position: number, shape: readonly number[]): string => {
    if (node.type.shape.length === 0 || !elementwise(node)) return whole(node);
    // The operation on scalars that bear the texts of the entries.
    const operands = node.args.map((arg) => {
      const { element, shape: dims } = arg.type;
      const constant = constantIn(arg);
      if (constant !== undefined) return constant;
      return dims.length === 0
        ? arg
        : graph.input(entry(arg, position, shape), 'state', {
            element,
            shape: [],
            storage: 'dense',
          });
    });
    return whole(graph.make(node.op, node.attributes, operands));
  };
  return { whole, entry, operation };
}

export const elementwise = (node: Node): boolean =>
  isOp(node, 'unary') || isOp(node, 'binary') || isOp(node, 'select');

const constantIn = (node: Node): Node | undefined => {
  if (isOp(node, 'constant')) return node;
  return isOp(node, 'broadcast') ? constantIn(node.args[0]) : undefined;
};

interface Moved {
  readonly node: Node;
  readonly position: number;
  readonly shape: readonly number[];
}

/** The same entry before a rearrangement, where its sizes are numbers. */
function moved(node: Node, position: number, shape: readonly number[]): Moved | undefined {
  const index = indexOf(position, shape).map((k) => k - 1);
  if (isOp(node, 'broadcast')) {
    const { axes } = node.attributes;
    return at(
      node.args[0],
      axes.map((axis) => index[axis]),
      axes.map((axis) => shape[axis]),
    );
  }
  if (isOp(node, 'transpose')) {
    const { permutation } = node.attributes;
    const back = permutation.map((_, axis) => permutation.indexOf(axis));
    return at(
      node.args[0],
      back.map((k) => index[k]),
      back.map((k) => shape[k]),
    );
  }
  if (isOp(node, 'slice')) {
    const inner = node.args[0].type.shape.map(constantValue);
    const start = node.attributes.start.map(constantValue);
    const known = (list: readonly (number | undefined)[]): list is readonly number[] =>
      !list.includes(undefined);
    if (!known(inner) || !known(start)) return undefined;
    return at(
      node.args[0],
      index.map((k, axis) => k + start[axis]),
      inner,
    );
  }
  if (isOp(node, 'reshape')) {
    const inner = node.args[0].type.shape.map(constantValue);
    const sizes = inner.flatMap((size) => (size === undefined ? [] : [size]));
    return sizes.length < inner.length ? undefined : { node: node.args[0], position, shape: sizes };
  }
  if (isOp(node, 'stop') || isOp(node, 'oracle')) return { node: node.args[0], position, shape };
  return undefined;
}

function at(node: Node, index: readonly number[], shape: readonly number[]): Moved {
  const strides = stridesOf(shape);
  return { node, position: index.reduce((sum, k, axis) => sum + k * strides[axis], 0), shape };
}

/** 1-based positions on the axes. */
const indexOf = (position: number, shape: readonly number[]): readonly number[] => {
  const strides = stridesOf(shape);
  return shape.map((size, axis) => 1 + (Math.floor(position / strides[axis]) % size));
};

/** The range of an operand's entries, or its number: `x = 2`, `the entries of A lie between 1 and 2`. */
export function rangeText(
  name: string,
  { shape, data }: Value,
  number: (value: number) => string,
): string {
  if (shape.length === 0) return `${name} = ${number(data[0])}`;
  if (data.length === 0) return `${name} is empty`;
  let low = Infinity;
  let high = -Infinity;
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === high
    ? `every entry of ${name} is ${number(low)}`
    : `the entries of ${name} lie between ${number(low)} and ${number(high)}`;
}
