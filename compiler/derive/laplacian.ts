import { productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { batch } from './batch.ts';
import { denseOf } from './batch/batched.ts';
import { grad } from './grad.ts';
import { withLeaf } from './leaf.ts';
import { linearize } from './linearize.ts';

/** The trace of the second derivative of a scalar by any node. Of a separable function no matrix is built. Throws `NotDifferentiable`. */
export const laplacian = (graph: Graph, scalar: Node, wrt: Node): Node =>
  withLeaf(graph, scalar, wrt, (expression, leaf) => {
    const { leaves, tangents } = linearize(graph, [grad(graph, expression, leaf)], [leaf], 'joint');
    const [tangent] = tangents;
    if (tangent === undefined) return graph.constant(0);
    const matrix = batch(graph, tangent, leaves[0]);
    if (matrix.kind === 'diagonal' && matrix.views.length === 0) return graph.sum(matrix.entries);
    const size = productOfDims(leaf.type.shape);
    return graph.trace(graph.reshape(denseOf(graph, matrix), [size, size]));
  });
