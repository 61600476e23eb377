// Small measures from which violations and residuals are built.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

/** The largest entry, at least 0. */
export const worst = (g: Graph, x: Node): Node =>
  g.max(x.type.shape.length === 0 ? x : g.maxOver(x), 0);

export const atLeastOne = (g: Graph, x: Node): Node => g.max(g.abs(x), 1);

/** excess / max(1, |scale|), entry by entry. An infinite bound is never exceeded. */
export const relative = (g: Graph, excess: Node, scale: Node): Node =>
  g.select(
    g.lt(g.abs(fill(g, scale, excess)), Infinity),
    g.div(excess, atLeastOne(g, fill(g, scale, excess))),
    0,
  );

const fill = (g: Graph, x: Node, like: Node): Node =>
  x.type.shape.length === like.type.shape.length ? x : g.broadcastTo(x, like.type.shape);

const lastAxis = (x: Node): number => x.type.shape.length - 1;

/** Sums along the last axis: of a vector one, of a matrix one a row. */
export const overRows = (g: Graph, x: Node): Node => g.sum(x, [lastAxis(x)]);

export function rowNorm(g: Graph, x: Node, p: number): Node {
  if (x.type.shape.length === 0) return g.abs(x);
  const axes = [lastAxis(x)];
  if (p === 1) return g.sum(g.abs(x), axes);
  if (p === Infinity) return g.maxOver(g.abs(x), axes);
  if (p === 2) return g.sqrt(g.sum(g.square(x), axes));
  return g.pow(g.sum(g.pow(g.abs(x), p), axes), 1 / p);
}

export const norm2 = (g: Graph, x: Node): Node => g.sqrt(g.sum(g.square(x)));

/** a'x for a vector, or for each row. */
export const rowDot = (g: Graph, x: Node, a: Node): Node =>
  g.sum(g.mul(x, fillRows(g, a, x)), [lastAxis(x)]);

const fillRows = (g: Graph, a: Node, x: Node): Node =>
  a.type.shape.length === x.type.shape.length
    ? a
    : g.broadcastTo(a, x.type.shape, a.type.shape.length === 0 ? [] : [lastAxis(x)]);

/** 0, 1, 2, … along one axis, in the shape of x. */
export const along = (g: Graph, x: Node, axis: number): Node =>
  x.type.shape.length === 1
    ? g.iota(x.type.shape[axis])
    : g.broadcastTo(g.iota(x.type.shape[axis]), x.type.shape, [axis]);

export const asymmetry = (g: Graph, X: Node): Node =>
  worst(g, g.div(g.abs(g.sub(X, g.transpose(X))), atLeastOne(g, g.maxOver(g.abs(X)))));

/** How far the least eigenvalue of the symmetric part is below 0, relative to the largest. */
export function negativeEigenvalue(g: Graph, X: Node): Node {
  const [w] = g.eigh(g.div(g.add(X, g.transpose(X)), 2));
  return g.div(worst(g, g.neg(w)), atLeastOne(g, g.maxOver(g.abs(w))));
}
