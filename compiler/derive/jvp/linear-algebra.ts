// Dense factorisations and solvers. Formulas after Giles (2008), "Collected matrix derivative results", and Golub & Pereyra (1973) for
// pseudo-inverses. Matrices read as symmetric (`cholesky`, `eigh`) get a symmetrised tangent.
import { constantValue, sameDim, subtractDims } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import {
  columnsOf,
  diagonalOf,
  product,
  rowsOf,
  scaleBy,
  skewed,
  symmetrized,
  transposed,
  weighTriangles,
} from '../matrices.ts';
import { NotDifferentiable } from '../not-differentiable.ts';
import { addTangents, mapTangent, subtractTangents, type Tangent } from '../tangent.ts';
import { frechetBlock, frechetDerivative } from '../frechet.ts';
import { single, type JvpRule } from './rule.ts';
import { infiniteAtZero } from './unary.ts';

/** dL = L phi(L^-1 dA L^-T), phi the lower triangle with half the diagonal. */
export const cholesky: JvpRule<'cholesky'> = single((node, { graph, tangent }) => {
  const [A] = node.args;
  return mapTangent(tangent(A), (dA) => {
    const L = graph.cholesky(A);
    const forward = { lower: true, transposed: false };
    const left = graph.triangularSolve(L, symmetrized(graph, dA), forward);
    const both = graph.triangularSolve(L, transposed(graph, left), forward);
    return product(graph, L, weighTriangles(graph, both, { below: 1, on: 0.5, above: 0 }));
  });
});

export const triangularSolve: JvpRule<'triangularSolve'> = single((node, { graph, tangent }) => {
  const { lower, transposed: flipped } = node.attributes;
  const [L, B] = node.args;
  const X = graph.triangularSolve(L, B, node.attributes);
  const change = mapTangent(tangent(L), (dL) => {
    const triangle = weighTriangles(graph, dL, {
      below: lower ? 1 : 0,
      on: 1,
      above: lower ? 0 : 1,
    });
    return product(graph, triangle, X, { left: flipped });
  });
  return mapTangent(subtractTangents(graph, tangent(B), change), (right) =>
    graph.triangularSolve(L, right, node.attributes),
  );
});

/** A dX = dB - dA X. */
export const solve: JvpRule<'solve'> = single((node, { graph, tangent }) => {
  const { positiveDefinite } = node.attributes;
  const [A, B] = node.args;
  const X = graph.solve(A, B, positiveDefinite);
  const change = mapTangent(tangent(A), (dA) => product(graph, dA, X));
  return mapTangent(subtractTangents(graph, tangent(B), change), (right) =>
    graph.solve(A, right, positiveDefinite),
  );
});

/** X = A^+ B: dX = A^+ (dB - dA X) + A^+ A^+' dA' R + (I - A^+ A) dA' A^+' X, R = B - A X, where the rank does not change. The second term is
 * zero for a matrix of full row rank, the third for one of full column rank. */
export const leastSquares: JvpRule<'leastSquares'> = single((node, { graph, tangent }) => {
  const [A, B] = node.args;
  const dA = tangent(A);
  const X = graph.leastSquares(A, B);
  const change = mapTangent(dA, (d) => product(graph, d, X));
  const first = mapTangent(subtractTangents(graph, tangent(B), change), (right) =>
    graph.leastSquares(A, right),
  );
  const excess = constantValue(subtractDims(rowsOf(A), columnsOf(A)));
  const transpose = transposed(graph, A);
  const second = mapTangent(excess !== undefined && excess <= 0 ? undefined : dA, (d) => {
    const residual = graph.sub(B, product(graph, A, X));
    return graph.leastSquares(
      A,
      graph.leastSquares(transpose, product(graph, d, residual, { left: true })),
    );
  });
  const third = mapTangent(excess !== undefined && excess >= 0 ? undefined : dA, (d) => {
    const moved = product(graph, d, graph.leastSquares(transpose, X), { left: true });
    return graph.sub(moved, graph.leastSquares(A, product(graph, A, moved)));
  });
  return addTangents(graph, first, addTangents(graph, second, third));
});

/** With C = Q' dA R^-1 and W = C strictly below the diagonal, minus its transpose: dQ = Q W + (dA R^-1 - Q C), dR = (C - W) R. A wide matrix is split
 * into its square part and the rest, whose R is Q' A. */
export const qr: JvpRule<'qr'> = (node, { graph, tangent }) => {
  const [A] = node.args;
  const dA = tangent(A);
  if (dA === undefined) return [undefined, undefined];
  const excess = constantValue(subtractDims(rowsOf(A), columnsOf(A)));
  if (excess === undefined)
    throw new NotDifferentiable(
      node,
      'it is not known whether the matrix of `qr` has more rows or more columns',
    );
  if (excess < 0) return wideQr(graph, A, dA);
  const [Q, R] = graph.qr(A);
  return tallQr(graph, Q, R, dA);
};

function tallQr(g: Graph, Q: Node, R: Node, dA: Node): readonly [Node, Node] {
  // dA R^-1 is the transpose of the solution of R' X = dA'.
  const S = transposed(
    g,
    g.triangularSolve(R, transposed(g, dA), { lower: false, transposed: true }),
  );
  const C = product(g, Q, S, { left: true });
  const W = skewed(g, weighTriangles(g, C, { below: 1, on: 0, above: 0 }));
  const normal = g.sub(S, product(g, Q, C));
  return [g.add(product(g, Q, W), normal), product(g, g.sub(C, W), R)];
}

