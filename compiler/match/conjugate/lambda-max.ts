import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { symmetric } from '../domains/rows.ts';
import { conjugateMax } from './max.ts';

/** (w lambda_max)* over symmetric matrices is zero for positive semidefinite matrices of trace w. */
export const conjugateLambdaMax = (graph: Graph, weight: Node, v: Node): Node => {
  const [eigenvalues] = graph.eigh(symmetric(graph, v));
  return conjugateMax(graph, weight, eigenvalues, [eigenvalues.type.shape.length - 1]);
};
