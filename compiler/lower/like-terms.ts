// Terms that differ in a constant factor alone are one term: a/4 + 3*a/4 is a, so that what matches a goal does not depend on how it is written. A sum over
// elements joins those over the same elements alone: it is drawn from, and what else is in the goal belongs to every element.
import type { SampledSum, Term } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp, isScalar } from '../tensor/type.ts';
import type { SplitGoal } from './terms.ts';

interface Factored {
  readonly core: Node;
  /** Undefined is 1. */
  readonly factor: Node | undefined;
}

/** `isConstant`: what no variable changes. */
export function joinLikeTerms(
  graph: Graph,
  { terms, sums }: SplitGoal,
  isConstant: (node: Node) => boolean,
): SplitGoal {
  const joined: Group[] = [];
  const byKey = new Map<Node, Group[]>();
  const moved = new Map<Node, Group>();
  for (const term of terms) {
    const { core, factor } = factored(graph, term.node, isConstant);
    const key = isConstant(core) ? term.node : core;
    const sum = sums.find(({ node }) => node === term.node);
    const alike = byKey.get(key) ?? [];
    const before = alike.find((group) => sameElements(group.sum, sum));
    if (before === undefined) {
      const group = { sum, term };
      joined.push(group);
      byKey.set(key, [...alike, group]);
      moved.set(term.node, group);
      continue;
    }
    const node = summed(graph, before.term.node, factor, core, isConstant);
    graph.setOrigin(node, before.term.span);
    before.term = { node, span: before.term.span };
    moved.set(term.node, before);
  }
  if (joined.length === terms.length) return { terms, sums };
  return {
    terms: joined.map(({ term }) => term),
    sums: joinSums(graph, sums, (node) => moved.get(node)?.term.node ?? node),
  };
}

/** Terms that are one. */
interface Group {
  /** What it is drawn from. */
  readonly sum: SampledSum | undefined;
  term: Term;
}

/** No sums, or sums over what the same parameters stand for. */
function sameElements(a: SampledSum | undefined, b: SampledSum | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.kind === b.kind &&
    a.index === b.index &&
    a.draws.length === b.draws.length &&
    a.draws.every(({ parameter }, k) => parameter === b.draws[k].parameter)
  );
}

/** Sums of one term are one sum, whose bodies add up. */
function joinSums(
  graph: Graph,
  sums: readonly SampledSum[],
  termOf: (node: Node) => Node,
): readonly SampledSum[] {
  const joined = new Map<Node, SampledSum>();
  for (const sum of sums) {
    const node = termOf(sum.node);
    const before = joined.get(node);
    const body = before === undefined ? sum.body : graph.add(before.body, sum.body);
    joined.set(node, { ...sum, node, body });
  }
  return [...joined.values()];
}

function summed(
  graph: Graph,
  before: Node,
  factor: Node | undefined,
  core: Node,
  isConstant: (node: Node) => boolean,
): Node {
  const one = graph.constant(1);
  const first = factored(graph, before, isConstant).factor ?? one;
  return graph.mul(graph.add(first, factor ?? one), core);
}

/** Signs and constant scalar factors taken off. */
function factored(graph: Graph, node: Node, isConstant: (node: Node) => boolean): Factored {
  let core = node;
  let factor: Node | undefined;
  const multiply = (by: Node): void => {
    factor = factor === undefined ? by : graph.mul(factor, by);
  };
  for (;;) {
    const [left, right] = core.args;
    if (isOp(core, 'unary') && core.attributes.fn === 'neg') {
      multiply(graph.constant(-1));
      core = left;
    } else if (isOp(core, 'binary') && core.attributes.fn === 'mul' && isFactor(left)) {
      multiply(left);
      core = right;
    } else if (isOp(core, 'binary') && core.attributes.fn === 'mul' && isFactor(right)) {
      multiply(right);
      core = left;
    } else if (isOp(core, 'binary') && core.attributes.fn === 'div' && isFactor(right)) {
      multiply(graph.div(1, right));
      core = left;
    } else return { core, factor };
  }

  function isFactor(part: Node): boolean {
    return isScalar(part) && isConstant(part);
  }
}
