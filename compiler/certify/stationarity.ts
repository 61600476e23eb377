// How far a point is from first-order stationarity, relative to the size of the value: 0 at a stationary point. r is the gradient of the
// goal (or the slope of its minorant) with respect to one variable.
import type { Domain, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { atLeastOne, rowDot } from './measure.ts';

export interface Stationarity {
  readonly residual: Node;
  readonly text: string;
}

/** Undefined where no residual is known for the domain. `fall` is what `reach` gave. */
export function stationarity(
  graph: Graph,
  variable: Variable,
  r: Node,
  value: Node,
  fall: Node | undefined,
): Stationarity | undefined {
  const x = variable.input;
  const { domain, lower, upper } = variable;
  const scaled = (residual: Node): Node =>
    graph.div(graph.mul(largest(graph, residual), sizeOf(graph, x)), atLeastOne(graph, value));
  if (domain === undefined) {
    const below = lower === undefined ? graph.sub(x, r) : graph.max(graph.sub(x, r), lower.node);
    const within = upper === undefined ? below : graph.min(below, upper.node);
    const bounded = lower !== undefined || upper !== undefined;
    return {
      residual: scaled(bounded ? graph.sub(x, within) : r),
      text: bounded
        ? 'largest entry of x - P(x - slope), relative'
        : 'largest entry of the slope, relative',
    };
  }
  const tangent = tangentPart(graph, domain, x, r);
  if (tangent !== undefined) {
    return {
      residual: scaled(tangent),
      text: 'largest entry of the Riemannian gradient, relative',
    };
  }
  if (fall === undefined) return undefined;
  return {
    residual: graph.div(graph.neg(fall), atLeastOne(graph, value)),
    text: 'largest first-order decrease within the domain, relative',
  };
}

const largest = (graph: Graph, x: Node): Node =>
  x.type.shape.length === 0 ? graph.abs(x) : graph.maxOver(graph.abs(x));

const sizeOf = (graph: Graph, x: Node): Node => graph.max(largest(graph, x), 1);

/** The part of r along the manifold (Absil, Mahony & Sepulchre 2008, ch. 3). */
function tangentPart(graph: Graph, domain: Domain, x: Node, r: Node): Node | undefined {
  switch (domain.name) {
    case 'sphere': {
      const rank = x.type.shape.length;
      const along = rowDot(graph, r, x);
      const spread =
        rank === 1
          ? along
          : graph.broadcastTo(along, x.type.shape, x.type.shape.map((_, k) => k).slice(0, -1));
      return graph.sub(r, graph.mul(spread, x));
    }
    case 'stiefel':
    case 'orthogonal': {
      const inner = graph.matmul(graph.transpose(x), r);
      const symmetric = graph.div(graph.add(inner, graph.transpose(inner)), 2);
      return graph.sub(r, graph.matmul(x, symmetric));
    }
    case 'grassmann':
      return graph.sub(r, graph.matmul(x, graph.matmul(graph.transpose(x), r)));
    case 'spd':
      return graph.div(graph.add(r, graph.transpose(r)), 2);
    case 'psd': {
      const moved = graph.sub(x, graph.div(graph.add(r, graph.transpose(r)), 2));
      const [w, V] = graph.eigh(moved);
      const scaledColumns = graph.mul(V, graph.broadcastTo(graph.max(w, 0), V.type.shape, [1]));
      return graph.sub(x, graph.matmul(scaledColumns, graph.transpose(V)));
    }
    case 'fixed_rank': {
      const [U, s, V] = graph.svd(x);
      const [rank] = domain.args;
      const kept = (Q: Node): Node => {
        const inside = graph.lt(graph.iota(s.type.shape[0]), rank);
        return graph.mul(Q, graph.broadcastTo(graph.select(inside, 1, 0), Q.type.shape, [1]));
      };
      const P = graph.matmul(kept(U), graph.transpose(U));
      const Q = graph.matmul(kept(V), graph.transpose(V));
      const left = graph.matmul(P, r);
      const right = graph.matmul(r, Q);
      return graph.sub(graph.add(left, right), graph.matmul(left, Q));
    }
    case 'sparse_ball':
      return graph.select(graph.ne(x, 0), r, 0);
    case 'box':
    case 'nonneg':
    case 'simplex':
    case 'ball':
    case 'halfspace':
    case 'affine':
    case 'soc':
    case 'spectrahedron':
    case 'correlation':
    case 'doubly_stochastic':
    case 'monotone':
    case 'product':
      return undefined;
  }
}
