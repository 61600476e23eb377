import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';
import { conjugateSquare } from './quadratic.ts';

/** (w huber_d)* = v^2/(2w) for |v| <= w d. */
export const conjugateHuber = (graph: Graph, weight: Node, v: Node, d: Node): Node =>
  graph.add(
    conjugateSquare(graph, weight, v),
    indicator(graph, atMost(graph, graph.abs(v), graph.mul(weight, d))),
  );
