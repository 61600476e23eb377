// What the rules of `vectorize` share.
import type { Graph } from '../../tensor/graph.ts';
import type { Node, Op } from '../../tensor/ir.ts';
import type { Batched } from './batched.ts';

/** A parameter or an input → all its values at once. */
export type Bindings = ReadonlyMap<Node, Batched>;

/** Where a lane's value is used at all: a bool, or undefined for everywhere. */
export type Guard = Batched | undefined;

export interface Context {
  readonly graph: Graph;
  readonly bindings: Bindings;
  readonly guard: Guard;
  /** Batched values of nodes under a guard, in the same bindings. */
  readonly visit: (nodes: readonly Node[], guard: Guard) => readonly Batched[];
  /** The same in bindings of its own: for the bodies of loops. */
  readonly within: (bindings: Bindings, nodes: readonly Node[], guard: Guard) => readonly Batched[];
}

/** One Batched a result. */
export type Rule<O extends Op> = (
  node: Node<O>,
  args: readonly Batched[],
  context: Context,
) => readonly Batched[];
