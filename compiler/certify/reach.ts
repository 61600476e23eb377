// How far a linear function can fall below its value at the answer: min over z allowed of r'(z - x) + m/2 ‖z - x‖². Exact where the set of allowed points is
// bounded or the modulus m is positive; else within a distance from the answer. A number <= 0.
import type { Domain, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { postorder } from '../tensor/visit.ts';
import { domainMultiplier } from './domain-multiplier.ts';
import { boxOf } from './face.ts';
import { rowNorm } from './measure.ts';

export interface Reach {
  readonly fall: Node;
  /** The set was cut off at a distance: what is proved holds within it. */
  readonly cut: boolean;
}

/** Undefined where the domain is not convex or its support function is not known. */
export function reach(
  graph: Graph,
  variable: Variable,
  r: Node,
  modulus: Node | undefined,
  distance: Node,
): Reach | undefined {
  const x = variable.input;
  const { domain } = variable;
  if (domain === undefined || domain.name === 'nonneg' || domain.name === 'box')
    return reachBox(graph, variable, r, modulus, distance);
  const bounded = variable.lower !== undefined || variable.upper !== undefined;
  const fall = reachDomain(graph, domain, x, r);
  // Bounds on top of a domain only shrink the set: leaving them out keeps a bound from below.
  if (fall !== undefined) return { fall, cut: false };
  const multiplier = domainMultiplier(graph, domain, x, r);
  if (multiplier !== undefined) {
    const rest = reachBox(graph, variable, multiplier.rest, modulus, distance);
    return { fall: graph.add(rest.fall, multiplier.level), cut: rest.cut };
  }
  return bounded || modulus !== undefined
    ? reachBox(graph, variable, r, modulus, distance)
    : undefined;
}

function reachBox(
  graph: Graph,
  variable: Variable,
  r: Node,
  modulus: Node | undefined,
  distance: Node,
): Reach {
  const { input: x } = variable;
  const { low: lower, high: upper } = boxOf(graph, variable);
  // An infinite bound is no bound.
  const end = (bound: Node | undefined, far: Node): Node => {
    if (bound === undefined) return far;
    const gap = graph.sub(bound, x);
    return graph.select(graph.lt(graph.abs(gap), Infinity), gap, far);
  };
  const low = end(lower, graph.full(graph.neg(distance), x.type.shape));
  const high = end(upper, graph.full(distance, x.type.shape));
  const farthest = graph.select(graph.gt(r, 0), low, high);
  const cut = [lower, upper].some((bound) => bound === undefined || hasInfinity(bound));
  if (modulus === undefined) return { fall: graph.sum(graph.mul(r, farthest)), cut };
  // Without curvature the quotient is too large for any end, and the step goes all the way.
  const curvature = graph.named(graph.max(modulus, 1e-300), 'curvature');
  const toward = graph.neg(graph.div(r, curvature));
  const step = graph.named(graph.max(graph.min(toward, high), low), 'move');
  const half = graph.named(graph.div(graph.max(modulus, 0), 2), 'half');
  const fall = graph.sum(graph.mul(step, graph.add(r, graph.mul(half, step))));
  return { fall, cut: false };
}

/** Whether an end is infinite, as far as it is written. */
const hasInfinity = (bound: Node): boolean =>
  postorder([bound]).some(
    (node) =>
      (isOp(node, 'constant') && !Number.isFinite(node.attributes.value)) ||
      (isOp(node, 'literal') && !node.attributes.values.every(Number.isFinite)),
  );

/** min over z in the domain of r'(z - x). */
function reachDomain(graph: Graph, domain: Domain, x: Node, r: Node): Node | undefined {
  const here = graph.sum(graph.mul(r, x));
  const axis = x.type.shape.length - 1;
  switch (domain.name) {
    case 'simplex':
      return graph.sub(graph.sum(graph.minOver(r, [axis])), here);
    case 'ball': {
      const [center, radius] = domain.args;
      const dual = domain.norm === 1 ? Infinity : domain.norm === Infinity ? 1 : 2;
      const middle = graph.sum(graph.mul(r, center));
      return graph.sub(
        graph.sub(middle, graph.sum(graph.mul(rowNorm(graph, r, dual), radius))),
        here,
      );
    }
    case 'spectrahedron': {
      const [w] = graph.eigh(graph.div(graph.add(r, graph.transpose(r)), 2));
      return graph.sub(graph.mul(domain.args[0], graph.minOver(w)), here);
    }
    case 'box':
    case 'nonneg':
    case 'halfspace':
    case 'affine':
    case 'soc':
    case 'psd':
    case 'spd':
    case 'correlation':
    case 'doubly_stochastic':
    case 'monotone':
    case 'product':
    case 'sphere':
    case 'stiefel':
    case 'grassmann':
    case 'fixed_rank':
    case 'orthogonal':
    case 'sparse_ball':
      return undefined;
  }
}
