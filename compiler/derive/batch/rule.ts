import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';
import type { LinearOp } from '../transpose/rule.ts';
import type { Batched } from './batched.ts';

export interface BatchContext {
  readonly graph: Graph;
  /** The shape of the leaf: the axes in front. */
  readonly leaf: Shape;
  /** Whether a node depends on the leaf. */
  readonly linear: (node: Node) => boolean;
  /** The batched form of a linear node with one result. */
  readonly of: (node: Node) => Batched;
  readonly results: (node: Node) => readonly (Batched | undefined)[];
  /** Without structure, axes of the leaf in front; a coefficient is repeated. */
  readonly dense: (node: Node) => Node;
  /** Takes a parameter of a region as linear, with the batched parameter that stands for it. */
  readonly bind: (parameter: Node<'parameter'>, batched: Node) => void;
}

/** The batched forms of a node's results; `undefined` for results that are not linear. */
export type BatchRule<O extends LinearOp> = (
  node: NodeOf<O>,
  context: BatchContext,
) => readonly (Batched | undefined)[];

/** A rule of an operation with one result. */
export const single =
  <O extends LinearOp>(rule: (node: NodeOf<O>, context: BatchContext) => Batched): BatchRule<O> =>
  (node, context) => [rule(node, context)];
