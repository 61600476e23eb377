import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w norm(x))* is zero for norm(v) <= w: the Euclidean norm is its own dual. */
export const conjugateNorm2 = (
  graph: Graph,
  weight: Node,
  v: Node,
  axes: readonly number[],
): Node => indicator(graph, atMost(graph, graph.sqrt(graph.sum(graph.square(v), axes)), weight));
