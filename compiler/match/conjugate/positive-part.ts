import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w max(x, 0))* is zero for 0 <= v <= w. */
export const conjugatePositivePart = (graph: Graph, weight: Node, v: Node): Node =>
  indicator(
    graph,
    graph.and(atMost(graph, graph.neg(v), graph.mul(0, weight)), atMost(graph, v, weight)),
  );
