// x >= 0.
import { bounds } from './box.ts';
import type { DomainRule } from './operations.ts';

export const nonneg: DomainRule = (graph, _, shape) =>
  bounds(graph, graph.constant(0), undefined, shape);
