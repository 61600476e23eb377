// Loops and branches.
import type { Graph } from '../../tensor/graph.ts';
import type { Node, NodeOf, Region } from '../../tensor/ir.ts';
import { realType } from '../../tensor/type.ts';
import { copyRegion, dependsOnAny, iterationsOf } from '../region.ts';
import { renamed } from '../replace.ts';
import { materialize, type Tangent } from '../tangent.ts';
import type { JvpContext, JvpRule } from './rule.ts';

type Parameter = Node<'parameter'>;

/** A body that carries states, with its tangent. */
interface Carried {
  readonly states: readonly Parameter[];
  readonly next: readonly Node[];
  /** Positions of the states that move. */
  readonly moving: readonly number[];
  /** Their tangents before and after the body. */
  readonly tangents: readonly Parameter[];
  readonly nextTangents: readonly Node[];
}

/** The states that may move: they start moving, or their next value depends on what moves. Found by what nodes depend on, before any tangent
 * is taken. */
function movingStates(
  states: readonly Parameter[],
  next: readonly Node[],
  starts: readonly Tangent[],
  { active }: JvpContext,
): readonly number[] {
  const moves = states.map((_, k) => starts[k] !== undefined || active(next[k]));
  for (let changed = true; changed;) {
    changed = false;
    const movers = states.filter((_, k) => moves[k]);
    next.forEach((value, k) => {
      if (moves[k] || !dependsOnAny(value, movers)) return;
      moves[k] = true;
      changed = true;
    });
  }
  return moves.flatMap((moved, k) => (moved ? [k] : []));
}

function carry(
  states: readonly Parameter[],
  next: readonly Node[],
  starts: readonly Tangent[],
  context: JvpContext,
): Carried {
  const { graph, bind, tangent } = context;
  const moving = movingStates(states, next, starts, context);
  const tangents = moving.map((k) =>
    graph.parameter(realType(states[k].type.shape), `d${states[k].attributes.name}`),
  );
  states.forEach((state, k) => bind(state, tangents[moving.indexOf(k)]));
  const nextTangents = moving.map((k) =>
    materialize(graph, tangent(next[k]), states[k].type.shape),
  );
  return { states, next, moving, tangents, nextTangents };
}

/** Positions of the states that the nodes read, and of those that these states are computed from. */
function readStates({ states, next }: Carried, nodes: readonly Node[]): readonly number[] {
  const read = new Set<number>();
  const queue = [...nodes];
  for (let node = queue.pop(); node !== undefined; node = queue.pop())
    for (const [k, state] of states.entries())
      if (!read.has(k) && node.free.includes(state.attributes.key)) {
        read.add(k);
        queue.push(next[k]);
      }
  return [...read].sort((a, b) => a - b);
}

/** Positions of the states that the nodes read themselves. */
const readDirectly = (states: readonly Parameter[], nodes: readonly Node[]): readonly number[] =>
  states.flatMap((state, k) => (nodes.some((node) => dependsOnAny(node, [state])) ? [k] : []));

const pick = <T>(items: readonly T[], positions: readonly number[]): readonly T[] =>
  positions.map((k) => items[k]);

export const loop: JvpRule<'loop'> = (node, context) =>
  context.within(node.attributes.region, (region) => loopTangents(node, region, context));

function loopTangents(
  node: NodeOf<'loop'>,
  region: Region,
  context: JvpContext,
): readonly Tangent[] {
  const { graph } = context;
  const { states: count } = node.attributes;
  const [index, ...states] = region.parameters;
  const starts = node.args.slice(1).map(context.tangent);
  context.bind(index, undefined);
  const carried = carry(states, region.results.slice(0, count), starts, context);
  const outputs = region.results.slice(count).map(context.tangent);
  const stacked = outputs.filter((output) => output !== undefined);
  const tangents = [...carried.nextTangents, ...stacked];
  if (tangents.length === 0) return node.results.map(() => undefined);
  const body: LoopTangent = {
    node,
    index,
    region,
    carried,
    starts: carried.moving.map((k) => materialize(graph, starts[k], states[k].type.shape)),
    tangents,
  };
  const made = context.mode === 'joint' ? jointLoop(graph, body) : splitLoop(context, body);
  const outputsAt = outputs.map(
    (_, k) => outputs.slice(0, k).filter((o) => o !== undefined).length,
  );
  return [
    ...states.map((_, k) => made[carried.moving.indexOf(k)]),
    ...outputs.map((output, k) =>
      output === undefined ? undefined : made[carried.moving.length + outputsAt[k]],
    ),
  ];
}

