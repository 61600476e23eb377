// Loops and branches over lanes.
import type { Node, Region, TensorType } from '../../tensor/ir.ts';
import type { Graph } from '../../tensor/graph.ts';
import {
  align,
  lengthsOf,
  ownShape,
  repeat,
  unbatched,
  unionAxes,
  type BatchAxis,
  type Batched,
} from './batched.ts';
import { overLanes } from './lanes.ts';
import type { Bindings, Guard, Rule } from './state.ts';

/** A branch on a lane's condition evaluates both sides and selects, each guarded by the condition. */
export const condRule: Rule<'cond'> = (node, [condition], context) => {
  const { graph, guard, visit } = context;
  const { then, otherwise } = node.attributes;
  if (condition.axes.length === 0) {
    const [yes, no] = [visit(then.results, guard), visit(otherwise.results, guard)];
    const axes = yes.map((value, k) => unionAxes([value.axes, no[k].axes]));
    const aligned = (values: readonly Batched[]): readonly Node[] =>
      values.map((value, k) => align(graph, value, axes[k]));
    return graph
      .cond(
        condition.node,
        () => aligned(yes),
        () => aligned(no),
      )
      .map((result, k) => ({ node: result, axes: axes[k] }));
  }
  const negated = { node: graph.not(condition.node), axes: condition.axes };
  const yes = visit(then.results, both(graph, guard, condition));
  const no = visit(otherwise.results, both(graph, guard, negated));
  return yes.map((value, k) => selectLanes(graph, condition, value, no[k]));
};

export function both(graph: Graph, guard: Guard, condition: Batched): Batched {
  if (guard === undefined) return condition;
  const axes = unionAxes([guard.axes, condition.axes]);
  return { node: graph.and(align(graph, guard, axes), align(graph, condition, axes)), axes };
}

/** `then` in the lanes where the (scalar) condition holds. */
export function selectLanes(
  graph: Graph,
  condition: Batched,
  then: Batched,
  otherwise: Batched,
): Batched {
  if (then.node === otherwise.node) return then;
  const axes = unionAxes([condition.axes, then.axes, otherwise.axes]);
  const shape = [...lengthsOf(axes), ...ownShape(then)];
  const mask = repeat(
    graph,
    align(graph, condition, axes),
    shape,
    axes.map((_, k) => k),
  );
  return {
    node: graph.select(mask, align(graph, then, axes), align(graph, otherwise, axes)),
    axes,
  };
}

export const loopRule: Rule<'loop'> = (node, [count, ...inits], context) => {
  const { graph, guard, bindings, within } = context;
  const { region, states, length } = node.attributes;
  if (count.axes.length > 0) return overLanes(node, context);
  const [index, ...parameters] = region.parameters;
  const freshIndex = graph.parameter(index.type, index.attributes.name);
  let axes = inits.map((init) => init.axes);
  for (;;) {
    const fresh = parameters.map((p, k) => batchedParameter(graph, p, axes[k]));
    const inner = extend(bindings, [[index, unbatched(freshIndex)], ...pairs(parameters, fresh)]);
    const results = within(inner, region.results, guard);
    const grown = axes.map((own, k) => unionAxes([own, results[k].axes]));
    if (grown.some((own, k) => own.length > axes[k].length)) {
      axes = grown;
      continue;
    }
    const next = results.slice(0, states).map((value, k) => align(graph, value, axes[k]));
    const outputs = results.slice(states);
    const made = graph.make(
      'loop',
      {
        region: {
          parameters: [freshIndex, ...fresh.map((value) => value.parameter)],
          results: [...next, ...outputs.map((value) => value.node)],
        },
        states,
        length,
      },
      [count.node, ...inits.map((init, k) => align(graph, init, axes[k]))],
    );
    return graph
      .parts(made)
      .map((result, k) =>
        k < states
          ? { node: result, axes: axes[k] }
          : lanesFirst(graph, result, outputs[k - states].axes),
      );
  }
};

/** Lanes whose condition no longer holds keep their states until all are done. */
export const whileRule: Rule<'while'> = (node, inits, context) => {
  const { graph, guard, bindings, within } = context;
  const { condition, body } = node.attributes;
  let axes = inits.map((init) => init.axes);
  for (;;) {
    const test = regionOver(graph, condition, axes);
    const [holds] = within(extend(bindings, test.bindings), condition.results, guard);
    const step = regionOver(graph, body, axes);
    const stepBindings = extend(bindings, step.bindings);
    const again = pairs(condition.parameters, step.fresh);
    const [active] = within(extend(bindings, again), condition.results, guard);
    const lanewise = active.axes.length > 0;
    const results = within(
      stepBindings,
      body.results,
      lanewise ? both(graph, guard, active) : guard,
    );
    const next = lanewise
      ? results.map((value, k) => selectLanes(graph, active, value, step.values[k]))
      : results;
    const grown = axes.map((own, k) => unionAxes([own, next[k].axes]));
    if (grown.some((own, k) => own.length > axes[k].length)) {
      axes = grown;
      continue;
    }
    const made = graph.make(
      'while',
      {
        condition: {
          parameters: test.parameters,
          results: [holds.axes.length > 0 ? graph.any(holds.node) : holds.node],
        },
        body: {
          parameters: step.parameters,
          results: next.map((value, k) => align(graph, value, axes[k])),
        },
      },
      inits.map((init, k) => align(graph, init, axes[k])),
    );
    return graph.parts(made).map((result, k) => ({ node: result, axes: axes[k] }));
  }
};

interface FreshParameter extends Batched {
  readonly parameter: Node<'parameter'>;
}

function batchedParameter(
  graph: Graph,
  lane: Node<'parameter'>,
  axes: readonly BatchAxis[],
): FreshParameter {
  const type: TensorType = {
    element: lane.type.element,
    shape: [...lengthsOf(axes), ...lane.type.shape],
    storage: axes.length === 0 ? lane.type.storage : 'dense',
  };
  const parameter = graph.parameter(type, lane.attributes.name);
  return { parameter, node: parameter, axes };
}

interface FreshRegion {
  readonly parameters: readonly Node<'parameter'>[];
  readonly values: readonly Batched[];
  readonly fresh: readonly FreshParameter[];
  readonly bindings: readonly (readonly [Node, Batched])[];
}

function regionOver(
  graph: Graph,
  region: Region,
  axes: readonly (readonly BatchAxis[])[],
): FreshRegion {
  const fresh = region.parameters.map((p, k) => batchedParameter(graph, p, axes[k]));
  return {
    fresh,
    values: fresh,
    parameters: fresh.map((value) => value.parameter),
    bindings: pairs(region.parameters, fresh),
  };
}

const pairs = (
  keys: readonly Node[],
  values: readonly Batched[],
): readonly (readonly [Node, Batched])[] =>
  keys.map((key, k) => [key, { node: values[k].node, axes: values[k].axes }]);

const extend = (bindings: Bindings, more: readonly (readonly [Node, Batched])[]): Bindings =>
  new Map([...bindings, ...more]);

/** Stacked outputs come with the loop's axis first. */
function lanesFirst(graph: Graph, node: Node, axes: readonly BatchAxis[]): Batched {
  const rank = node.type.shape.length;
  const lanes = axes.map((_, k) => k + 1);
  const rest = Array.from({ length: rank - 1 - axes.length }, (_, k) => k + 1 + axes.length);
  return { node: graph.transpose(node, [...lanes, 0, ...rest]), axes };
}
