// Bounds and polyhedral domains of variables as bounds and rows of a linear program.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import type { Variable } from '../problem/problem.ts';
import type { Layout } from './layout.ts';

/** lower <= x <= upper, and residuals in the variables that must be zero or not positive. */
export interface LinearLimits {
  readonly kind: 'limits';
  readonly lower: Node;
  readonly upper: Node;
  readonly equal: readonly Node[];
  readonly lessEqual: readonly Node[];
}

export function domainBounds(
  graph: Graph,
  layout: Layout,
): LinearLimits | { readonly kind: 'other'; readonly domain: string } {
  const lower: Node[] = [];
  const upper: Node[] = [];
  const equal: Node[] = [];
  const lessEqual: Node[] = [];
  for (const { variable } of layout.parts) {
    const limits = limitsOf(graph, variable);
    if (limits === undefined) return { kind: 'other', domain: variable.domain?.name ?? '' };
    lower.push(limits.lower);
    upper.push(limits.upper);
    equal.push(...limits.equal);
    lessEqual.push(...limits.lessEqual);
  }
  return {
    kind: 'limits',
    lower: layout.join(lower),
    upper: layout.join(upper),
    equal,
    lessEqual,
  };
}

interface Limits {
  readonly lower: Node;
  readonly upper: Node;
  readonly equal: readonly Node[];
  readonly lessEqual: readonly Node[];
}

function limitsOf(graph: Graph, variable: Variable): Limits | undefined {
  const { input, domain, shape, element } = variable;
  const fill = (x: Node): Node =>
    isScalar(x) ? graph.full(x, shape) : graph.broadcastTo(x, shape);
  const whole = element === 'bool';
  const own: Limits = {
    lower: fill(variable.lower?.node ?? graph.constant(whole ? 0 : -Infinity)),
    upper: fill(variable.upper?.node ?? graph.constant(whole ? 1 : Infinity)),
    equal: [],
    lessEqual: [],
  };
  if (domain === undefined) return own;
  const [first, second] = domain.args;
  const last = shape.length - 1;
  const rows = (x: Node): Node => (last < 0 ? x : graph.sum(x, [last]));
  switch (domain.name) {
    case 'nonneg':
      return { ...own, lower: graph.max(own.lower, 0) };
    case 'box':
      return {
        ...own,
        lower: graph.max(own.lower, fill(first)),
        upper: graph.min(own.upper, fill(second)),
      };
    case 'simplex':
      return { ...own, lower: graph.max(own.lower, 0), equal: [graph.sub(rows(input), 1)] };
    case 'halfspace': {
      const product = rows(graph.mul(graph.broadcastTo(first, shape), input));
      return { ...own, lessEqual: [graph.sub(product, second)] };
    }
    case 'affine':
      return last === 0
        ? { ...own, equal: [graph.sub(graph.matvec(first, input), second)] }
        : undefined;
    case 'monotone':
    case 'doubly_stochastic':
    case 'ball':
    case 'sphere':
    case 'soc':
    case 'psd':
    case 'spd':
    case 'spectrahedron':
    case 'correlation':
    case 'stiefel':
    case 'grassmann':
    case 'fixed_rank':
    case 'orthogonal':
    case 'sparse_ball':
    case 'product':
      return undefined;
  }
}
