import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { alongGroups } from '../atoms/groups.ts';
import { onEigenvalues } from '../domains/psd.ts';
import { proxNegativeLog } from './negative-log.ts';

/** The prox of -log det X over symmetric matrices: that of -log on the eigenvalues. */
export const proxNegativeLogdet = (graph: Graph, t: Node, v: Node): Node =>
  onEigenvalues(graph, v, (w) =>
    proxNegativeLog(graph, alongGroups(graph, t, w.type.shape, [w.type.shape.length - 1]), w),
  );
