// The set that bounds and domains of variables describe, over their flat vector: X of `x in X`.
import type { Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { bounds } from './domains/box.ts';
import { has, lacks, type DomainOperations } from './domains/operations.ts';
import { combineParts } from './domains/product.ts';
import { domainOperations } from './domains/table.ts';
import type { Layout } from './layout.ts';

/** Operations on flat vectors: each variable by its own domain. */
export function feasibleSet(graph: Graph, { parts, split, join }: Layout): DomainOperations {
  const factors = parts.map(({ variable }) => variableSet(graph, variable));
  const set = combineParts(graph, factors, split, join);
  if (parts.some(({ variable }) => isRestricted(variable))) return set;
  // The whole space: nothing moves, and nothing is taken apart.
  const same = (v: Node): Node => v;
  return { ...set, project: has(same), mirror: has({ fromDual: same, toDual: same }) };
}

/** Operations on one variable in its own shape. */
export function variableSet(graph: Graph, variable: Variable): DomainOperations {
  const { domain, shape } = variable;
  const lower = variable.lower?.node;
  const upper = variable.upper?.node;
  if (domain === undefined) return bounds(graph, lower, upper, shape);
  if (lower === undefined && upper === undefined) return domainOperations(graph, domain, shape);
  if (domain.name === 'nonneg')
    return bounds(graph, both(graph.max, lower, graph.constant(0)), upper, shape);
  if (domain.name === 'box') {
    const [l, u] = domain.args.map((arg) => graph.broadcastTo(arg, shape));
    return bounds(graph, both(graph.max, lower, l), both(graph.min, upper, u), shape);
  }
  const reason = lacks(`nothing is known of ${domain.name} together with bounds`);
  return {
    ...domainOperations(graph, domain, shape),
    project: reason,
    lmo: reason,
    barrier: reason,
    mirror: reason,
    manifold: reason,
  };
}

const both = (join: (a: Node, b: Node) => Node, own: Node | undefined, more: Node): Node =>
  own === undefined ? more : join(own, more);

/** Whether a variable's values are restricted at all. */
export const isRestricted = ({ lower, upper, domain }: Variable): boolean =>
  lower !== undefined || upper !== undefined || domain !== undefined;
