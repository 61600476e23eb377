import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { grad } from './grad.ts';
import { jacForward } from './jac.ts';
import { withLeaf } from './leaf.ts';

/** The second derivative of a scalar by any node: its axes twice. Forward over reverse mode. Throws `NotDifferentiable`. */
export const hess = (graph: Graph, scalar: Node, wrt: Node): Node =>
  withLeaf(graph, scalar, wrt, (expression, leaf) =>
    jacForward(graph, grad(graph, expression, leaf), leaf),
  );
