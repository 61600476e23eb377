import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { materialize } from './tangent.ts';
import { vjp } from './vjp.ts';

/** The gradient of a scalar by any node, in its shape; zeros where it does not depend on it. Reverse mode. Throws `NotDifferentiable`. */
export const grad = (graph: Graph, scalar: Node, wrt: Node): Node => grads(graph, scalar, [wrt])[0];

/** The gradients by several nodes, in one reverse pass. */
export const grads = (graph: Graph, scalar: Node, wrt: readonly Node[]): readonly Node[] =>
  vjp(graph, [scalar], wrt, [graph.constant(1)]).map((gradient, k) =>
    materialize(graph, gradient, wrt[k].type.shape),
  );
