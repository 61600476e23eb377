// Several variables as one flat vector: in order, row-major, one after the other.
import { addDims, constantDim, productOfDims, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { realType } from '../../tensor/type.ts';

export interface Flat {
  /** real[size], a symbol. */
  readonly vector: Node;
  readonly size: Dim;
  /** The node with every variable replaced by its part of the vector. */
  readonly apply: (node: Node) => Node;
}

export function flatten(graph: Graph, variables: readonly Node[]): Flat {
  const sizes = variables.map((v) => productOfDims(v.type.shape));
  const size = sizes.reduce(addDims, constantDim(0));
  const vector = graph.parameter(realType([size]), 'u');
  const parts = new Map<Node, Node>();
  let offset = constantDim(0);
  variables.forEach((v, k) => {
    parts.set(v, graph.reshape(graph.slice(vector, [offset], [sizes[k]]), v.type.shape));
    offset = addDims(offset, sizes[k]);
  });
  return { vector, size, apply: (node) => substituteIn(graph, node, parts) };
}
