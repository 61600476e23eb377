import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { realType } from '../tensor/type.ts';

/** Derives by a node as if it were a leaf, also where derivatives are taken of derivatives: intermediate nodes may be rewritten by then, so a
 * parameter stands for the node meanwhile. */
export function withLeaf(
  graph: Graph,
  expression: Node,
  wrt: Node,
  derive: (expression: Node, leaf: Node) => Node,
): Node {
  if (wrt.op === 'input' || wrt.op === 'parameter') return derive(expression, wrt);
  const leaf = graph.parameter(realType(wrt.type.shape), 'at');
  const derived = derive(substituteIn(graph, expression, new Map([[wrt, leaf]])), leaf);
  return substituteIn(graph, derived, new Map([[leaf, wrt]]));
}
