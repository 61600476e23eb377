// How far a point lies outside a domain: a number that is 0 inside, relative to the size of the domain. Written from the definitions, apart
// from the projections that methods use.
import type { Graph } from '../tensor/graph.ts';
import { constantDim, subtractDims } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import {
  along,
  asymmetry,
  atLeastOne,
  negativeEigenvalue,
  norm2,
  overRows,
  relative,
  rowDot,
  rowNorm,
  worst,
} from './measure.ts';
import type { Domain, DomainName } from '../problem/problem.ts';

type Violation = (graph: Graph, x: Node, domain: Domain) => Node;

/** The violation of a domain by a point of its shape; domains of vectors take the worst row of a matrix. */
export const domainViolation: Violation = (graph, x, domain) =>
  rules[domain.name](graph, x, domain);

const rules: { readonly [D in DomainName]: Violation } = {
  box: (g, x, { args: [low, high] }) =>
    worst(g, g.max(relative(g, g.sub(low, x), low), relative(g, g.sub(x, high), high))),
  nonneg: (g, x) => worst(g, g.neg(x)),
  simplex: (g, x) => g.max(worst(g, g.neg(x)), worst(g, g.abs(g.sub(overRows(g, x), 1)))),
  ball: (g, x, { args: [center, radius], norm }) =>
    worst(g, g.div(g.sub(rowNorm(g, g.sub(x, center), norm ?? 2), radius), atLeastOne(g, radius))),
  sphere: (g, x) => worst(g, g.abs(g.sub(rowNorm(g, x, 2), 1))),
  halfspace: (g, x, { args: [a, b] }) =>
    worst(g, g.div(g.sub(rowDot(g, x, a), b), atLeastOne(g, g.max(g.abs(b), norm2(g, a))))),
  affine: (g, x, { args: [A, b] }) =>
    g.div(worst(g, g.abs(g.sub(g.matvec(A, x), b))), atLeastOne(g, g.maxOver(g.abs(b)))),
  // ‖x[2..end]‖ <= x[1].
  soc: (g, x) => {
    const axis = x.type.shape.length - 1;
    const isFirst = g.eq(along(g, x, axis), 0);
    const t = g.sum(g.select(isFirst, x, 0), [axis]);
    const rest = g.sqrt(g.sum(g.square(g.select(isFirst, 0, x)), [axis]));
    return worst(g, g.div(g.sub(rest, t), atLeastOne(g, t)));
  },
  psd: (g, X) => g.max(asymmetry(g, X), negativeEigenvalue(g, X)),
  spd: (g, X) => g.max(asymmetry(g, X), negativeEigenvalue(g, X)),
  spectrahedron: (g, X, { args: [trace] }) =>
    g.max(
      g.max(asymmetry(g, X), negativeEigenvalue(g, X)),
      g.div(g.abs(g.sub(g.trace(X), trace)), atLeastOne(g, trace)),
    ),
  correlation: (g, X) =>
    g.max(
      g.max(asymmetry(g, X), negativeEigenvalue(g, X)),
      worst(g, g.abs(g.sub(g.diagonal(X), 1))),
    ),
  stiefel: orthonormalColumns,
  grassmann: orthonormalColumns,
  orthogonal: orthonormalColumns,
  fixed_rank: (g, X, { args: [rank] }) => {
    const [, s] = g.svd(X);
    const beyond = g.select(g.le(rank, g.iota(s.type.shape[0])), s, 0);
    return g.div(worst(g, beyond), atLeastOne(g, g.maxOver(s)));
  },
  doubly_stochastic: (g, X) =>
    g.max(
      worst(g, g.neg(X)),
      g.max(worst(g, g.abs(g.sub(g.sum(X, [0]), 1))), worst(g, g.abs(g.sub(g.sum(X, [1]), 1)))),
    ),
  sparse_ball: (g, x, { args: [k] }) => {
    const sizes = g.sort(g.abs(x), x.type.shape.length - 1, true);
    return worst(g, g.select(g.le(k, along(g, sizes, sizes.type.shape.length - 1)), sizes, 0));
  },
  monotone: (g, x) => {
    const axis = x.type.shape.length - 1;
    const steps = subtractDims(x.type.shape[axis], constantDim(1));
    return worst(g, g.sub(g.sliceAxis(x, axis, 0, steps), g.sliceAxis(x, axis, 1, steps)));
  },
  // The rows of x lie in the factors, in order.
  product: (g, x, { factors }) =>
    factors.reduce<Node>(
      (sum, factor, row) => g.max(sum, domainViolation(g, g.at(x, 0, row), factor)),
      g.constant(0),
    ),
};

function orthonormalColumns(g: Graph, X: Node): Node {
  const columns = X.type.shape[X.type.shape.length - 1];
  return worst(g, g.abs(g.sub(g.matmul(g.transpose(X), X), g.eye(columns))));
}
