import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { logWrightOmega } from './wright-omega.ts';

/** The prox of exp(x): v - omega(v + log t), as u = v - t exp(u). */
export const proxExponential = (graph: Graph, t: Node, v: Node): Node =>
  graph.sub(v, graph.exp(logWrightOmega(graph, graph.add(v, graph.log(t)))));
