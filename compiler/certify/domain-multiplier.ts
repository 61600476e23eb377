// Multipliers of a domain in a bound. For z in a set and any s with s'z >= β for all of its points, r'(z - x) >= (r - s)'(z - x) + β - s'x: what is left of the
// slope, r - s, may then be taken over all z. Every s below has such a β whatever r is; where x is optimal r - s vanishes and s'x = β.
import { addDims, constantDim } from '../tensor/dim.ts';
import type { Domain } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

export interface DomainMultiplier {
  /** r - s, in the shape of x. */
  readonly rest: Node;
  /** β - s'x, a number. */
  readonly level: Node;
}

/** Undefined for domains whose multipliers are not known; those of vectors hold for each row of a matrix. */
export function domainMultiplier(
  graph: Graph,
  domain: Domain,
  x: Node,
  r: Node,
): DomainMultiplier | undefined {
  const axis = x.type.shape.length - 1;
  switch (domain.name) {
    case 'halfspace':
      return halfspace(graph, domain, x, r);
    case 'affine':
      return affine(graph, domain, x, r);
    case 'soc':
      return ofCone(graph, x, r, ontoSecondOrderCone(graph, r, axis));
    case 'psd':
    case 'spd':
      return ofCone(graph, x, r, ontoSemidefinite(graph, r));
    case 'monotone':
      return ofCone(graph, x, r, ontoDualOfMonotone(graph, r, axis));
    case 'nonneg':
    case 'box':
    case 'simplex':
    case 'ball':
    case 'spectrahedron':
    case 'correlation':
    case 'doubly_stochastic':
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

/** A cone has β = 0 for each s of its dual cone. */
const ofCone = (graph: Graph, x: Node, r: Node, s: Node): DomainMultiplier => ({
  rest: graph.sub(r, s),
  level: graph.neg(graph.sum(graph.mul(s, x))),
});

/** a'z <= b: s = -λ a with λ >= 0, β = -λ b. */
function halfspace(
  graph: Graph,
  { args: [a, b] }: Domain,
  x: Node,
  r: Node,
): DomainMultiplier | undefined {
  if (x.type.shape.length !== 1) return undefined;
  const size = graph.max(graph.sumsq(a), 1e-300);
  const weight = graph.max(graph.neg(graph.div(graph.dot(a, r), size)), 0);
  return {
    rest: graph.add(r, graph.mul(weight, a)),
    level: graph.mul(weight, graph.sub(graph.dot(a, x), b)),
  };
}

/** A z = b: s = -A'ν, β = -ν'b, with the ν that leaves least of r. */
function affine(
  graph: Graph,
  { args: [A, b] }: Domain,
  x: Node,
  r: Node,
): DomainMultiplier | undefined {
  if (x.type.shape.length !== 1) return undefined;
  const weights = graph.leastSquares(graph.transpose(A), graph.neg(r));
  return {
    rest: graph.add(r, graph.transposedMatvec(A, weights)),
    level: graph.dot(weights, graph.sub(graph.matvec(A, x), b)),
  };
}

/** norm(v[2..end]) <= v[1], its own dual; the projection (Parikh & Boyd 2014, section 6.3.2). */
function ontoSecondOrderCone(graph: Graph, v: Node, axis: number): Node {
  const length = v.type.shape[axis];
  const isFirst = graph.broadcastTo(graph.lt(graph.iota(length), 1), v.type.shape, [axis]);
  const outer = v.type.shape.map((_, k) => k).filter((k) => k !== axis);
  const spread = (node: Node): Node => graph.broadcastTo(node, v.type.shape, outer);
  const head = graph.sum(graph.select(isFirst, v, 0), [axis]);
  const tail = graph.sqrt(graph.sum(graph.square(graph.select(isFirst, 0, v)), [axis]));
  const middle = graph.div(graph.add(head, tail), 2);
  const scaled = graph.mul(spread(graph.div(middle, graph.max(tail, 1e-300))), v);
  const between = graph.select(isFirst, spread(middle), scaled);
  return graph.select(
    spread(graph.le(tail, head)),
    v,
    graph.select(spread(graph.le(tail, graph.neg(head))), 0, between),
  );
}

/** Symmetric matrices without negative eigenvalues, their own dual among these. */
function ontoSemidefinite(graph: Graph, r: Node): Node {
  const symmetric = graph.div(graph.add(r, graph.transpose(r)), 2);
  const [values, vectors] = graph.eigh(symmetric);
  const kept = graph.max(values, 0);
  const scaled = graph.mul(vectors, graph.broadcastTo(kept, r.type.shape, [1]));
  // Of r itself only the symmetric part counts at symmetric points.
  return graph.add(graph.matmul(scaled, graph.transpose(vectors)), graph.sub(r, symmetric));
}

/** z[1] <= … <= z[n]: its dual holds the s that sum to 0 and whose sums from the left are at most 0. */
function ontoDualOfMonotone(graph: Graph, r: Node, axis: number): Node {
  const { shape } = r.type;
  const length = shape[axis];
  const sums = graph.cumsum(r, axis);
  const isLast = graph.broadcastTo(
    graph.eq(graph.add(graph.iota(length), 1), graph.size(length)),
    shape,
    [axis],
  );
  const lowered = graph.select(isLast, 0, graph.min(sums, 0));
  const before = graph.pad(
    graph.slice(
      lowered,
      shape.map(() => 0),
      shape.map((dim, k) => (k === axis ? addDims(dim, constantDim(-1)) : dim)),
    ),
    shape.map((_, k) => (k === axis ? 1 : 0)),
    shape,
  );
  return graph.sub(lowered, before);
}
