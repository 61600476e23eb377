import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { logWrightOmega } from './wright-omega.ts';

/** The prox of x log x: u + t (log u + 1) = v, so that u = t omega((v - t)/t - log t). */
export const proxEntropy = (graph: Graph, t: Node, v: Node): Node => {
  const z = graph.sub(graph.div(graph.sub(v, t), t), graph.log(t));
  return graph.mul(t, graph.exp(logWrightOmega(graph, z)));
};
