// A goal as a sum of terms: split at + and -, through constant factors and sums, down to what is no sum.
import type { Span } from '../../grammar/span.ts';
import type { SampledSum, Term } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp, isScalar } from '../tensor/type.ts';
import { fromOperands, operandsOf } from '../tensor/visit.ts';
import { joinLikeTerms } from './like-terms.ts';
import { sumOver } from './sum.ts';

export interface SplitGoal {
  readonly terms: readonly Term[];
  readonly sums: readonly SampledSum[];
}

/** What a summand is multiplied with so far: constants of the optimisation. */
type Factor = (node: Node) => Node;

export function splitTerms(
  graph: Graph,
  goal: Node,
  sums: ReadonlyMap<Node, SampledSum>,
  span: Span,
): SplitGoal {
  const isConstant = fromOperands<boolean>((node, isConstantBelow) =>
    node.op === 'input'
      ? node.attributes.role !== 'variable'
      : operandsOf(node).every(isConstantBelow),
  );
  const terms: Term[] = [];
  const found: SampledSum[] = [];

  // From left to right, without recursion: a sum may be deeper than the stack.
  const waiting: { readonly node: Node; readonly factor: Factor }[] = [];
  const split = (node: Node, factor: Factor): void => void waiting.push({ node, factor });

  const take = (node: Node, factor: Factor): void => {
    const sum = isScalar(node) ? sums.get(node) : undefined;
    if (sum !== undefined) {
      const scaled = scaledSum(sum, factor);
      found.push(scaled);
      terms.push(termOf(scaled.node, node));
      return;
    }
    const [left, right] = node.args;
    if (isOp(node, 'unary') && node.attributes.fn === 'neg')
      return split(left, (x) => factor(graph.neg(x)));
    if (isOp(node, 'binary')) {
      const { fn } = node.attributes;
      if (fn === 'add' || fn === 'sub') {
        split(right, fn === 'add' ? factor : (x) => factor(graph.neg(x)));
        return split(left, factor);
      }
      if (fn === 'mul' && isConstant(left) && isSum(right))
        return split(right, (x) => factor(graph.mul(left, x)));
      if (fn === 'mul' && isConstant(right) && isSum(left))
        return split(left, (x) => factor(graph.mul(right, x)));
      if (fn === 'div' && isConstant(right) && isSum(left))
        return split(left, (x) => factor(graph.div(x, right)));
    }
    if (isOp(node, 'reduce') && node.attributes.fn === 'sum' && isSum(left)) {
      const { axes } = node.attributes;
      return split(left, (x) => factor(sumOver(graph, x, axes)));
    }
    terms.push(termOf(factor(node), node));
  };

  const termOf = (term: Node, from: Node): Term => {
    const origin = graph.origin(from) ?? span;
    graph.setOrigin(term, origin);
    return { node: term, span: origin };
  };

  /** Whether splitting goes on below, possibly to one's own sum of samples. */
  const isSum = (node: Node): boolean => {
    if (isScalar(node) && sums.has(node)) return true;
    if (isOp(node, 'unary')) return node.attributes.fn === 'neg' && isSum(node.args[0]);
    if (isOp(node, 'reduce')) return node.attributes.fn === 'sum' && isSum(node.args[0]);
    if (!isOp(node, 'binary')) return false;
    const { fn } = node.attributes;
    const [left, right] = node.args;
    if (fn === 'add' || fn === 'sub') return true;
    if (fn === 'mul')
      return (isConstant(left) && isSum(right)) || (isConstant(right) && isSum(left));
    return fn === 'div' && isConstant(right) && isSum(left);
  };

  split(goal, (x) => x);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    take(next.node, next.factor);
  return joinLikeTerms(graph, { terms, sums: found }, isConstant);
}

/** The sum with a factor of its terms. */
const scaledSum = (sum: SampledSum, factor: Factor): SampledSum => ({
  ...sum,
  node: factor(sum.node),
  body: factor(sum.body),
});
