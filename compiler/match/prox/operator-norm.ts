import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { proxNormInf } from './norm-inf.ts';
import { onSingularValues } from './spectral.ts';

/** The prox of the largest singular value: that of the largest entry, on the singular values. */
export const proxOperatorNorm = (graph: Graph, t: Node, v: Node): Node =>
  onSingularValues(graph, v, (s) => proxNormInf(graph, t, s, [s.type.shape.length - 1]));
