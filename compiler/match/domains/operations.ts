// What a domain can do, as builders of IR. A capability that a domain lacks says why, in the words of an error.
import type { Domain } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';

/** A capability, or the reason why there is none. */
export type Offer<C> =
  { readonly kind: 'has'; readonly with: C } | { readonly kind: 'lacks'; readonly because: string };

export const has = <C>(capability: C): { readonly kind: 'has'; readonly with: C } => ({
  kind: 'has',
  with: capability,
});
export const lacks = (because: string): { readonly kind: 'lacks'; readonly because: string } => ({
  kind: 'lacks',
  because,
});

/** A map between a point and its dual point. `toDual` is the gradient of the mirror function psi, `fromDual` that of psi's conjugate
 * over the domain: fromDual(v) = argmin over x in X of psi(x) - v'x. */
export interface MirrorMap {
  readonly fromDual: (v: Node) => Node;
  readonly toDual: (x: Node) => Node;
}

/** Operations of a Riemannian manifold embedded in its space of arrays. */
export interface Manifold {
  /** The Riemannian gradient at x for the Euclidean gradient g. */
  readonly tangent: (x: Node, g: Node) => Node;
  /** A point of the manifold near x + d, to first order. */
  readonly retract: (x: Node, d: Node) => Node;
  /** The tangent d at x moved to y. */
  readonly transport: (x: Node, y: Node, d: Node) => Node;
}

/** A domain for variables of one shape. Points have that shape; scalars are nodes of rank 0. */
export interface DomainOperations {
  readonly convex: boolean;
  /** Zero inside, else how far outside: the Euclidean distance where it has a closed form, else the largest violation of a condition. */
  readonly distance: (v: Node) => Node;
  /** The nearest point. */
  readonly project: Offer<(v: Node) => Node>;
  /** A point s of the domain with the least inner product with g. */
  readonly lmo: Offer<(g: Node) => Node>;
  /** A convex function that is infinite on the boundary; a scalar. */
  readonly barrier: Offer<(x: Node) => Node>;
  readonly mirror: Offer<MirrorMap>;
  readonly manifold: Offer<Manifold>;
  /** Where a variable starts for which the problem gives no start. */
  readonly centre: () => Node;
}

/** Makes the operations of a domain for variables of a shape. A domain of vectors applies to each row of a matrix. */
export type DomainRule = (graph: Graph, domain: Domain, shape: Shape) => DomainOperations;

/** The Euclidean mirror map of a convex set: psi(x) = |x|^2/2, so that the way back is the projection. */
export const euclideanMirror = (project: (v: Node) => Node): MirrorMap => ({
  fromDual: project,
  toDual: (x) => x,
});

export const noManifold = lacks('it is no smooth manifold');

/** The Euclidean distance to the projection. */
export const distanceTo =
  (graph: Graph, project: (v: Node) => Node) =>
  (v: Node): Node =>
    graph.sqrt(graph.sumsq(graph.sub(v, project(v))));

/** The projection of zero: where most domains start. */
export const projectedZero = (graph: Graph, project: (v: Node) => Node, shape: Shape) => (): Node =>
  project(graph.zeros(shape));
