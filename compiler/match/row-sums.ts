// Terms that are sums over the rows of data though no index is written: sumsq(A*x - b), mean(softplus(-y .* (X*w))).
import type { SampledSum, Term } from '../problem/problem.ts';
import type { Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { intType, isOp, isScalar } from '../tensor/type.ts';
import { rowOf } from './row-of.ts';

/** The term as a sum over the first axis that does not belong to a variable; undefined where there is none. */
export function rowSum(
  graph: Graph,
  { node, span }: Term,
  depends: (node: Node) => boolean,
): SampledSum | undefined {
  const index = graph.parameter(intType([]), 'i');
  const found = split(node, (x) => x);
  if (found === undefined) return undefined;
  return {
    kind: 'sum',
    node,
    index,
    size: found.size,
    set: undefined,
    draws: [],
    body: found.body,
    span,
  };

  function split(
    at: Node,
    factor: (x: Node) => Node,
  ): { readonly body: Node; readonly size: Dim } | undefined {
    if (!depends(at)) return undefined;
    const [a, b] = at.args;
    if (isOp(at, 'unary') && at.attributes.fn === 'neg')
      return split(a, (x) => factor(graph.neg(x)));
    if (isOp(at, 'binary') && at.attributes.fn === 'mul') {
      if (!depends(a)) return split(b, (x) => factor(graph.mul(a, x)));
      return depends(b) ? undefined : split(a, (x) => factor(graph.mul(x, b)));
    }
    if (isOp(at, 'binary') && at.attributes.fn === 'div' && !depends(b))
      return split(a, (x) => factor(graph.div(x, b)));
    if (!isScalar(at)) return undefined;
    if (isOp(at, 'reduce') && at.attributes.fn === 'sum') return ofSum(a, factor);
    if (isOp(at, 'contract') && at.attributes.sum.every(([p, q]) => p === q))
      return ofSum(graph.mul(a, b), factor);
    return undefined;
  }

  function ofSum(
    summand: Node,
    factor: (x: Node) => Node,
  ): { readonly body: Node; readonly size: Dim } | undefined {
    for (const [axis, size] of summand.type.shape.entries()) {
      if (size.key === '1') continue;
      const row = rowOf(graph, summand, axis, index, depends);
      if (row !== undefined) return { body: factor(isScalar(row) ? row : graph.sum(row)), size };
    }
    return undefined;
  }
}
