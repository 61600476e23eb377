// The part of a lane's value that depends on the lane, and the part that is the same in all: E(i in D) (f_i + g) is E f_i + g.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';

export interface Split {
  readonly varying: Node | undefined;
  readonly fixed: Node | undefined;
}

/** The value as varying + fixed; `keys` are those of the parameters that vary. */
export function splitByLanes(graph: Graph, node: Node, keys: ReadonlySet<number>): Split {
  const varies = (x: Node): boolean => x.free.some((key) => keys.has(key));
  const whole: Split = { varying: node, fixed: undefined };
  if (!varies(node)) return { varying: undefined, fixed: node };
  if (node.type.shape.length > 0) return whole;
  const [left, right] = node.args;
  const map = (of: Node, by: (x: Node) => Node): Split => {
    const { varying, fixed } = splitByLanes(graph, of, keys);
    if (fixed === undefined) return whole;
    return { varying: varying && by(varying), fixed: by(fixed) };
  };
  if (isOp(node, 'unary') && node.attributes.fn === 'neg') return map(left, (x) => graph.neg(x));
  if (!isOp(node, 'binary')) return whole;
  const { fn } = node.attributes;
  if (fn === 'mul' && !varies(left)) return map(right, (x) => graph.mul(left, x));
  if (fn === 'mul' && !varies(right)) return map(left, (x) => graph.mul(x, right));
  if (fn === 'div' && !varies(right)) return map(left, (x) => graph.div(x, right));
  if (fn !== 'add' && fn !== 'sub') return whole;
  const [a, b] = [splitByLanes(graph, left, keys), splitByLanes(graph, right, keys)];
  if (a.fixed === undefined && b.fixed === undefined) return whole;
  return {
    varying: joined(graph, fn, a.varying, b.varying),
    fixed: joined(graph, fn, a.fixed, b.fixed),
  };
}

function joined(
  graph: Graph,
  fn: 'add' | 'sub',
  a: Node | undefined,
  b: Node | undefined,
): Node | undefined {
  if (b === undefined) return a;
  if (a === undefined) return fn === 'add' ? b : graph.neg(b);
  return graph.binary(fn, a, b);
}

export const plus = (graph: Graph, a: Node | undefined, b: Node | undefined): Node =>
  joined(graph, 'add', a, b) ?? graph.constant(0);
