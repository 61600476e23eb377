import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf, Op } from '../../tensor/ir.ts';
import type { Tangent } from '../tangent.ts';

/** The operations that occur in a linear program. Adding one here makes the tables of transposes and of batched forms incomplete. */
export type LinearOp =
  | 'parameter'
  | 'unary'
  | 'binary'
  | 'select'
  | 'oracle'
  | 'broadcast'
  | 'transpose'
  | 'reshape'
  | 'slice'
  | 'pad'
  | 'reverse'
  | 'concat'
  | 'gather'
  | 'scatter'
  | 'put'
  | 'reduce'
  | 'cumulate'
  | 'contract'
  | 'triangularSolve'
  | 'solve'
  | 'leastSquares'
  | 'expm'
  | 'part'
  | 'loop'
  | 'while'
  | 'cond';

export interface TransposeContext {
  readonly graph: Graph;
  /** Whether a node depends linearly on the leaves; all else is a coefficient. */
  readonly linear: (node: Node) => boolean;
  /** Adds to the cotangent of a node (of its result `index`); coefficients are passed over. */
  readonly add: (node: Node, cotangent: Tangent, index?: number) => void;
  /** The cotangents that a region's results send to the nodes it uses from outside, and to its parameters. */
  readonly region: (node: Node, index: number, seeds: readonly Tangent[]) => RegionCotangents;
}

export interface RegionCotangents {
  /** Of a parameter. */
  readonly of: (parameter: Node) => Tangent;
  /** Of nodes outside. */
  readonly outside: readonly Contribution[];
}

export interface Contribution {
  readonly node: Node;
  /** Which of its results. */
  readonly index: number;
  readonly cotangent: Node;
}

/** Sends the cotangents of a node's results (not all zero) to its arguments. */
export type TransposeRule<O extends Op> = (
  node: NodeOf<O>,
  cotangents: readonly Tangent[],
  context: TransposeContext,
) => void;

/** A rule of an operation with one result. */
export const single =
  <O extends Op>(
    rule: (node: NodeOf<O>, cotangent: Node, context: TransposeContext) => void,
  ): TransposeRule<O> =>
  (node, [cotangent], context) => {
    if (cotangent !== undefined) rule(node, cotangent, context);
  };
