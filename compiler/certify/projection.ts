// The nearest allowed point, from the definitions of the sets. The certificate's own: methods have theirs.
import type { Domain, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { projectSimplex } from './atoms.ts';
import { boxOf } from './face.ts';
import { rowDot, rowNorm } from './measure.ts';

/** The point of a variable's bounds and domain that is nearest to z; undefined where no formula is known. */
export function projection(graph: Graph, variable: Variable, z: Node): Node | undefined {
  const { domain, lower, upper } = variable;
  if (domain === undefined || domain.name === 'nonneg' || domain.name === 'box') {
    const { low, high } = boxOf(graph, variable);
    const above = low === undefined ? z : graph.max(z, low);
    return high === undefined ? above : graph.min(above, high);
  }
  // Bounds on top of a domain change its projection.
  return lower === undefined && upper === undefined ? onDomain(graph, domain, z) : undefined;
}

function onDomain(graph: Graph, domain: Domain, z: Node): Node | undefined {
  const rank = z.type.shape.length;
  const keep = z.type.shape.map((_, k) => k).slice(0, -1);
  const rows = (x: Node): Node => graph.broadcastTo(x, z.type.shape, rank === 1 ? [] : keep);
  switch (domain.name) {
    case 'simplex':
      return projectSimplex(graph, z, rank - 1, keep);
    case 'ball':
      return onBall(graph, domain, z, rows);
    case 'halfspace': {
      if (rank !== 1) return undefined;
      const [a, b] = domain.args;
      const excess = graph.max(graph.sub(rowDot(graph, z, a), b), 0);
      return graph.sub(z, graph.mul(graph.div(excess, graph.sumsq(a)), a));
    }
    case 'affine': {
      if (rank !== 1) return undefined;
      const [A, b] = domain.args;
      return graph.sub(z, graph.leastSquares(A, graph.sub(graph.matvec(A, z), b)));
    }
    case 'psd':
    case 'spd': {
      const [w, V] = graph.eigh(graph.div(graph.add(z, graph.transpose(z)), 2));
      return spectral(graph, graph.max(w, 0), V);
    }
    case 'spectrahedron': {
      const [w, V] = graph.eigh(graph.div(graph.add(z, graph.transpose(z)), 2));
      const [trace] = domain.args;
      const scaled = projectSimplex(graph, graph.div(w, trace), 0, []);
      return spectral(graph, graph.mul(scaled, trace), V);
    }
    case 'box':
    case 'nonneg':
    case 'soc':
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

const spectral = (graph: Graph, w: Node, V: Node): Node =>
  graph.matmul(graph.mul(V, graph.broadcastTo(w, V.type.shape, [1])), graph.transpose(V));

function onBall(
  graph: Graph,
  { args: [center, radius], norm }: Domain,
  z: Node,
  rows: (x: Node) => Node,
): Node | undefined {
  const away = graph.sub(z, center);
  if (norm === Infinity) {
    const within = graph.min(graph.max(away, graph.neg(radius)), radius);
    return graph.add(within, center);
  }
  if (norm === 1) {
    if (z.type.shape.length !== 1) return undefined;
    const size = graph.abs(away);
    const shrunk = graph.mul(radius, projectSimplex(graph, graph.div(size, radius), 0, []));
    const inside = graph.le(graph.sum(size), radius);
    return graph.add(
      graph.select(graph.full(inside, z.type.shape), away, graph.mul(graph.sign(away), shrunk)),
      center,
    );
  }
  const length = rowNorm(graph, away, 2);
  const scale = graph.div(radius, graph.max(length, graph.max(radius, 1e-300)));
  return graph.add(graph.mul(away, rows(scale)), center);
}
