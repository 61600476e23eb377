// Linear loops run backward; linear branches are taken as they were.
import { sameDim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf, Region } from '../../tensor/ir.ts';
import { realType } from '../../tensor/type.ts';
import { NotDifferentiable } from '../not-differentiable.ts';
import { overIterations } from '../over-iterations.ts';
import { dependsOnAny, iterationsOf } from '../region.ts';
import { renamed } from '../replace.ts';
import { materialize, type Tangent } from '../tangent.ts';
import type { Contribution, TransposeRule } from './rule.ts';

/**
 * x' = A x + B c over i = 0 … n-1 becomes lambda = A' lambda' over i = n-1 … 0, with B' lambda' added up for each node c used from outside. Entries
 * of an outer array that each iteration looks up are stacked and scattered once afterwards instead.
 */
export const loop: TransposeRule<'loop'> = (node, cotangents, context) => {
  const { graph, add } = context;
  const { region, states: count } = node.attributes;
  const [index, ...states] = region.parameters;
  const [times] = node.args;
  const moving = movingCotangents(node, cotangents);
  const carried = moving.map((k) => graph.parameter(realType(states[k].type.shape)));
  const seeds: readonly Tangent[] = [
    ...states.map((_, k): Tangent => carried[moving.indexOf(k)]),
    ...cotangents
      .slice(count)
      .map((ct) => (ct === undefined ? undefined : graph.gather(ct, [index], [0], true))),
  ];
  const back = context.region(node, 0, seeds);
  const { summed, looked } = divide(node, back.outside);
  const sums = summed.map(({ cotangent }) => graph.parameter(realType(cotangent.type.shape)));
  const position = graph.parameter(index.type, index.attributes.name);
  const results = renamed(
    graph,
    [
      ...moving.map((k) => materialize(graph, back.of(states[k]), states[k].type.shape)),
      ...summed.map(({ cotangent }, k) => graph.add(sums[k], cotangent)),
      ...looked.map(({ cotangent }) => cotangent),
    ],
    [index],
    [graph.sub(graph.sub(times, 1), position)],
  );
  const parameters = [position, ...carried, ...sums];
  if (parameters.length === 1 && looked.length === 0) return;
  const made = graph.parts(
    graph.make(
      'loop',
      {
        region: { parameters, results },
        states: parameters.length - 1,
        length: looked.length === 0 ? undefined : iterationsOf(loopNode(graph, node)),
      },
      [
        times,
        ...moving.map((k) => materialize(graph, cotangents[k], states[k].type.shape)),
        ...sums.map(({ type }) => graph.zeros(type.shape)),
      ],
    ),
  );
  moving.forEach((k, at) => add(node.args[k + 1], made[at]));
  summed.forEach((target, k) => add(target.node, made[moving.length + k], target.index));
  looked.forEach((found, k) => {
    const updates = graph.reverse(made[moving.length + summed.length + k], 0);
    add(found.target, putBack(graph, found, updates, index));
  });
};

/** Adds what all iterations sent to the entries they looked up, in order of the iterations. */
function putBack(
  graph: Graph,
  { target, axes, indices }: Lookup,
  updates: Node,
  index: Node<'parameter'>,
): Node {
  const [length] = updates.type.shape;
  const [axis] = axes;
  const { shape } = target.type;
  // Iteration i looked up position i: the updates are the array, but for the place of the axis.
  if (axes.length === 1 && indices[0] === index && sameDim(shape[axis], length))
    return graph.transpose(
      updates,
      shape.map((_, k) => (k === axis ? 0 : k < axis ? k + 1 : k)),
    );
  const positions = indices.map((at) => overIterations(graph, at, index, length));
  return graph.scatter(updates, positions, shape, axes);
}

const loopNode = (graph: Graph, { attributes, args }: NodeOf<'loop'>): Node<'loop'> =>
  graph.make('loop', attributes, args);

/** Positions of the states whose cotangents may be other than zero at some iteration. */
function movingCotangents(
  { attributes: { region, states: count } }: NodeOf<'loop'>,
  cotangents: readonly Tangent[],
): readonly number[] {
  const states = region.parameters.slice(1);
  const found = new Set<number>();
  const queue = region.results.flatMap((result, k) =>
    cotangents[k] === undefined ? [] : [{ result, state: k < count ? k : undefined }],
  );
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { result, state } = next;
    if (state !== undefined) {
      if (found.has(state)) continue;
      found.add(state);
    }
    states.forEach((parameter, k) => {
      if (!found.has(k) && dependsOnAny(result, [parameter]))
        queue.push({ result: region.results[k], state: k });
    });
  }
  return [...found].sort((a, b) => a - b);
}

/** Entries of an outer array at places that depend on the iteration. */
interface Lookup {
  readonly target: Node;
  readonly axes: readonly number[];
  readonly indices: readonly Node[];
  readonly cotangent: Node;
}

/** What is summed over the iterations, and what is stacked. */
function divide(
  node: NodeOf<'loop'>,
  outside: readonly Contribution[],
): { readonly summed: readonly Contribution[]; readonly looked: readonly Lookup[] } {
  const summed: Contribution[] = [];
  const looked: Lookup[] = [];
  for (const contribution of outside) {
    const found = lookup(node, contribution);
    if (found === undefined) summed.push(contribution);
    else looked.push(found);
  }
  return { summed, looked };
}

function lookup(
  { attributes }: NodeOf<'loop'>,
  { node, cotangent }: Contribution,
): Lookup | undefined {
  if (node.op !== 'gather' || !dependsOnAny(node, attributes.region.parameters)) return undefined;
  const [target, ...indices] = node.args;
  return { target, axes: node.attributes.axes, indices, cotangent };
}

export const whileLoop: TransposeRule<'while'> = (node, _, { graph }) => {
  throw new NotDifferentiable(
    graph.make('while', node.attributes, node.args),
    'a `while` cannot be run backward',
  );
};

/** Each branch sends cotangents to the nodes it uses from outside; those that only the other branch uses get zeros. */
export const cond: TransposeRule<'cond'> = (node, cotangents, context) => {
  const { graph, add } = context;
  const self = graph.make('cond', node.attributes, node.args);
  const branches = [0, 1].map((index) => context.region(self, index, cotangents).outside);
  const targets = new Map<string, Contribution>();
  const keyOf = ({ node: target, index }: Contribution): string => `${target.id} ${index}`;
  for (const contribution of branches.flat()) targets.set(keyOf(contribution), contribution);
  if (targets.size === 0) return;
  const [then, otherwise] = branches.map((contributions): Region => {
    const own = new Map(contributions.map((c) => [keyOf(c), c.cotangent]));
    const results = [...targets].map(([key, { cotangent }]) =>
      materialize(graph, own.get(key), cotangent.type.shape),
    );
    return { parameters: [], results };
  });
  const made = graph.parts(graph.make('cond', { then, otherwise }, node.args));
  [...targets.values()].forEach((target, k) => add(target.node, made[k], target.index));
};

export const part: TransposeRule<'part'> = ({ attributes, args }, [ct], { add }) =>
  add(args[0], ct, attributes.index);
