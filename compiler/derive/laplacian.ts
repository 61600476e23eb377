import { productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { denseOf, isDiagonal } from './batch/batched.ts';
import { grad } from './grad.ts';
import { columnsOf } from './jac.ts';
import { withLeaf } from './leaf.ts';

/** The trace of the second derivative of a scalar by any node. Of a separable function no matrix is built. Throws `NotDifferentiable`. */
export const laplacian = (graph: Graph, scalar: Node, wrt: Node): Node =>
  withLeaf(graph, scalar, wrt, (expression, leaf) => {
    const matrix = columnsOf(graph, grad(graph, expression, leaf), leaf);
    if (matrix === undefined) return graph.constant(0);
    if (isDiagonal(matrix)) return graph.sum(matrix.entries);
    const size = productOfDims(leaf.type.shape);
    return graph.trace(graph.reshape(denseOf(graph, matrix), [size, size]));
  });
