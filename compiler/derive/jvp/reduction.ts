// Reductions, scans and sorts along axes.
import type { Graph } from '../../tensor/graph.ts';
import type { Node, ReduceFn } from '../../tensor/ir.ts';
import { exclusiveProducts, mergeToLast, takeAlong } from '../along.ts';
import { mapTangent, type Tangent } from '../tangent.ts';
import { single, type JvpRule } from './rule.ts';

type ReduceTangent = (graph: Graph, x: Node, y: Node, axes: readonly number[], dx: Node) => Tangent;

/** The mean of the tangents of the entries that attain the extremum: a subgradient at ties, the gradient elsewhere. */
const extremum: ReduceTangent = (g, x, y, axes, dx) => {
  const { shape } = x.type;
  const kept = shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const attained = g.eq(x, g.broadcastTo(y, shape, kept));
  return g.div(g.sum(g.select(attained, dx, 0), axes), g.sum(attained, axes));
};

/** The product of all others times the tangent; no division, so zeros do no harm. */
const product: ReduceTangent = (g, x, _, axes, dx) => {
  const line = mergeToLast(g, x, axes);
  const axis = line.type.shape.length - 1;
  const others = g.mul(
    exclusiveProducts(g, line, axis, false),
    exclusiveProducts(g, line, axis, true),
  );
  return g.sum(g.mul(others, mergeToLast(g, dx, axes)), [axis]);
};

const reduceTangents: { readonly [F in ReduceFn]: ReduceTangent } = {
  sum: (g, _, __, axes, dx) => g.sum(dx, axes),
  prod: product,
  max: extremum,
  min: extremum,
  any: () => undefined,
  all: () => undefined,
};

export const reduce: JvpRule<'reduce'> = single((node, { graph, tangent }) => {
  const { fn, axes } = node.attributes;
  const [x] = node.args;
  return mapTangent(tangent(x), (dx) =>
    reduceTangents[fn](graph, x, graph.reduce(fn, x, axes), axes, dx),
  );
});

export const cumulate: JvpRule<'cumulate'> = single((node, { graph, tangent }) => {
  const { fn, axis, reverse } = node.attributes;
  const [x] = node.args;
  return mapTangent(tangent(x), (dx) =>
    fn === 'sum'
      ? graph.cumsum(dx, axis, reverse)
      : cumulatedProduct(graph, { x, dx, axis, reverse }),
  );
});

interface Cumulation {
  readonly x: Node;
  readonly dx: Node;
  readonly axis: number;
  readonly reverse: boolean;
}

/** dp[i] = x[i] dp[i - 1] + p[i - 1] dx[i]: a recurrence, because a quotient by x would fail at zeros. */
function cumulatedProduct(g: Graph, { x, dx, axis, reverse }: Cumulation): Node {
  const along = (a: Node): Node => {
    const forward = reverse ? g.reverse(a, axis) : a;
    const others = a.type.shape.map((_, k) => k).filter((k) => k !== axis);
    return g.transpose(forward, [axis, ...others]);
  };
  const [factors, tangents] = [along(x), along(dx)];
  const before = along(exclusiveProducts(g, x, axis, reverse));
  const [length, ...rest] = factors.type.shape;
  const at = (a: Node, index: Node): Node => g.gather(a, [index], [0], true);
  const { stacked } = g.loop(
    g.size(length),
    [g.zeros(rest)],
    (index, last) => {
      const next = g.add(
        g.mul(at(factors, index), last),
        g.mul(at(before, index), at(tangents, index)),
      );
      return { next: [next], stacked: [next] };
    },
    length,
  );
  const back = x.type.shape.map((_, k) => (k === axis ? 0 : k < axis ? k + 1 : k));
  const result = g.transpose(stacked[0], back);
  return reverse ? g.reverse(result, axis) : result;
}

/** The entries' tangents go where the entries go; at ties the sort is stable. */
export const sort: JvpRule<'sort'> = single((node, { graph, tangent }) => {
  const { axis, descending } = node.attributes;
  const [x] = node.args;
  return mapTangent(tangent(x), (dx) =>
    takeAlong(graph, dx, graph.argsort(x, axis, descending), axis),
  );
});
