import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { monotoneRoot } from './monotone-root.ts';

/** The prox of log(1 + exp(x)), the logistic loss: the root of x - v + t sigmoid(x), which lies between v - t and v. */
export function proxSoftplus(graph: Graph, t: Node, v: Node): Node {
  const value = (x: Node): Node => graph.add(graph.sub(x, v), graph.mul(t, graph.sigmoid(x)));
  const slope = (x: Node): Node => {
    const p = graph.sigmoid(x);
    return graph.add(1, graph.mul(t, graph.mul(p, graph.sub(1, p))));
  };
  const low = graph.sub(v, t);
  const start = graph.sub(v, graph.mul(t, graph.sigmoid(v)));
  return monotoneRoot(graph, { value, slope }, low, graph.add(v, graph.mul(0, t)), start);
}
