import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { alongGroups } from '../atoms/groups.ts';
import { onSingularValues } from './spectral.ts';

/** The prox of the sum of the singular values: they are soft-thresholded (Cai, Candès & Shen 2010). */
export const proxNuclear = (graph: Graph, t: Node, v: Node): Node =>
  onSingularValues(graph, v, (s) => {
    const threshold = alongGroups(graph, t, s.type.shape, [s.type.shape.length - 1]);
    return graph.max(graph.sub(s, threshold), 0);
  });
