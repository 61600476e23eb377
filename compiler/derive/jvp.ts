import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { Tangent } from './tangent.ts';
import { createTangents } from './tangents.ts';

/**
 * The derivatives of the outputs along the tangents of `wrt`, any nodes, each taken as a leaf: sum over k of d output / d wrt[k] * tangents[k].
 * A structural zero is `undefined`, in and out. Throws `NotDifferentiable`.
 */
export function jvp(
  graph: Graph,
  outputs: readonly Node[],
  wrt: readonly Node[],
  tangents: readonly Tangent[],
): readonly Tangent[] {
  const seeds = new Map(wrt.map((x, k) => [x, tangents[k]]));
  return outputs.map(createTangents(graph, seeds, 'joint').of);
}
