// Long sums as balanced trees: as one after the other (`p = p + term`, or a gradient to which each use of a variable adds) they are deeper than the
// stack, and each sum would wait for the one before.
import type { AttributeMap } from '../tensor/attributes.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { rebuild } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { operandsOf, postorder, useCounts } from '../tensor/visit.ts';

/** Sums no deeper than this stay as they are written. */
const longest = 50;

interface Term {
  readonly node: Node;
  readonly negative: boolean;
}

/** Equal expressions in which no sum is deep. Sums that are used more than once stay whole. */
export function balanceSums(graph: Graph, nodes: readonly Node[]): readonly Node[] {
  const order = postorder(nodes);
  const depths = new Map<number, number>();
  const depthOf = (node: Node): number => depths.get(node.id) ?? 0;
  let deep = false;
  for (const node of order) {
    if (!isSum(node)) continue;
    const depth = 1 + Math.max(depthOf(node.args[0]), depthOf(node.args[1]));
    depths.set(node.id, depth);
    deep ||= depth > longest;
  }
  if (!deep) return nodes;

  const uses = useCounts(nodes);
  const isWithin = (node: Node): boolean => isSum(node) && uses.get(node.id) === 1;
  const within = new Set(
    order.filter(isSum).flatMap(({ args }) => args.filter(isWithin).map(({ id }) => id)),
  );
  const changed = new Map<number, Node>();
  const now = (node: Node): Node => changed.get(node.id) ?? node;
  const map: AttributeMap = {
    dim: (dim) => dim,
    region: ({ parameters, results }) => ({ parameters, results: results.map(now) }),
  };
  for (const node of order) {
    if (isSum(node) && !within.has(node.id) && depthOf(node) > longest) {
      const terms = termsOf(node, isWithin).map((term) => ({ ...term, node: now(term.node) }));
      const { node: sum, negative } = sumOf(graph, terms);
      const made = negative ? graph.neg(sum) : sum;
      graph.follow(node, made);
      changed.set(node.id, made);
    } else if (operandsOf(node).some((operand) => changed.has(operand.id)))
      changed.set(node.id, rebuild(graph, node, node.args.map(now), map));
  }
  return nodes.map(now);
}

const isSum = (node: Node): node is Node<'binary'> =>
  isOp(node, 'binary') &&
  (node.attributes.fn === 'add' || node.attributes.fn === 'sub') &&
  node.type.storage === 'dense';

/** The terms of a sum from left to right. */
function termsOf(sum: Node<'binary'>, isWithin: (node: Node) => boolean): readonly Term[] {
  const terms: Term[] = [];
  const waiting: Term[] = [{ node: sum, negative: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, negative } = next;
    if (node !== sum && !isWithin(node)) terms.push(next);
    else if (isSum(node)) {
      const [left, right] = node.args;
      waiting.push({ node: right, negative: negative !== (node.attributes.fn === 'sub') });
      waiting.push({ node: left, negative });
    }
  }
  return terms;
}

/** Halves added to each other; `negative` where the whole is minus the node. */
function sumOf(graph: Graph, terms: readonly Term[]): Term {
  if (terms.length === 1) return terms[0];
  const middle = terms.length >> 1;
  const left = sumOf(graph, terms.slice(0, middle));
  const right = sumOf(graph, terms.slice(middle));
  if (left.negative === right.negative)
    return { node: graph.add(left.node, right.node), negative: left.negative };
  return left.negative
    ? { node: graph.sub(right.node, left.node), negative: false }
    : { node: graph.sub(left.node, right.node), negative: false };
}
