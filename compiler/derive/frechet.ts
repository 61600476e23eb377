// The derivative of the matrix exponential at A in direction E is the upper right block of expm([A, E; 0, A]) (Higham, 2008, eq. 3.16).
// It is linear in E although `expm` is not; transposition recognises the block.
import { scaleDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { columnsOf, rowsOf } from './matrices.ts';

/** [A, E; 0, A] */
export function frechetBlock(graph: Graph, A: Node, E: Node): Node {
  const last = A.type.shape.length - 1;
  const zero = graph.zeros(A.type.shape);
  return graph.concat([graph.concat([A, E], last), graph.concat([zero, A], last)], last - 1);
}

/** The upper right block. */
export function frechetDerivative(graph: Graph, block: Node): Node {
  const { shape } = block.type;
  const size = halfOf(columnsOf(block));
  return graph.slice(
    block,
    shape.map((_, k) => (k === shape.length - 1 ? size : 0)),
    shape.map((dim, k) => (k < shape.length - 2 ? dim : size)),
  );
}

/** A and E of a block that `frechetBlock` built. */
export function frechetParts(block: Node): { readonly A: Node; readonly E: Node } | undefined {
  if (block.op !== 'concat') return undefined;
  const [upper] = block.args;
  if (upper.op !== 'concat' || upper.args.length !== 2) return undefined;
  const [A, E] = upper.args;
  return rowsOf(A).key === columnsOf(A).key ? { A, E } : undefined;
}

/** Half of a size that is twice another. */
const halfOf = (size: Dim): Dim => scaleDim(size, 0.5);
