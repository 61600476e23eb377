// Where a variable starts when the file does not say: zero, moved into the bounds and the domain.
import type { Domain, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

/** The variable's start. `moveInto` projects onto a domain, or gives a manifold's own centre; the match room knows the domains. */
export function startOf(
  graph: Graph,
  variable: Variable,
  moveInto: (domain: Domain, point: Node) => Node | undefined,
): Node {
  const { start, lower, upper, domain, shape } = variable;
  if (start.kind !== 'default') return start.node;
  let point = graph.zeros(shape);
  if (lower !== undefined) point = graph.max(point, lower.node);
  if (upper !== undefined) point = graph.min(point, upper.node);
  return domain === undefined ? point : (moveInto(domain, point) ?? point);
}
