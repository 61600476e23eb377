import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { onEigenvalues } from '../domains/psd.ts';
import { proxMax } from './max.ts';

/** The prox of the largest eigenvalue of a symmetric matrix: that of the largest entry, on the eigenvalues. */
export const proxLambdaMax = (graph: Graph, t: Node, v: Node): Node =>
  onEigenvalues(graph, v, (w) => proxMax(graph, t, w, [w.type.shape.length - 1]));
