// `sum(i in I where c) body` and its kin, and comprehensions: the body lane by lane, then all lanes at once, then one reduction.
import type { Span } from '../../grammar/span.ts';
import type {
  BinderNode,
  ComprehensionNode,
  IndexBinding,
  MapNode,
  TypedExpression,
} from '../model/types.ts';
import { productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node, ReduceFn } from '../tensor/ir.ts';
import { intType } from '../tensor/type.ts';
import { splitByLanes } from './addends.ts';
import { masked } from './branch.ts';
import { cover } from './cover.ts';
import { irType, shapeOf, withLocals, type Lane, type Lowering, type Scope } from './context.ts';
import { lowerExpectation } from './expectation.ts';
import { everywhere, flattened } from './everywhere.ts';
import { iterate } from './iterate.ts';
import { report } from './messages.ts';
import { bindLoop, timesOf } from './recurrence.ts';
import { countOnce } from './samples.ts';
import { actualSet } from './sets.ts';
import { meanOver, sumOver } from './sum.ts';
import type { BatchAxis } from './vectorize/batched.ts';
import { vectorizeOver } from './vectorize/vectorize.ts';

type Op = Exclude<BinderNode['op'], 'E' | 'P'>;

interface Reduction {
  readonly fn: ReduceFn;
  readonly neutral: number;
  readonly join: (graph: Graph, a: Node, b: Node) => Node;
}

const reductions: { readonly [O in Op]: Reduction } = {
  sum: { fn: 'sum', neutral: 0, join: (g, a, b) => g.add(a, b) },
  prod: { fn: 'prod', neutral: 1, join: (g, a, b) => g.mul(a, b) },
  max: { fn: 'max', neutral: Number.NEGATIVE_INFINITY, join: (g, a, b) => g.max(a, b) },
  min: { fn: 'min', neutral: Number.POSITIVE_INFINITY, join: (g, a, b) => g.min(a, b) },
  all: { fn: 'all', neutral: 1, join: (g, a, b) => g.and(a, b) },
  any: { fn: 'any', neutral: 0, join: (g, a, b) => g.or(a, b) },
};

export function lowerBinder(lowering: Lowering, node: BinderNode, scope: Scope): Node {
  const indices = node.bindings.filter((binding) => binding.kind === 'in');
  const draws = node.bindings.filter((binding) => binding.kind === 'draw');
  if (draws.length > 0) return lowerExpectation(lowering, node, indices, draws, scope);
  const { op } = node;
  const { bindings, wheres } = covered(indices, node.where, scope);
  if (op === 'E' || op === 'P') return average(lowering, node, bindings, wheres, scope);
  return reduced(lowering, op, bindings, wheres, node.body, scope, node.span);
}

/** Ranges of known extent instead of those whose ends vary. */
function covered(
  indices: readonly IndexBinding[],
  where: TypedExpression | undefined,
  scope: Scope,
): { readonly bindings: readonly IndexBinding[]; readonly wheres: readonly TypedExpression[] } {
  const found = indices.map((binding) => (isStatic(binding, scope) ? undefined : cover(binding)));
  return {
    bindings: indices.map((binding, k) => found[k]?.binding ?? binding),
    wheres: [
      ...found.flatMap((each) => each?.conditions ?? []),
      ...(where === undefined ? [] : [where]),
    ],
  };
}

/** The reduction of a body over bindings. A range whose extent is known only as the program runs is a loop. */
function reduced(
  lowering: Lowering,
  op: Op,
  bindings: readonly IndexBinding[],
  wheres: readonly TypedExpression[],
  body: TypedExpression,
  scope: Scope,
  span: Span,
): Node {
  const dynamic = bindings.findIndex((binding) => !isStatic(binding, scope));
  if (dynamic >= 0) {
    const [outer, binding, inner] = [
      bindings.slice(0, dynamic),
      bindings[dynamic],
      bindings.slice(dynamic + 1),
    ];
    return overLanes(lowering, op, outer, [], scope, span, (here) =>
      looped(lowering, op, binding, here, (within) =>
        inner.length === 0 && wheres.length === 0
          ? lowering.lower(body, within)
          : reduced(lowering, op, inner, wheres, body, within, span),
      ),
    );
  }
  return overLanes(lowering, op, bindings, wheres, scope, span, (here) =>
    lowering.lower(body, here),
  );
}

const isStatic = (binding: IndexBinding, scope: Scope): boolean => {
  const set = actualSet(binding.set);
  return set.size !== undefined || scope.batches.has(set);
};

function overLanes(
  lowering: Lowering,
  op: Op,
  bindings: readonly IndexBinding[],
  wheres: readonly TypedExpression[],
  scope: Scope,
  span: Span,
  bodyIn: (scope: Scope) => Node,
): Node {
  const { graph } = lowering;
  const { fn, neutral } = reductions[op];
  const { lanes, scope: inner, mask } = iterate(lowering, bindings, wheres, scope, span);
  const plain = bodyIn(inner);
  const lane = mask === undefined ? plain : masked(graph, mask, plain, neutral);
  const axes = lanes.map((_, k) => k);
  const all = (of: Node): Node => everywhere(graph, of, lanes);
  const counted = (node: Node): Node =>
    scope.pattern === undefined ? node : countOnce(graph, node, lane, keysOf(lanes));
  if (op !== 'sum') return counted(graph.reduce(fn, all(lane), axes));
  const { varying, fixed } = splitByLanes(graph, lane, keysOf(lanes));
  if (varying === undefined) return counted(sumOver(graph, all(lane), axes));
  const made = counted(sumOver(graph, all(varying), axes));
  recordSum(lowering, 'sum', made, varying, lanes, bindings, span);
  return fixed === undefined ? made : graph.add(made, sumOver(graph, all(fixed), axes));
}

