// Results of branches that nobody reads: a branch gives only what is used.
import { replaceThroughout } from '../derive/replace.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { postorder } from '../tensor/visit.ts';

/** The nodes with every `cond` reduced to the results that they use. */
export function withoutUnusedResults(graph: Graph, nodes: readonly Node[]): readonly Node[] {
  for (let current = nodes; ;) {
    const pairs = narrower(graph, current);
    if (pairs.size === 0) return current;
    current = replaceThroughout(graph, current, pairs);
  }
}

/** From each used result of a branch that gives too many to the same result of one that does not. */
function narrower(graph: Graph, nodes: readonly Node[]): ReadonlyMap<Node, Node> {
  const used = new Map<Node<'cond'>, Map<number, Node>>();
  for (const node of postorder(nodes)) {
    if (!isOp(node, 'part')) continue;
    const [branches] = node.args;
    if (!isOp(branches, 'cond')) continue;
    const parts = used.get(branches) ?? new Map<number, Node>();
    used.set(branches, parts.set(node.attributes.index, node));
  }
  const pairs = new Map<Node, Node>();
  for (const [branches, parts] of used) {
    if (parts.size === branches.results.length) continue;
    const kept = [...parts.keys()].sort((a, b) => a - b);
    const { then, otherwise } = branches.attributes;
    const made = graph.make(
      'cond',
      {
        then: { parameters: [], results: kept.map((k) => then.results[k]) },
        otherwise: { parameters: [], results: kept.map((k) => otherwise.results[k]) },
      },
      branches.args,
    );
    kept.forEach((k, at) => {
      const part = parts.get(k);
      if (part !== undefined) pairs.set(part, graph.part(made, at));
    });
  }
  return pairs;
}
