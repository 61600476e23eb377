// A new Lowering over a graph.
import type { Graph } from '../tensor/graph.ts';
import type { Lowering } from './context.ts';
import { lowerExpression } from './expression.ts';

export interface LoweringOptions {
  /** Put before the numbers of size symbols that lowering makes; two lowerings over one graph need different ones. */
  readonly symbolPrefix?: string;
  /** Draws of expectations that are measured on a fixed sample. */
  readonly sampleSize?: number;
}

export function createLowering(graph: Graph, options: LoweringOptions = {}): Lowering {
  let order = 0;
  const lowering: Lowering = {
    graph,
    diagnostics: [],
    checks: [],
    sizes: [],
    extents: new Map(),
    full: new Set(),
    sums: new Map(),
    samples: [],
    memo: new Map(),
    multis: new Map(),
    sets: new Map(),
    filters: new Map(),
    targets: new Map(),
    nextOrder: () => order++,
    symbolPrefix: options.symbolPrefix ?? 'kept',
    sampleSize: options.sampleSize ?? 100_000,
    lower: (expression, scope) => lowerExpression(lowering, expression, scope),
  };
  return lowering;
}
