import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { asRows, groupShape } from '../atoms/groups.ts';
import { projectL1 } from '../domains/ball.ts';

/** The prox of the largest absolute value of each group: v less its projection onto the 1-norm ball of radius t (Moreau). */
export function proxNormInf(graph: Graph, t: Node, v: Node, axes: readonly number[]): Node {
  const { rows, back } = asRows(graph, v, axes);
  const radius = t.type.shape.length === 0 ? graph.full(t, groupShape(v.type.shape, axes)) : t;
  return graph.sub(v, back(projectL1(graph, rows, radius)));
}