const keysOf = (lanes: readonly Lane[]): ReadonlySet<number> =>
  new Set(lanes.map(({ parameter }) => parameter.attributes.key));

/** One iteration after the other: a range known only as the program runs. */
function looped(
  lowering: Lowering,
  op: Op,
  binding: IndexBinding,
  scope: Scope,
  bodyIn: (scope: Scope) => Node,
): Node {
  const { graph } = lowering;
  const { neutral, join } = reductions[op];
  const times = timesOf(lowering, binding, scope);
  const probe = bodyIn(
    bindLoop(lowering, binding, graph.parameter(intType([]), 'k'), times, scope),
  );
  const start = graph.full(neutral, probe.type.shape);
  const [result] = graph.fold(times, [start], (index, sum) => [
    join(graph, sum, bodyIn(bindLoop(lowering, binding, index, times, scope))),
  ]);
  return result;
}

/** The mean over the (kept) elements; of a bool the share. */
function average(
  lowering: Lowering,
  node: BinderNode,
  bindings: readonly IndexBinding[],
  wheres: readonly TypedExpression[],
  scope: Scope,
): Node {
  const { graph, lower } = lowering;
  const { body, span } = node;
  if (!bindings.every((binding) => isStatic(binding, scope))) {
    const total = reduced(lowering, 'sum', bindings, wheres, body, scope, span);
    const one: TypedExpression = {
      kind: 'number',
      value: 1,
      type: { element: 'int', shape: [] },
      span,
    };
    return graph.div(total, reduced(lowering, 'sum', bindings, wheres, one, scope, span));
  }
  const { lanes, scope: inner, mask } = iterate(lowering, bindings, wheres, scope, span);
  const axes = lanes.map((_, k) => k);
  const lane = lower(body, inner);
  if (mask !== undefined) {
    const kept = sumOver(graph, everywhere(graph, masked(graph, mask, lane, 0), lanes), axes);
    return graph.div(kept, graph.sum(everywhere(graph, mask, lanes), axes));
  }
  const { varying, fixed } = splitByLanes(graph, lane, keysOf(lanes));
  if (varying === undefined) return meanOver(graph, everywhere(graph, lane, lanes), axes);
  const whole = meanOver(graph, everywhere(graph, varying, lanes), axes);
  const made = scope.pattern === undefined ? whole : countOnce(graph, whole, lane, keysOf(lanes));
  recordSum(lowering, 'mean', made, varying, lanes, bindings, span);
  return fixed === undefined ? made : graph.add(made, fixed);
}

function recordSum(
  lowering: Lowering,
  kind: 'sum' | 'mean',
  node: Node,
  lane: Node,
  lanes: readonly Lane[],
  bindings: readonly IndexBinding[],
  span: Span,
): void {
  if (lowering.sums.has(node)) return;
  const { index, body } = flattened(lowering, lane, lanes);
  lowering.sums.set(node, {
    kind,
    node,
    index,
    size: productOfDims(lanes.map(({ axis }) => axis.length)),
    set: bindings.length === 1 ? actualSet(bindings[0].set).name : undefined,
    draws: [],
    body,
    span,
  });
}

export function lowerComprehension(
  lowering: Lowering,
  node: ComprehensionNode,
  scope: Scope,
): Node {
  const { graph, lower, diagnostics } = lowering;
  const shape = shapeOf(node.type);
  const length = node.where === undefined ? undefined : shape[0];
  const {
    lanes,
    scope: inner,
    mask,
  } = iterate(lowering, node.bindings, node.where, scope, node.span, length);
  if (mask !== undefined) {
    diagnostics.push(report('P203', node.span, { what: 'this list' }));
    return graph.full(Number.NaN, shape);
  }
  return everywhere(graph, lower(node.body, inner), lanes);
}

/** A function of scalars over tensors: its entries are lanes along the axes of the result. */
export function lowerMap(lowering: Lowering, node: MapNode, scope: Scope): Node {
  const { graph, lower, nextOrder } = lowering;
  const shape = shapeOf(node.type);
  const axes = shape.map((length): BatchAxis => ({ order: nextOrder(), length }));
  const entries = node.entries.map(({ local, tensor }) => {
    const value = lower(tensor, scope);
    const parameter = graph.parameter({ ...irType(local.type), shape: [] }, local.name);
    return { local, parameter, value };
  });
  const inner = withLocals(
    scope,
    entries.map(({ local, parameter }) => [local, parameter]),
  );
  const bindings = new Map(
    entries.map(({ parameter, value }) => [
      parameter,
      value.type.shape.length === 0
        ? { node: value, axes: [] }
        : { node: value, axes: axes.slice(axes.length - value.type.shape.length) },
    ]),
  );
  const [made] = vectorizeOver(graph, [lower(node.body, inner)], bindings, axes);
  return made;
}
