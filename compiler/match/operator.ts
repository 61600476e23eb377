// F of `0 in F(z) + normal_cone`: the operator as it is written, or for a game each player's gradient in what the player owns, side by side.
import { grad } from '../derive/grad.ts';
import { vectorizeOver } from '../lower/vectorize/vectorize.ts';
import type { Goal, Level, Player, Variable } from '../problem/problem.ts';
import { createFacts } from '../problem/facts/facts.ts';
import type { Assumptions } from '../problem/facts/calculus.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { concatFlat } from './flat.ts';
import { jumpsIn } from './jumps.ts';
import { mismatch, storyOf, type Mismatch } from './mismatch.ts';

export type Operator = { readonly kind: 'operator'; readonly node: Node } | Mismatch;

/** F over the variables, flat, in their order. Where samples are drawn gradients almost everywhere will do. */
export function operatorOf(
  graph: Graph,
  level: Level,
  owned: readonly Variable[],
  assumptions: Assumptions,
  samples = false,
): Operator {
  for (const { relation } of level.constraints)
    if (relation.kind === 'variational')
      return { kind: 'operator', node: concatFlat(graph, [relation.operator]) };
  const [first] = level.goals;
  if (first.sense === 'find')
    return mismatch(
      'the problem must have `0 in F(z) + normal_cone`, but it asks for a point of constraints alone',
      first.span,
    );
  for (const goal of level.goals) {
    const kink = kinkOf(graph, level, goal, assumptions);
    if (kink !== undefined && !(samples && isSmoothAlmostEverywhere(goal, owned))) return kink;
  }
  return { kind: 'operator', node: slopesOf(graph, level.goals, owned) };
}

/** Each player's slope in what it owns, side by side. */
export function slopesOf(
  graph: Graph,
  goals: readonly Pick<Goal, 'node' | 'sense' | 'player' | 'owns'>[],
  owned: readonly Variable[],
): Node {
  const parts = owned.map((variable) => {
    const goal = goals.find(({ owns }) => owns.includes(variable.name));
    return goal === undefined ? graph.zeros(variable.shape) : slopeOf(graph, goal, variable);
  });
  return concatFlat(graph, parts);
}

/** The gradient of a player's goal, in the sense of minimisation. */
function slopeOf(
  graph: Graph,
  { node, sense, player }: Pick<Goal, 'node' | 'sense' | 'player'>,
  { name, input }: Variable,
): Node {
  if (node === undefined) return graph.zeros(input.type.shape);
  const slope = grad(graph, node, input);
  const own = player === undefined ? slope : ownSlopes(graph, slope, input, name, player);
  return sense === 'maximize' ? graph.neg(own) : own;
}

/** Of each player the part that it owns. */
function ownSlopes(graph: Graph, slope: Node, input: Node, name: string, player: Player): Node {
  const { index, shape, slices } = player;
  const positions = slices.find(({ variable }) => variable === name)?.positions ?? [];
  const axes = positions.map((_, axis) => axis);
  const lanes = shape.map((length, order) => ({ order, length }));
  const bindings = new Map(
    index.map((parameter, k): [Node, { node: Node; axes: typeof lanes }] => [
      parameter,
      { node: graph.iota(shape[k]), axes: [lanes[k]] },
    ]),
  );
  const [parts, ...places] = vectorizeOver(
    graph,
    [graph.gather(slope, positions, axes), ...positions],
    bindings,
    lanes,
  );
  const inOrder = positions.length === index.length && positions.every((at, k) => at === index[k]);
  return inOrder ? parts : graph.scatter(parts, places, input.type.shape, axes);
}

function isSmoothAlmostEverywhere({ node }: Goal, owned: readonly Variable[]): boolean {
  const inputs = owned.map(({ input }) => input);
  return node !== undefined && !jumpsIn(node, inputs);
}

/** A goal without a gradient stands in the way. */
function kinkOf(
  graph: Graph,
  level: Level,
  goal: Goal,
  assumptions: Assumptions,
): Mismatch | undefined {
  const inputs = level.variables
    .filter(({ name }) => goal.owns.includes(name))
    .map(({ input }) => input);
  const facts = createFacts(graph, inputs, assumptions);
  for (const { node, span } of goal.terms) {
    const smooth = facts.isSmooth(node);
    if (smooth.kind === 'no' || smooth.kind === 'unknown')
      return mismatch(
        'each goal must be smooth in what its player decides, but this term is not known to be',
        span,
        storyOf(smooth.reason),
      );
  }
  return undefined;
}
