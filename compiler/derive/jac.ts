import { constantValue, productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { realType, type Shape } from '../tensor/type.ts';
import { batch } from './batch.ts';
import { denseOf, isDiagonal, type Batched } from './batch/batched.ts';
import { linearize } from './linearize.ts';
import { transposeProgram } from './transpose.ts';

/** The derivative of an output by any node: the axes of the output, then those of `wrt`. A scalar's is its gradient. Forward mode, or reverse mode
 * where the output is known to have fewer entries. Throws `NotDifferentiable`. */
export const jac = (graph: Graph, output: Node, wrt: Node): Node =>
  smaller(output.type.shape, wrt.type.shape)
    ? jacReverse(graph, output, wrt)
    : jacForward(graph, output, wrt);

const smaller = (a: Shape, b: Shape): boolean => {
  const [left, right] = [a, b].map((shape) => constantValue(productOfDims(shape)));
  return left !== undefined && (right === undefined || left < right);
};

/** All columns at once; what is diagonal or a block stays so as long as it can. */
export function jacForward(graph: Graph, output: Node, wrt: Node): Node {
  const matrix = columnsOf(graph, output, wrt);
  if (matrix === undefined) return graph.zeros([...output.type.shape, ...wrt.type.shape]);
  const columns = denseOf(graph, matrix);
  if (isDiagonal(matrix)) return columns;
  const rank = wrt.type.shape.length;
  const axes = columns.type.shape.map((_, k) => k);
  return graph.transpose(columns, [...axes.slice(rank), ...axes.slice(0, rank)]);
}

/** The transposed Jacobian with its structure; `undefined` is zero. */
export function columnsOf(graph: Graph, output: Node, wrt: Node): Batched | undefined {
  const { leaves, tangents } = linearize(graph, [output], [wrt], 'joint');
  const [tangent] = tangents;
  return tangent === undefined ? undefined : batch(graph, tangent, leaves[0]);
}

/** All rows at once. */
export function jacReverse(graph: Graph, output: Node, wrt: Node): Node {
  const shape = [...output.type.shape, ...wrt.type.shape];
  const { leaves, tangents, settle } = linearize(graph, [output], [wrt], 'split');
  const weight = graph.parameter(realType(output.type.shape), 'weight');
  const [row] = transposeProgram(graph, tangents, [weight], leaves);
  if (row === undefined) return graph.zeros(shape);
  return settle([denseOf(graph, batch(graph, row, weight))])[0];
}

/** The derivative of a residual by z where the first `members` axes of both count equations that share nothing: a square matrix for each. */
export function blocksOf(graph: Graph, residual: Node, z: Node, members: number): Node {
  const { shape } = z.type;
  const [lead, own] = [shape.slice(0, members), shape.slice(members)];
  const shift = graph.parameter(realType(own), 'shift');
  const everywhere = graph.broadcastTo(
    shift,
    shape,
    own.map((_, k) => members + k),
  );
  const moved = substituteIn(graph, residual, new Map([[z, graph.add(z, everywhere)]]));
  const matrix = substituteIn(
    graph,
    jacForward(graph, moved, shift),
    new Map([[shift, graph.zeros(own)]]),
  );
  const size = productOfDims(own);
  return graph.reshape(matrix, [...lead, size, size]);
}
