// `E(z ~ D) e` and `P(z ~ D) c`: exactly where the support is finite, a closed form is known or a quadrature is asked for; else as the mean over a fixed
// sample, drawn from the data seed and equal for all methods. The body of one draw is kept (SampledSum), so that methods can draw batches of their own.
import type { BinderNode, DrawBinding, IndexBinding, Local } from '../model/types.ts';
import type { RandomQuantity, SampledSum } from '../problem/problem.ts';
import { constantDim, constantValue, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { intType } from '../tensor/type.ts';
import { affineOf } from './affine.ts';
import { splitByLanes } from './addends.ts';
import { everywhere, flattened } from './everywhere.ts';
import { masked } from './branch.ts';
import { expectationOf, lawOf } from './closed-form.ts';
import { irType, shapeOf, withLocals, type Lane, type Lowering, type Scope } from './context.ts';
import { countsFromOne } from './counting.ts';
import { iterate } from './iterate.ts';
import { gaussHermite, gaussLaguerre, gaussLegendre, type Rule } from './quadrature.ts';
import { logDensity } from './log-density.ts';
import { actualSet } from './sets.ts';
import { meanOver, sumOver } from './sum.ts';
import { align, type BatchAxis, type Batched } from './vectorize/batched.ts';
import { vectorize } from './vectorize/vectorize.ts';

interface Drawn {
  readonly quantity: RandomQuantity;
}

export function lowerExpectation(
  lowering: Lowering,
  node: BinderNode,
  indices: readonly IndexBinding[],
  draws: readonly DrawBinding[],
  scope: Scope,
): Node {
  const { graph, lower } = lowering;
  const { lanes, scope: here, mask } = iterate(lowering, indices, undefined, scope, node.span);
  const drawn = bindDraws(lowering, draws, here);
  const body = lower(node.body, drawn.scope);
  const kept =
    node.where === undefined ? undefined : lower(node.where, { ...drawn.scope, conditional: true });
  const lane = kept === undefined ? body : masked(graph, kept, body, 0);
  const axes = lanes.map((_, k) => k);
  const mean = (of: Node): Node => {
    const { value, left } = integrated(
      lowering,
      of,
      drawn.all.map(({ quantity }) => quantity),
    );
    if (left.length > 0) return overSample(lowering, value, left, lanes);
    return lanes.length === 0 ? value : meanOver(graph, everywhere(graph, value, lanes), axes);
  };
  if (mask !== undefined || kept !== undefined)
    return kept === undefined ? mean(lane) : graph.div(mean(lane), mean(kept));
  const keys = new Set(
    [
      ...lanes.map((each) => each.parameter),
      ...drawn.all.map(({ quantity }) => quantity.parameter),
    ].map(({ attributes }) => attributes.key),
  );
  const { varying, fixed } = splitByLanes(graph, lane, keys);
  if (varying === undefined) return mean(lane);
  const made = mean(varying);
  if (!lowering.sums.has(made)) {
    const flat = lanes.length === 0 ? undefined : flattened(lowering, varying, lanes);
    const record: SampledSum = {
      kind: 'expectation',
      node: made,
      index: flat?.index,
      size: lanes.length === 0 ? undefined : productOfDims(lanes.map(({ axis }) => axis.length)),
      set: indices.length === 1 ? actualSet(indices[0].set).name : undefined,
      draws: drawn.all.map(({ quantity }) =>
        flat === undefined ? quantity : { ...quantity, args: quantity.args.map(flat.at) },
      ),
      body: flat?.body ?? varying,
      span: node.span,
    };
    lowering.sums.set(made, record);
  }
  return fixed === undefined ? made : graph.add(made, fixed);
}

export function bindDraws(
  lowering: Lowering,
  draws: readonly DrawBinding[],
  scope: Scope,
): { readonly all: readonly Drawn[]; readonly scope: Scope } {
  let here = scope;
  const all = draws.map((binding): Drawn => {
    const { local, distribution, estimator, span } = binding;
    const args = distribution.args.map((arg) => lowering.lower(arg, here));
    const parameter = lowering.graph.parameter(irType(local.type), local.name);
    here = withLocals(here, [[local, parameter] satisfies [Local, Node]]);
    return {
      quantity: {
        parameter,
        distribution: distribution.name,
        args,
        shape: shapeOf(distribution.type),
        multivariate: distribution.multivariate,
        first: countsFromOne(distribution) ? 1 : 0,
        estimator:
          estimator.kind === 'quadrature'
            ? { kind: 'quadrature', points: pointsOf(lowering, binding, here) }
            : { kind: estimator.kind },
        site: distribution.site,
        span,
      },
    };
  });
  return { all, scope: here };
}

function pointsOf(lowering: Lowering, { estimator }: DrawBinding, scope: Scope): number {
  if (estimator.kind !== 'quadrature') return 0;
  const { offset, terms } = affineOf(lowering.lower(estimator.points, scope));
  const [first] = offset.monomials;
  const fixed = terms.size === 0 && first !== undefined && first.symbols.length === 0;
  return fixed ? Math.max(1, Math.min(first.coefficient, 200)) : 20;
}

/** The value with all taken out that is summed exactly, and what must be sampled, all of it together. */
function integrated(
  lowering: Lowering,
  body: Node,
  quantities: readonly RandomQuantity[],
): { readonly value: Node; readonly left: readonly RandomQuantity[] } {
  const { graph } = lowering;
  let value = body;
  let left: readonly RandomQuantity[] = [];
  for (const quantity of [...quantities].reverse()) {
    const { key } = quantity.parameter.attributes;
    const reads = (node: Node): boolean => node.free.includes(key);
    const governs = left.some(({ args }) => args.some(reads));
    if (!reads(value) && !governs) continue;
    const finite = supportOf(lowering, quantity);
    if (finite !== undefined) {
      // The laws of what is sampled hang on it: each of its values has a sample of its own.
      if (governs) {
        value = overSample(lowering, value, left, []);
        left = [];
      }
      value = overSupport(graph, value, quantity.parameter, finite);
      continue;
    }
    const exact = governs ? undefined : closedForm(graph, value, quantity);
    if (exact === undefined) left = [quantity, ...left];
    else value = exact;
  }
  return { value, left };
}

function closedForm(graph: Graph, body: Node, quantity: RandomQuantity): Node | undefined {
  if (quantity.shape.length > 0 || quantity.multivariate) return undefined;
  const law = lawOf(graph, quantity.distribution, quantity.args);
  return law && expectationOf(graph, body, quantity.parameter, law);
}

/** Finitely many values with their probabilities. */
interface Support {
  readonly values: Batched;
  readonly weights: Node;
  readonly axis: BatchAxis;
}

function supportOf(lowering: Lowering, quantity: RandomQuantity): Support | undefined {
  const { graph, nextOrder } = lowering;
  const { distribution, args, shape, estimator } = quantity;
  if (shape.length > 0) return undefined;
  const along = (length: Dim): BatchAxis => ({ order: nextOrder(), length });
  if (distribution === 'bernoulli') {
    const axis = along(constantDim(2));
    const values = graph.iota(2);
    return {
      values: { node: values, axes: [axis] },
      weights: graph.stack([graph.sub(1, args[0]), args[0]]),
      axis,
    };
  }
  if (distribution === 'rademacher') {
    const axis = along(constantDim(2));
    return {
      values: { node: graph.literal([-1, 1]), axes: [axis] },
      weights: graph.full(0.5, [2]),
      axis,
    };
  }
  if (distribution === 'categorical') {
    const [weights] = args;
    const axis = along(weights.type.shape[0]);
    return {
      values: { node: graph.iota(axis.length, quantity.first), axes: [axis] },
      weights: graph.div(weights, graph.sum(weights)),
      axis,
    };
  }
  const rule = ruleOf(quantity);
  if (rule === undefined || estimator.kind !== 'quadrature') return undefined;
  const axis = along(constantDim(rule.nodes.length));
  const standard = graph.literal(rule.nodes);
  return {
    values: { node: placed(graph, quantity, standard), axes: [axis] },
    weights: graph.literal(rule.weights),
    axis,
  };
}

function ruleOf({ distribution, estimator }: RandomQuantity): Rule | undefined {
  if (estimator.kind !== 'quadrature') return undefined;
  if (distribution === 'normal') return gaussHermite(estimator.points);
  if (distribution === 'uniform') return gaussLegendre(estimator.points);
  return distribution === 'exponential' ? gaussLaguerre(estimator.points) : undefined;
}

/** Standard nodes moved to the distribution's parameters. */
function placed(graph: Graph, { distribution, args }: RandomQuantity, nodes: Node): Node {
  const [a, b] = args;
  if (distribution === 'normal') return graph.add(a, graph.mul(b, nodes));
  if (distribution === 'exponential') return graph.div(nodes, a);
  const [middle, half] = [graph.div(graph.add(a, b), 2), graph.div(graph.sub(b, a), 2)];
  return graph.add(middle, graph.mul(half, nodes));
}

function overSupport(
  graph: Graph,
  body: Node,
  parameter: Node,
  { values, weights, axis }: Support,
): Node {
  const [made] = vectorize(graph, [body], new Map([[parameter, values]]));
  const all = align(graph, made, [axis]);
  const shape = all.type.shape;
  const spread = graph.broadcastTo(weights, shape, [0]);
  return sumOver(graph, graph.mul(spread, all), [0]);
}

/**
 * The mean over a fixed sample of all quantities together; over lanes each has draws of its own, about `sampleSize` in all. Recorded with the values of the
 * single draws, from which the standard error is known.
 */
function overSample(
  lowering: Lowering,
  body: Node,
  quantities: readonly RandomQuantity[],
  lanes: readonly Lane[],
): Node {
  const { graph, nextOrder, sampleSize } = lowering;
  const lengths = lanes.map(({ axis }) => axis.length);
  const members = constantValue(productOfDims(lengths));
  const single = members === undefined ? sampleSize : Math.ceil(sampleSize / members);
  const axis: BatchAxis = { order: nextOrder(), length: constantDim(single) };
  const draws = productOfDims([...lengths, axis.length]);
  const own = (node: Node): boolean =>
    lanes.some(({ parameter }) => node.free.includes(parameter.attributes.key));
  let lane = body;
  const bindings = new Map<Node, Batched>();
  for (const [k, quantity] of quantities.entries()) {
    const byScore = quantity.estimator.kind === 'score';
    const args = byScore ? quantity.args.map((arg) => graph.stop(arg)) : quantity.args;
    const law = { ...quantity, args };
    const before = quantities.slice(0, k);
    const hangs = before.some(({ parameter }) =>
      args.some((arg) => arg.free.includes(parameter.attributes.key)),
    );
    bindings.set(quantity.parameter, hangs ? dependent(law) : independent(law));
  }
  for (const quantity of [...quantities].reverse())
    if (quantity.estimator.kind === 'score') lane = scored(graph, lane, quantity);
  const [made] = vectorize(graph, [lane], bindings);
  const values = everywhere(graph, align(graph, made, [axis]), lanes);
  const leading = lanes.length + 1;
  const mean = meanOver(
    graph,
    values,
    values.type.shape.slice(0, leading).map((_, k) => k),
  );
  const [{ estimator, span }] = quantities;
  const count = constantValue(draws);
  if (count !== undefined)
    lowering.samples.push({
      mean,
      lanes: graph.reshape(values, [draws, ...values.type.shape.slice(leading)]),
      draws: count,
      instead:
        estimator.kind === 'quadrature' || estimator.kind === 'enum' ? estimator.kind : undefined,
      span,
    });
  return mean;

  /** Of each lane its own part of one array of draws. */
  function independent(law: RandomQuantity): Batched {
    const apart = lanes.length > 0 && members !== undefined;
    if (!apart || law.args.some(own)) {
      const counters = apart ? lanes.map(({ parameter }) => parameter) : [];
      return { node: drawMany(graph, law, axis.length, 'data', counters), axes: [axis] };
    }
    const all = drawMany(graph, law, draws, 'data', []);
    const parts = graph.reshape(all, [...lengths, axis.length, ...law.shape]);
    const places = lanes.map(({ parameter }) => parameter);
    const axes = places.map((_, k) => k);
    return { node: graph.gather(parts, places, axes, true), axes: [axis] };
  }

  /** A law that hangs on what is drawn before it: draw by draw. */
  function dependent(law: RandomQuantity): Batched {
    const place = graph.parameter(intType([]), 'draw');
    const one = drawMany(graph, law, constantDim(1), 'data', [
      ...lanes.map(({ parameter }) => parameter),
      place,
    ]);
    const here = new Map<Node, Batched>([
      ...bindings,
      [place, { node: graph.iota(axis.length), axes: [axis] }],
    ]);
    const [drawn] = vectorize(graph, [graph.at(one, 0, 0)], here);
    return { node: align(graph, drawn, [axis]), axes: [axis] };
  }
}

/** e + stop(e) (log p - stop(log p)): the value e, whose derivative is that of the expectation (Williams 1992). */
export function scored(graph: Graph, body: Node, quantity: RandomQuantity): Node {
  const density = logDensity(graph, quantity);
  if (density === undefined) return body;
  const change = graph.sub(density, graph.stop(density));
  return graph.add(body, graph.mul(graph.stop(body), change));
}

/** `count` independent draws of a quantity along a new first axis. */
export function drawMany(
  graph: Graph,
  { distribution, args, shape, site, multivariate: joint, first }: RandomQuantity,
  count: Dim,
  stream: 'run' | 'data',
  counters: readonly Node[],
): Node {
  const options = { site, shape: [count, ...shape], counters, stream };
  if (joint) return multivariate(graph, args, options);
  const made = graph.draw(distribution, args, options);
  return first === 0 ? made : graph.add(made, first);
}

/** mean + L e with S = L L' and e standard normal, for every row. */
export function multivariate(
  graph: Graph,
  [mean, covariance]: readonly Node[],
  options: Parameters<Graph['draw']>[2],
): Node {
  const noise = graph.draw('normal', [0, 1], options);
  const factor = graph.cholesky(covariance);
  const rank = noise.type.shape.length;
  const moved = graph.contract(noise, factor, [[rank - 1, 1]]);
  return graph.add(graph.broadcastTo(mean, moved.type.shape), moved);
}
