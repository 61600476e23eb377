import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf, Op, Region } from '../../tensor/ir.ts';
import type { Tangent } from '../tangent.ts';

/** How a loop is pushed forward. `joint`: one loop carries states and tangents together, nothing is stored. `split`: a loop that
 * stacks its states, and a linear loop over them that can be transposed. */
export type Mode = 'joint' | 'split';

export interface JvpContext {
  readonly graph: Graph;
  readonly mode: Mode;
  /** The tangent of a node with one result. */
  readonly tangent: (node: Node) => Tangent;
  /** The tangents of all results of a node. */
  readonly tangents: (node: Node) => readonly Tangent[];
  /** False where the tangent is certainly zero; needs no tangents. */
  readonly active: (node: Node) => boolean;
  /** Gives a parameter of a region its tangent, before the region's results are asked for theirs. */
  readonly bind: (parameter: Node<'parameter'>, tangent: Tangent) => void;
  /** Works on a region with its parameters unbound: itself, or a copy where another loop that shares it was worked on before. */
  readonly within: <T>(region: Region, work: (region: Region) => T) => T;
  /** Says that a primal node is also computed by another one that is needed anyway. */
  readonly replace: (node: Node, by: Node) => void;
  /** The nodes with such replacements made inside a region; those outside are made once at the end, so that no linear node outside is made anew. */
  readonly settleWithin: (nodes: readonly Node[], region: Region) => readonly Node[];
}

/** The tangents of a node's results, linear in the tangents of what it needs. */
export type JvpRule<O extends Op> = (node: NodeOf<O>, context: JvpContext) => readonly Tangent[];

/** A rule of an operation with one result. */
export const single =
  <O extends Op>(rule: (node: NodeOf<O>, context: JvpContext) => Tangent): JvpRule<O> =>
  (node, context) => [rule(node, context)];

/** Piecewise constant, or made of integers: the derivative is zero wherever it exists. */
export const zero: JvpRule<Op> = (node) => node.results.map(() => undefined);
