// The variables of a level as one array z: a vector, or one row for each member of a family.
import type { Variable } from '../../problem/problem.ts';
import { addDims, constantDim, productOfDims, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';

export interface Packing {
  readonly variables: readonly Variable[];
  /** [entries], or [members, entries of one]. */
  readonly shape: Shape;
  /** How many leading axes of z count members: 0 or 1. */
  readonly members: number;
  readonly pack: (values: readonly Node[]) => Node;
  readonly unpack: (z: Node) => readonly Node[];
}

/** `leading`: how many axes of every variable count members of a family. */
export function packingOf(graph: Graph, variables: readonly Variable[], leading: number): Packing {
  const [first] = variables;
  const lead: readonly Dim[] =
    leading === 0 || first === undefined ? [] : [productOfDims(first.shape.slice(0, leading))];
  const members = lead.length;
  const sizes = variables.map(({ shape }) => productOfDims(shape.slice(leading)));
  const entries = sizes.reduce(addDims, constantDim(0));
  return {
    variables,
    shape: [...lead, entries],
    members,
    pack: (values) =>
      graph.concat(
        values.map((value, k) => graph.reshape(value, [...lead, sizes[k]])),
        members,
      ),
    unpack: (z) => {
      let from = constantDim(0);
      return variables.map(({ shape }, k) => {
        const part = graph.sliceAxis(z, members, from, sizes[k]);
        from = addDims(from, sizes[k]);
        return graph.reshape(part, shape);
      });
    },
  };
}
