import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { product, scaleColumns, transposed } from '../domains/rows.ts';

/** A function of the singular values has its prox on them (Lewis 1995): U diag(prox(s)) V'. */
export function onSingularValues(graph: Graph, v: Node, map: (s: Node) => Node): Node {
  const [U, s, V] = graph.svd(v);
  return product(graph, scaleColumns(graph, U, map(s)), transposed(graph, V));
}
