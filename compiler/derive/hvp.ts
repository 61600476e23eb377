import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { grad } from './grad.ts';
import { jvp } from './jvp.ts';
import { withLeaf } from './leaf.ts';
import { materialize } from './tangent.ts';

/** The second derivative of a scalar by any node, times v of its shape, without the matrix. Forward over reverse mode. Throws `NotDifferentiable`. */
export const hvp = (graph: Graph, scalar: Node, wrt: Node, v: Node): Node =>
  withLeaf(graph, scalar, wrt, (expression, leaf) => {
    const [product] = jvp(graph, [grad(graph, expression, leaf)], [leaf], [v]);
    return materialize(graph, product, wrt.type.shape);
  });
