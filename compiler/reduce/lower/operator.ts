// What must vanish at the solution of a level: each goal's gradient by what it owns, in the sense of minimisation. For one goal the gradient, for a game the
// operator of its variational inequality (Facchinei & Pang 2003, section 1.4.2).
import { grad } from '../../derive/grad.ts';
import { vectorizeOver } from '../../lower/vectorize/vectorize.ts';
import type { BatchAxis, Batched } from '../../lower/vectorize/batched.ts';
import type { Goal, Variable } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';

/** A goal's smooth part and the variables it owns. */
export interface Part {
  readonly goal: Goal;
  readonly variables: readonly Variable[];
  /** In the sense of minimisation. */
  readonly smooth: Node;
}

/** The gradients by the inputs of the variables, each in its own shape. Throws `NotDifferentiable`. */
export function gradientsOf(graph: Graph, { goal, variables, smooth }: Part): readonly Node[] {
  return variables.map((variable) =>
    goal.player === undefined
      ? grad(graph, smooth, variable.input)
      : playersGradient(graph, goal.player, variable, smooth),
  );
}

/** Each player's gradient by its own slice: all players' goals added, each with its own slice free and all others held. */
function playersGradient(
  graph: Graph,
  player: NonNullable<Goal['player']>,
  { name, input }: Variable,
  goal: Node,
): Node {
  const own = graph.parameter(input.type, name);
  const positions = player.slices.find(({ variable }) => variable === name)?.positions ?? [];
  const axes = positions.map((_, axis) => axis);
  const moved =
    positions.length === 0
      ? own
      : graph.put(input, graph.gather(own, positions, axes, true), positions, axes);
  const one = substituteIn(graph, goal, new Map([[input, moved]]));
  const lanes = player.shape.map((length, order): BatchAxis => ({ order, length }));
  const bindings = new Map<Node, Batched>(
    player.index.map((index, k) => [
      index,
      { node: graph.iota(player.shape[k]), axes: [lanes[k]] },
    ]),
  );
  const all = graph.sum(vectorizeOver(graph, [one], bindings, lanes)[0]);
  return substituteIn(graph, grad(graph, all, own), new Map([[own, input]]));
}
