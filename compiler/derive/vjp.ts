import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { linearize } from './linearize.ts';
import type { Tangent } from './tangent.ts';
import { transposeProgram } from './transpose.ts';

/**
 * The cotangents of `wrt`, any nodes, each taken as a leaf: sum over k of (d outputs[k] / d wrt)' * cotangents[k]. A structural zero is
 * `undefined`, in and out. Throws `NotDifferentiable`.
 */
export function vjp(
  graph: Graph,
  outputs: readonly Node[],
  wrt: readonly Node[],
  cotangents: readonly Tangent[],
): readonly Tangent[] {
  const { leaves, tangents, settle } = linearize(graph, outputs, wrt, 'split');
  const found = transposeProgram(graph, tangents, cotangents, leaves);
  const settled = settle(found.filter((x) => x !== undefined));
  let next = 0;
  return found.map((x) => (x === undefined ? undefined : settled[next++]));
}
