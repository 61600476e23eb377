// Functions whose prox and conjugate are known, in their plain form: no scale, no shift.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';

/** A convex function of a number, applied to each entry. Arguments have one shape, or are scalars. */
export interface ScalarAtom {
  readonly kind: 'scalar';
  readonly name: string;
  readonly value: (graph: Graph, x: Node) => Node;
  /** argmin over u of phi(u) + (u - v)^2/(2t). */
  readonly prox: (graph: Graph, t: Node, v: Node) => Node;
  /** The conjugate of weight*phi at v, entry by entry; infinite outside its domain. */
  readonly conjugate: (graph: Graph, weight: Node, v: Node) => Node;
}

/** A convex function of each group of entries: those along `axes`. `t` and `weight` have the shape of the other axes. */
export interface GroupAtom {
  readonly kind: 'group';
  readonly name: string;
  /** One number for each group. */
  readonly value: (graph: Graph, x: Node, axes: readonly number[]) => Node;
  readonly prox: (graph: Graph, t: Node, v: Node, axes: readonly number[]) => Node;
  readonly conjugate: (graph: Graph, weight: Node, v: Node, axes: readonly number[]) => Node;
}

export type Atom = ScalarAtom | GroupAtom;

/** Zero where the condition holds, else infinite: the conjugate of a norm. */
export const indicator = (graph: Graph, inside: Node): Node => graph.select(inside, 0, Infinity);

/** a <= b up to the rounding of a few operations. */
export const atMost = (graph: Graph, a: Node, b: Node): Node =>
  graph.le(a, graph.add(b, graph.mul(1e-12, graph.max(1, graph.abs(b)))));
