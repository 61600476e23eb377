// `E(z ~ D) e` and `P(z ~ D) c`: exactly where the support is finite, a closed form is known or a quadrature is asked for; else as the mean over a fixed
// sample, drawn from the data seed and equal for all methods. The body of one draw is kept (SampledSum), so that methods can draw batches of their own.
import type { BinderNode, DrawBinding, IndexBinding, Local } from '../model/types.ts';
import type { RandomQuantity, SampledSum } from '../problem/problem.ts';
import { constantDim, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { affineOf } from './affine.ts';
import { splitByLanes } from './addends.ts';
import { everywhere, flattened } from './everywhere.ts';
import { masked } from './branch.ts';
import { expectationOf, lawOf } from './closed-form.ts';
import { irType, shapeOf, withLocals, type Lowering, type Scope } from './context.ts';
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
    const value = drawn.all.reduceRight((inner, one) => expected(lowering, inner, one), of);
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
  if (varying.type.shape.length === 0 && !lowering.sums.has(made)) {
    const flat = lanes.length === 0 ? undefined : flattened(lowering, varying, lanes);
    const record: SampledSum = {
      kind: 'expectation',
      node: made,
      index: flat?.index,
      size: lanes.length === 0 ? undefined : productOfDims(lanes.map(({ axis }) => axis.length)),
      set: indices.length === 1 ? actualSet(indices[0].set).name : undefined,
      draws: drawn.all.map(({ quantity }) => quantity),
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

/** The expectation of a lane's value over one random quantity. */
function expected(lowering: Lowering, body: Node, { quantity }: Drawn): Node {
  const { graph } = lowering;
  const { parameter } = quantity;
  if (!body.free.includes(parameter.attributes.key)) return body;
  const finite = supportOf(lowering, quantity);
  if (finite !== undefined) return overSupport(graph, body, parameter, finite);
  if (quantity.shape.length === 0 && !quantity.multivariate) {
    const law = lawOf(graph, quantity.distribution, quantity.args);
    const exact = law && expectationOf(graph, body, parameter, law);
    if (exact !== undefined) return exact;
  }
  return overSample(lowering, body, quantity);
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

function overSample(lowering: Lowering, body: Node, quantity: RandomQuantity): Node {
  const { graph, nextOrder, sampleSize } = lowering;
  const axis: BatchAxis = { order: nextOrder(), length: constantDim(sampleSize) };
  const byScore = quantity.estimator.kind === 'score';
  const args = byScore ? quantity.args.map((arg) => graph.stop(arg)) : quantity.args;
  const draws = drawMany(graph, { ...quantity, args }, axis.length, 'data', []);
  const lane = byScore ? scored(graph, body, quantity) : body;
  const [made] = vectorize(
    graph,
    [lane],
    new Map([[quantity.parameter, { node: draws, axes: [axis] }]]),
  );
  const lanes = align(graph, made, [axis]);
  const mean = meanOver(graph, lanes, [0]);
  const { kind } = quantity.estimator;
  lowering.samples.push({
    mean,
    lanes,
    draws: sampleSize,
    instead: kind === 'quadrature' || kind === 'enum' ? kind : undefined,
    span: quantity.span,
  });
  return mean;
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