function wideQr(g: Graph, A: Node, dA: Node): readonly [Node, Node] {
  const [Q, R] = g.qr(A);
  const last = A.type.shape.length - 1;
  const rows = rowsOf(A);
  const square = (x: Node): Node => g.sliceAxis(x, last, 0, rows);
  const rest = (x: Node): Node => g.sliceAxis(x, last, rows, subtractDims(columnsOf(A), rows));
  const [dQ, dR] = tallQr(g, Q, square(R), square(dA));
  const dRest = g.add(
    product(g, dQ, rest(A), { left: true }),
    product(g, Q, rest(dA), { left: true }),
  );
  return [dQ, g.concat([dR, dRest], last)];
}

/**
 * dw = diag(V' dA V), dV = V (F .* (V' dA V)) with F[i, j] = 1 / (w[j] - w[i]), and 0 on the diagonal. Gradients of symmetric functions of the
 * eigenvalues are right where eigenvalues coincide. The eigenvectors have no derivative there: what asks for one (a second derivative of the
 * eigenvalues, say) is not finite unless the change leaves the two apart, and a run that meets it stops and names it.
 */
export const eigh: JvpRule<'eigh'> = (node, { graph, tangent }) => {
  const [A] = node.args;
  const dA = tangent(A);
  if (dA === undefined) return [undefined, undefined];
  const [w, V] = graph.eigh(A);
  const inner = product(graph, product(graph, V, symmetrized(graph, dA), { left: true }), V);
  const { shape } = V.type;
  const gaps = graph.sub(columnVector(graph, w, shape), rowVector(graph, w, shape));
  const turned = graph.div(inner, apart(graph, gaps));
  return [diagonalOf(graph, inner), product(graph, V, turned)];
};

/**
 * With P = U' dA V and F[i, j] = 1 / (s[j]^2 - s[i]^2), 0 on the diagonal: ds = diag(P),
 * dU = U (F .* (P S + S P')) + (I - U U') dA V S^-1, dV = V (F .* (S P + P' S)) + (I - V V') dA' U S^-1. Equal singular values are as equal
 * eigenvalues in `eigh`, and 1 / s is 0 for a zero singular value.
 */
export const svd: JvpRule<'svd'> = (node, { graph: g, tangent }) => {
  const [A] = node.args;
  const dA = tangent(A);
  if (dA === undefined) return [undefined, undefined, undefined];
  const [U, s, V] = g.svd(A);
  const right = product(g, dA, V);
  const left = product(g, dA, U, { left: true });
  const P = product(g, U, right, { left: true });
  const { shape } = P.type;
  const [rows, columns] = [rowVector(g, s, shape), columnVector(g, s, shape)];
  const gaps = apart(g, g.mul(g.sub(columns, rows), g.add(columns, rows)));
  const PS = scaleBy(g, P, s, 'columns');
  const SP = scaleBy(g, P, s, 'rows');
  const turnU = g.div(g.add(PS, transposed(g, PS)), gaps);
  const turnV = g.div(g.add(SP, transposed(g, SP)), gaps);
  const inverse = g.div(1, infiniteAtZero(g, s));
  // The part outside the range of a thin factor; a square factor has none.
  const moved = (Q: Node, turn: Node, X: Node): Node => {
    const inside = product(g, Q, turn);
    if (sameDim(rowsOf(Q), columnsOf(Q))) return inside;
    const normal = g.sub(X, product(g, Q, product(g, Q, X, { left: true })));
    return g.add(inside, scaleBy(g, normal, inverse, 'columns'));
  };
  return [moved(U, turnU, right), diagonalOf(g, P), moved(V, turnV, left)];
};

/** Differences of values as divisors: infinite on the diagonal, so that quotients are 0; the least number where two values coincide, so that they
 * are infinite unless nothing turns the two into each other. */
function apart(g: Graph, gaps: Node): Node {
  const { shape } = gaps.type;
  const [rows, columns] = [shape.length - 2, shape.length - 1];
  const i = g.broadcastTo(g.iota(shape[rows]), shape, [rows]);
  const j = g.broadcastTo(g.iota(shape[columns]), shape, [columns]);
  return g.select(g.eq(gaps, 0), g.select(g.eq(i, j), Infinity, Number.MIN_VALUE), gaps);
}

/** Entry (…, i, j) is d[…, j]. */
const columnVector = (g: Graph, d: Node, shape: Node['type']['shape']): Node =>
  g.broadcastTo(
    d,
    shape,
    shape.map((_, k) => k).filter((k) => k !== shape.length - 2),
  );

/** Entry (…, i, j) is d[…, i]. */
const rowVector = (g: Graph, d: Node, shape: Node['type']['shape']): Node =>
  g.broadcastTo(d, shape, shape.map((_, k) => k).slice(0, -1));

/** d log|det A| = tr(A^-1 dA). The sign is piecewise constant. */
export const logabsdet: JvpRule<'logabsdet'> = (node, { graph, tangent }) => {
  const [A] = node.args;
  const change = mapTangent(tangent(A), (dA): Tangent => {
    const inverse = graph.solve(A, graph.broadcastTo(graph.eye(rowsOf(A)), A.type.shape));
    const last = A.type.shape.length - 1;
    const batch = A.type.shape.slice(0, -2).map((_, k) => [k, k] as const);
    return graph.contract(
      inverse,
      dA,
      [
        [last - 1, last],
        [last, last - 1],
      ],
      batch,
    );
  });
  return [change, undefined];
};

export const expm: JvpRule<'expm'> = single((node, { graph, tangent }) => {
  const [A] = node.args;
  return mapTangent(tangent(A), (dA) =>
    frechetDerivative(graph, graph.expm(frechetBlock(graph, A, dA))),
  );
});
