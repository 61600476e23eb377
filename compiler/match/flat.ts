// The flat vector: all variables in order, row-major, one after the other.
import { addDims, constantDim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { entriesOf, type Shape } from '../tensor/type.ts';

/** Arrays as one vector. A single vector is itself. */
export const concatFlat = (graph: Graph, values: readonly Node[]): Node =>
  values.length === 0
    ? graph.zeros([0])
    : graph.concat(
        values.map((value) => graph.flatten(value)),
        0,
      );

/** The vector's pieces in their own shapes. */
export function splitFlat(graph: Graph, u: Node, shapes: readonly Shape[]): readonly Node[] {
  let start = constantDim(0);
  return shapes.map((shape) => {
    const size = entriesOf(shape);
    const piece = graph.reshape(graph.slice(u, [start], [size]), shape);
    start = addDims(start, size);
    return piece;
  });
}
