// Counting of means over samples: `E(i in B) f(x, i)` over k elements is one call and k samples, not k calls.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { postorder, postorderWhere } from '../tensor/visit.ts';

/** The mean with the calls in its body counted as one each, around it; those that the lane leads to and that do not vary with it have been counted elsewhere. */
export function countOnce(graph: Graph, mean: Node, lane: Node, keys: ReadonlySet<number>): Node {
  const counted = new Set(
    postorder([lane]).filter(
      (node) => isOp(node, 'oracle') && !node.free.some((key) => keys.has(key)),
    ),
  );
  const calls = postorderWhere([mean], (node) => !counted.has(node)).filter(
    (node): node is Node<'oracle'> => isOp(node, 'oracle') && isSampled(node),
  );
  const outermost = calls.filter((node) => !calls.some((other) => other.args[0] === node));
  if (outermost.length === 0) return mean;
  const bare = substituteIn(
    graph,
    mean,
    new Map(outermost.map((call): [Node, Node] => [call, valueOf(call)])),
  );
  return outermost.reduce((node, call) => around(graph, call, node), bare);
}

/** Whether some oracle node of the call counts samples. */
function isSampled(node: Node): boolean {
  if (!isOp(node, 'oracle')) return false;
  return node.attributes.kind === 'samples' || isSampled(node.args[0]);
}

function valueOf(call: Node): Node {
  return isOp(call, 'oracle') ? valueOf(call.args[0]) : call;
}

function around(graph: Graph, call: Node, node: Node): Node {
  if (!isOp(call, 'oracle')) return node;
  const { kind, name, times } = call.attributes;
  return graph.oracle(
    around(graph, call.args[0], node),
    kind,
    name,
    kind === 'samples' ? times : 1,
  );
}
