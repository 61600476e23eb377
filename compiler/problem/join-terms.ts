// The terms of a goal, those that are smooth or convex only together joined to one: a stable logistic loss is one term, however it is written.
import { join, type Span } from '../../grammar/span.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Facts } from './facts/facts.ts';
import type { Term } from './problem.ts';

export function joinTerms(graph: Graph, facts: Facts, terms: readonly Term[]): readonly Term[] {
  const groups = facts.groups(terms.map(({ node }) => node));
  if (groups.length === 0) return terms;
  const joined = new Map<number, Term>();
  const dropped = new Set<number>();
  for (const { members, node } of groups) {
    const [first, ...others] = members;
    const spans = members.map((k) => terms[k].span);
    const span = covering(spans);
    graph.setOrigin(node, span);
    joined.set(first, { node, span });
    others.forEach((k) => dropped.add(k));
  }
  return terms.flatMap((term, k) => (dropped.has(k) ? [] : [joined.get(k) ?? term]));
}

/** One span over all, where they lie in one file. */
function covering(spans: readonly Span[]): Span {
  const [first] = spans;
  return spans.every(({ file }) => file === first.file) ? spans.reduce(join) : first;
}
