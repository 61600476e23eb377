// Tangents and cotangents: nodes that are linear in given leaves, or structural zeros.
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { Shape } from '../tensor/type.ts';

/** `undefined` is a structural zero: no array of zeros is ever built for it. */
export type Tangent = Node | undefined;

export function addTangents(graph: Graph, a: Tangent, b: Tangent): Tangent {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a === b ? graph.mul(2, a) : graph.add(a, b);
}

export function subtractTangents(graph: Graph, a: Tangent, b: Tangent): Tangent {
  if (b === undefined) return a;
  return a === undefined ? graph.neg(b) : graph.sub(a, b);
}

/** A linear function of a tangent that may be zero. */
export const mapTangent = (x: Tangent, linear: (x: Node) => Tangent): Tangent =>
  x === undefined ? undefined : linear(x);

/** An array even for a structural zero, where a place must be filled. */
export const materialize = (graph: Graph, x: Tangent, shape: Shape): Node =>
  x ?? graph.zeros(shape);
