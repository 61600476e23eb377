import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { overRows, symmetric } from '../domains/rows.ts';
import { conjugateNegativeLog } from './negative-log.ts';

/** (-w log det X)* over symmetric matrices: that of -w log on the eigenvalues. */
export function conjugateNegativeLogdet(graph: Graph, weight: Node, v: Node): Node {
  const [eigenvalues] = graph.eigh(symmetric(graph, v));
  const axis = eigenvalues.type.shape.length - 1;
  const weights =
    axis === 0
      ? weight
      : graph.broadcastTo(weight, eigenvalues.type.shape, [...Array(axis).keys()]);
  return overRows(graph, 'sum', conjugateNegativeLog(graph, weights, eigenvalues));
}