interface LoopTangent {
  readonly node: NodeOf<'loop'>;
  readonly index: Parameter;
  readonly region: Region;
  readonly carried: Carried;
  /** Tangents of the moving states at the start. */
  readonly starts: readonly Node[];
  /** Next tangents of the moving states, then tangents to stack. */
  readonly tangents: readonly Node[];
}

/** One loop over the tangents and the states they read. */
function jointLoop(graph: Graph, parts: LoopTangent): readonly Node[] {
  const { node, index, carried, starts, tangents } = parts;
  const [count, ...inits] = node.args;
  const read = readStates(carried, tangents);
  const old = [index, ...pick(carried.states, read)];
  const fresh = old.map(({ type, attributes }) => graph.parameter(type, attributes.name));
  const results = renamed(graph, [...pick(carried.next, read), ...tangents], old, fresh);
  const made = graph.make(
    'loop',
    {
      region: { parameters: [...fresh, ...carried.tangents], results },
      states: read.length + carried.moving.length,
      length: tangents.length > carried.moving.length ? node.attributes.length : undefined,
    },
    [count, ...pick(inits, read), ...starts],
  );
  return graph.parts(made).slice(read.length);
}

/** A loop linear in the tangents that looks up the states of each iteration. */
function splitLoop(context: JvpContext, parts: LoopTangent): readonly Node[] {
  const { graph } = context;
  const { node, index, carried, starts } = parts;
  const tangents = context.settleWithin(parts.tangents, parts.region);
  const read = readDirectly(carried.states, tangents);
  const position = graph.parameter(index.type, index.attributes.name);
  const saved = read.length === 0 ? [] : savedStates(context, parts, read, position);
  const old = [index, ...pick(carried.states, read)];
  const made = graph.make(
    'loop',
    {
      region: {
        parameters: [position, ...carried.tangents],
        results: renamed(graph, tangents, old, [position, ...saved]),
      },
      states: carried.moving.length,
      length: tangents.length > carried.moving.length ? node.attributes.length : undefined,
    },
    [node.args[0], ...starts],
  );
  return graph.parts(made);
}

/** The states at the start of an iteration: from the stacks of a loop that keeps them, or, where the number of iterations is no size,
 * computed again from the start. */
function savedStates(
  context: JvpContext,
  { node, region, carried }: LoopTangent,
  read: readonly number[],
  position: Node,
): readonly Node[] {
  const { graph, replace } = context;
  const inits = node.args.slice(1);
  const length = iterationsOf(node);
  if (length === undefined) {
    const again = graph.make(
      'loop',
      {
        region: copyRegion(graph, { parameters: region.parameters, results: carried.next }),
        states: carried.states.length,
        length: undefined,
      },
      [position, ...inits],
    );
    return pick(graph.parts(again), read);
  }
  // A loop that was made to keep a state already stacks it.
  const wanted = pick(carried.states, read);
  const stacked = region.results.slice(carried.states.length);
  const added = wanted.filter((state) => !stacked.includes(state));
  const keeping =
    added.length === 0 ? loopNode(graph, node) : withStacks(graph, node, region, added);
  const kept = graph.parts(keeping);
  graph.parts(loopNode(graph, node)).forEach((result, k) => {
    if (result !== kept[k]) replace(result, kept[k]);
  });
  const all = [...stacked, ...added];
  return wanted.map((state) =>
    graph.gather(kept[carried.states.length + all.indexOf(state)], [position], [0], true),
  );
}

const loopNode = (graph: Graph, { attributes, args }: NodeOf<'loop'>): Node =>
  graph.make('loop', attributes, args);

