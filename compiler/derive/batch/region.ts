// Loops and branches with batched linear states. Other states stay as they are.
import type { Graph } from '../../tensor/graph.ts';
import type { Node, Region } from '../../tensor/ir.ts';
import { realType } from '../../tensor/type.ts';
import { dependsOnAny } from '../region.ts';
import { renamed } from '../replace.ts';
import { denseBatched, type Batched } from './batched.ts';
import type { BatchContext, BatchRule } from './rule.ts';

type Parameter = Node<'parameter'>;

/** Which states are linear: those that start so, or whose next value depends on what is. */
function linearStates(
  states: readonly Parameter[],
  next: readonly Node[],
  starts: readonly Node[],
  { linear }: BatchContext,
): readonly boolean[] {
  const found = states.map((_, k) => linear(starts[k]) || linear(next[k]));
  for (let changed = true; changed;) {
    changed = false;
    const known = states.filter((_, k) => found[k]);
    next.forEach((value, k) => {
      if (found[k] || !dependsOnAny(value, known)) return;
      found[k] = true;
      changed = true;
    });
  }
  return found;
}

/** Parameters for the batched body: one more for each linear state in its place, new ones for all others. */
function batchedParameters(
  states: readonly Parameter[],
  linear: readonly boolean[],
  { graph, leaf, bind }: BatchContext,
): readonly Parameter[] {
  return states.map((state, k) => {
    const { type, attributes } = state;
    if (!linear[k]) return graph.parameter(type, attributes.name);
    const batched = graph.parameter(realType([...leaf, ...type.shape]), attributes.name);
    bind(state, batched);
    return batched;
  });
}

export const loop: BatchRule<'loop'> = (node, context) => {
  const { graph, dense, linear: isLinear, leaf } = context;
  const { region, states: count, length } = node.attributes;
  const [times, ...starts] = node.args;
  const [index, ...states] = region.parameters;
  const linear = linearStates(states, region.results.slice(0, count), starts, context);
  const fresh = batchedParameters(states, linear, context);
  const position = graph.parameter(index.type, index.attributes.name);
  const outputs = region.results.map((result, k) => (k < count ? linear[k] : isLinear(result)));
  const results = region.results.map((result, k) => (outputs[k] ? dense(result) : result));
  const made = graph.make(
    'loop',
    {
      region: {
        parameters: [position, ...fresh],
        results: renamed(graph, results, [index, ...states], [position, ...fresh]),
      },
      states: count,
      length,
    },
    [times, ...starts.map((start, k) => (linear[k] ? dense(start) : start))],
  );
  return graph.parts(made).map((result, k): Batched | undefined => {
    if (!outputs[k]) return undefined;
    return denseBatched(k < count ? result : stackBehind(graph, result, leaf.length), leaf.length);
  });
};

/** Moves the stacked axis behind the axes in front. */
const stackBehind = (graph: Graph, x: Node, at: number): Node =>
  graph.transpose(
    x,
    x.type.shape.map((_, k) => (k < at ? k + 1 : k === at ? 0 : k)),
  );

export const whileLoop: BatchRule<'while'> = (node, context) => {
  const { graph, dense, leaf } = context;
  const { condition, body } = node.attributes;
  const linear = linearStates(body.parameters, body.results, node.args, context);
  const fresh = batchedParameters(body.parameters, linear, context);
  const results = body.results.map((result, k) => (linear[k] ? dense(result) : result));
  const tested = fresh.map(({ type, attributes }) => graph.parameter(type, attributes.name));
  const made = graph.make(
    'while',
    {
      condition: {
        parameters: tested,
        results: renamed(graph, condition.results, condition.parameters, tested),
      },
      body: { parameters: fresh, results: renamed(graph, results, body.parameters, fresh) },
    },
    node.args.map((start, k) => (linear[k] ? dense(start) : start)),
  );
  return graph
    .parts(made)
    .map((result, k) => (linear[k] ? denseBatched(result, leaf.length) : undefined));
};

export const cond: BatchRule<'cond'> = (node, context) => {
  const { graph, dense, linear, leaf } = context;
  const { then, otherwise } = node.attributes;
  const moving = node.results.map(
    (_, k) => linear(then.results[k]) || linear(otherwise.results[k]),
  );
  const branch = ({ results }: Region): Region => ({
    parameters: [],
    results: results.map((result, k) => (moving[k] ? dense(result) : result)),
  });
  const made = graph.make('cond', { then: branch(then), otherwise: branch(otherwise) }, node.args);
  return graph
    .parts(made)
    .map((result, k) => (moving[k] ? denseBatched(result, leaf.length) : undefined));
};
