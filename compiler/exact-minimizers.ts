// Minimizers to the last digit: where the objective has a derivative, the minimum that a descent finds is where to begin to solve gradient = 0.
import { grad } from './derive/grad.ts';
import { NotDifferentiable } from './derive/not-differentiable.ts';
import type { Graph } from './tensor/graph.ts';
import type { Node } from './tensor/ir.ts';
import { substitute, substituteIn } from './tensor/substitute.ts';
import { isOp } from './tensor/type.ts';
import { postorder } from './tensor/visit.ts';

/** The nodes with every minimizer followed by a root of its gradient. */
export function exactMinimizers(graph: Graph, nodes: readonly Node[]): readonly Node[] {
  const order = postorder(nodes);
  const done = new Set(order.flatMap((node) => (isOp(node, 'root') ? [node.args[0].id] : [])));
  const exact = new Map<Node, Node>();
  for (const node of order) {
    if (!isOp(node, 'minimizer') || done.has(node.id)) continue;
    const root = polished(graph, node);
    if (root !== undefined) exact.set(node, root);
  }
  return exact.size === 0 ? nodes : substitute(graph, nodes, exact);
}

function polished(graph: Graph, node: Node<'minimizer'>): Node | undefined {
  const { parameters, results } = node.attributes.objective;
  const [parameter] = parameters;
  try {
    return graph.root(node, (z) => {
      const objective = substituteIn(graph, results[0], new Map([[parameter, z]]));
      return grad(graph, objective, z);
    });
  } catch (error) {
    if (error instanceof NotDifferentiable) return undefined;
    throw error;
  }
}
