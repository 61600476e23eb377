import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { atMost, indicator } from '../atoms/atom.ts';

/** (w log(1 + exp x))* = w (p log p + (1 - p) log(1 - p)) with p = v/w between 0 and 1. */
export function conjugateSoftplus(graph: Graph, weight: Node, v: Node): Node {
  const p = graph.div(v, weight);
  const kept = graph.min(graph.max(p, 0), 1);
  const entropy = graph.add(graph.xlogx(kept), graph.xlogx(graph.sub(1, kept)));
  const inside = graph.and(
    atMost(graph, graph.neg(p), graph.mul(0, p)),
    atMost(graph, p, graph.add(graph.mul(0, p), 1)),
  );
  return graph.add(graph.mul(weight, entropy), indicator(graph, inside));
}