/** The loop with more values stacked. */
function withStacks(
  graph: Graph,
  node: NodeOf<'loop'>,
  region: Region,
  added: readonly Node[],
): Node {
  const fresh = region.parameters.map(({ type, attributes }) =>
    graph.parameter(type, attributes.name),
  );
  const results = renamed(graph, [...region.results, ...added], region.parameters, fresh);
  const { states, length } = node.attributes;
  const times = length ?? iterationsOf(node);
  return graph.make(
    'loop',
    { region: { parameters: fresh, results }, states, length: times },
    node.args,
  );
}

/** Joint in both modes. Transposing it needs the number of iterations, so in `split` mode it becomes a loop over the counted trips. */
export const whileLoop: JvpRule<'while'> = (node, context) =>
  context.mode === 'split'
    ? context.tangents(countedLoop(context.graph, node))
    : context.within(node.attributes.body, (body) => whileTangents(node, body, context));

function whileTangents(
  node: NodeOf<'while'>,
  body: Region,
  context: JvpContext,
): readonly Tangent[] {
  const { graph } = context;
  const starts = node.args.map(context.tangent);
  const carried = carry(body.parameters, body.results, starts, context);
  if (carried.moving.length === 0) return node.results.map(() => undefined);
  const { condition } = node.attributes;
  const tested = readDirectly(condition.parameters, condition.results);
  const read = readStates(carried, [...pick(carried.states, tested), ...carried.nextTangents]);
  const parametersOf = (of: readonly Parameter[]): readonly Parameter[] =>
    [...pick(of, read), ...carried.tangents].map(({ type, attributes }) =>
      graph.parameter(type, attributes.name),
    );
  const inCondition = parametersOf(condition.parameters);
  const inBody = parametersOf(carried.states);
  const made = graph.make(
    'while',
    {
      condition: {
        parameters: inCondition,
        results: renamed(graph, condition.results, pick(condition.parameters, read), inCondition),
      },
      body: {
        parameters: inBody,
        results: renamed(
          graph,
          [...pick(carried.next, read), ...carried.nextTangents],
          [...pick(carried.states, read), ...carried.tangents],
          inBody,
        ),
      },
    },
    [
      ...pick(node.args, read),
      ...carried.moving.map((k) => materialize(graph, starts[k], carried.states[k].type.shape)),
    ],
  );
  const results = graph.parts(made).slice(read.length);
  return carried.states.map((_, k) => results[carried.moving.indexOf(k)]);
}

/** A loop with as many iterations as the `while` makes. */
function countedLoop(graph: Graph, { attributes, args }: NodeOf<'while'>): Node {
  const { condition, body } = attributes;
  const trips = graph.while(
    [...args, 0],
    (...states) => renamed(graph, condition.results, condition.parameters, states)[0],
    (...states) => [
      ...renamed(graph, body.results, body.parameters, states),
      graph.add(states[args.length], 1),
    ],
  );
  const index = graph.parameter(graph.constant(0).type);
  const made = graph.make(
    'loop',
    {
      region: { parameters: [index, ...body.parameters], results: body.results },
      states: args.length,
      length: undefined,
    },
    [trips[args.length], ...args],
  );
  return made;
}

export const cond: JvpRule<'cond'> = (node, context) => {
  const { graph, tangent } = context;
  const { then, otherwise } = node.attributes;
  const left = then.results.map(tangent);
  const right = otherwise.results.map(tangent);
  const moving = node.results.flatMap((_, k) =>
    left[k] === undefined && right[k] === undefined ? [] : [k],
  );
  if (moving.length === 0) return node.results.map(() => undefined);
  const branch = (tangents: readonly Tangent[]): Region => ({
    parameters: [],
    results: moving.map((k) => materialize(graph, tangents[k], node.results[k].shape)),
  });
  const made = graph.parts(
    graph.make('cond', { then: branch(left), otherwise: branch(right) }, node.args),
  );
  return node.results.map((_, k) => made[moving.indexOf(k)]);
};
