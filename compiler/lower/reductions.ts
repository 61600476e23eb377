// Reductions over all entries or along one axis, and norms.
import type { ReductionName } from '../model/builtins.ts';
import type { NormNode, ReduceNode } from '../model/types.ts';
import { constantDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { notYet, type Lowering, type Scope } from './context.ts';
import { meanOver, sumOver } from './sum.ts';
import { repeat } from './vectorize/batched.ts';

type Reducer = (graph: Graph, x: Node, axes: readonly number[]) => Node;

const reducers: { readonly [F in Exclude<ReductionName, 'argmin' | 'argmax'>]: Reducer } = {
  sum: sumOver,
  prod: (g, x, axes) => g.prod(x, axes),
  mean: meanOver,
  var: variance,
  std: (g, x, axes) => g.sqrt(variance(g, x, axes)),
  min: (g, x, axes) => g.minOver(x, axes),
  max: (g, x, axes) => g.maxOver(x, axes),
  all: (g, x, axes) => g.all(x, axes),
  any: (g, x, axes) => g.any(x, axes),
  count: (g, x, axes) => g.sum(x, axes),
  logsumexp: logSumExp,
};

export function lowerReduce({ graph, lower }: Lowering, node: ReduceNode, scope: Scope): Node {
  const x = lower(node.operand, scope);
  const axes = node.axis === undefined ? x.type.shape.map((_, k) => k) : [node.axis];
  const { fn } = node;
  if (fn !== 'argmin' && fn !== 'argmax') return reducers[fn](graph, x, axes);
  const [along, axis] = node.axis === undefined ? [graph.flatten(x), 0] : [x, node.axis];
  const position = fn === 'argmax' ? graph.argmax(along, axis) : graph.argmin(along, axis);
  return graph.add(position, graph.size(node.first ?? constantDim(1)));
}

/** A value along the kept axes, repeated over the reduced ones. */
export function spread(
  graph: Graph,
  reduced: Node,
  shape: readonly Dim[],
  axes: readonly number[],
): Node {
  const kept = shape.map((_, k) => k).filter((k) => !axes.includes(k));
  return repeat(graph, reduced, shape, kept);
}

/** Divided by the number of entries. */
function variance(graph: Graph, x: Node, axes: readonly number[]): Node {
  const mean = spread(graph, meanOver(graph, x, axes), x.type.shape, axes);
  return meanOver(graph, graph.square(graph.sub(x, mean)), axes);
}

/** m + log(sum(exp(x - m))) with m the largest entry, its derivative not followed: it cancels. */
export function logSumExp(graph: Graph, x: Node, axes: readonly number[]): Node {
  if (axes.length === 0) return x;
  const largest = graph.stop(graph.maxOver(x, axes));
  const shifted = graph.sub(x, spread(graph, largest, x.type.shape, axes));
  return graph.add(largest, graph.log(graph.sum(graph.exp(shifted), axes)));
}

export function softmax(graph: Graph, x: Node, axis: number): Node {
  const largest = graph.stop(graph.maxOver(x, [axis]));
  const powers = graph.exp(graph.sub(x, spread(graph, largest, x.type.shape, [axis])));
  return graph.div(powers, spread(graph, graph.sum(powers, [axis]), x.type.shape, [axis]));
}

export function lowerNorm(lowering: Lowering, node: NormNode, scope: Scope): Node {
  const { graph, lower } = lowering;
  const x = lower(node.operand, scope);
  if (node.operand.type.element === 'complex')
    return notYet(lowering, 'complex numbers', node.span);
  return normOf(graph, x, node.p);
}

export function normOf(graph: Graph, x: Node, p: NormNode['p']): Node {
  if (p === 2 || p === 'fro') return graph.sqrt(graph.sumsq(x));
  if (p === 1) return graph.sum(graph.abs(x));
  if (p === Number.POSITIVE_INFINITY) return graph.maxOver(graph.abs(x));
  if (p === 0) return graph.sum(graph.ne(x, 0));
  if (p === 'op') return graph.at(graph.svd(x)[1], 0, 0);
  if (p === 'nuc') return graph.sum(graph.svd(x)[1]);
  return graph.pow(graph.sum(graph.pow(graph.abs(x), p)), 1 / p);
}
