import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { realType } from '../tensor/type.ts';
import type { Mode } from './jvp/rule.ts';
import type { Tangent } from './tangent.ts';
import { createTangents } from './tangents.ts';

/** The tangents of outputs as a program linear in `leaves`. */
export interface LinearProgram {
  /** One for each node differentiated by. */
  readonly leaves: readonly Node<'parameter'>[];
  readonly tangents: readonly Tangent[];
  /** Makes primal nodes share the loops that the linear program reads. */
  readonly settle: (nodes: readonly Node[]) => readonly Node[];
}

/** `split` programs can be transposed; `joint` ones store nothing. */
export function linearize(
  graph: Graph,
  outputs: readonly Node[],
  wrt: readonly Node[],
  mode: Mode,
): LinearProgram {
  const leaves = wrt.map(({ type }, k) => graph.parameter(realType(type.shape), `d${k}`));
  const { of, settle } = createTangents(graph, new Map(wrt.map((x, k) => [x, leaves[k]])), mode);
  return { leaves, tangents: outputs.map(of), settle };
}
