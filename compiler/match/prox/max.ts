import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { alongGroups, asRows, groupShape } from '../atoms/groups.ts';
import { simplexThreshold } from '../domains/threshold.ts';

/** The prox of the largest entry of each group: v cut off at the level above which lies mass t. */
export function proxMax(graph: Graph, t: Node, v: Node, axes: readonly number[]): Node {
  const { rows } = asRows(graph, v, axes);
  const total = t.type.shape.length === 0 ? graph.full(t, groupShape(v.type.shape, axes)) : t;
  const level = simplexThreshold(graph, rows, total);
  return graph.min(v, alongGroups(graph, level, v.type.shape, axes));
}
