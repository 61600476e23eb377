// The single objectives of a goal that is a list of them.
import { constantValue } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import type { Goal } from './problem.ts';

/** The entries of the list, as they were before they were joined where that is seen. */
export function objectivesOf(graph: Graph, { node, objectives }: Goal): readonly Node[] {
  if (node === undefined) return [];
  if (isOp(node, 'concat') && node.args.length === objectives) {
    const single = node.args.every(({ type }) => constantValue(type.shape[0]) === 1);
    if (single) return node.args.map((part) => graph.reshape(part, []));
  }
  return Array.from({ length: objectives }, (_, k) => graph.at(node, 0, k));
}
