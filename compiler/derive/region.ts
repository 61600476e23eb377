// Copies of regions and sizes of loops.
import { constantDim, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, Region } from '../tensor/ir.ts';
import { renamed } from './replace.ts';

/** The same region over parameters of its own. */
export function copyRegion(graph: Graph, { parameters, results }: Region): Region {
  const fresh = parameters.map(({ type, attributes }) => graph.parameter(type, attributes.name));
  return { parameters: fresh, results: renamed(graph, results, parameters, fresh) };
}

/** The number of iterations as a size, where it is one. */
export function iterationsOf({ args, attributes }: Node<'loop'>): Dim | undefined {
  if (attributes.length !== undefined) return attributes.length;
  const [count] = args;
  if (count.op === 'size') return count.attributes.dim;
  return count.op === 'constant' ? constantDim(count.attributes.value) : undefined;
}

export const dependsOnAny = (node: Node, parameters: readonly Node<'parameter'>[]): boolean =>
  parameters.some(({ attributes }) => node.free.includes(attributes.key));
