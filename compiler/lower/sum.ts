// Sums in one canonical form, so that facts, prox tables and the scheduler meet each of them once:
// - a constant factor, a sign and what does not vary along the summed axes stand outside the sum;
// - a product of different arrays is a `contract` (a matrix product, an inner product), never a product array that is then summed;
// - a product of equal arrays is a square: `sum(x*x)` is reduce(sum, pow(x, 2)), which is `sumsq(x)`.
import { constantDim, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { repeat } from './vectorize/batched.ts';

/** The sum of x over some of its axes; the others stay in order. */
export function sumOver(graph: Graph, x: Node, axes: readonly number[]): Node {
  if (axes.length === 0) return x;
  if (isOp(x, 'unary') && x.attributes.fn === 'neg')
    return graph.neg(sumOver(graph, x.args[0], axes));
  if (isOp(x, 'broadcast')) return sumOfBroadcast(graph, x, axes);
  if (isOp(x, 'binary')) {
    const [left, right] = x.args;
    const { fn } = x.attributes;
    if (fn === 'mul') return sumOfProduct(graph, x, axes);
    if (fn === 'div') {
      const divisor = withoutAxes(graph, right, axes);
      if (divisor !== undefined) return graph.div(sumOver(graph, left, axes), divisor);
    }
    if ((fn === 'add' || fn === 'sub') && [left, right].some((part) => isFixed(part, axes)))
      return graph.binary(fn, sumOver(graph, left, axes), sumOver(graph, right, axes));
  }
  return graph.sum(x, axes);
}

/** The mean of x over all positions of some axes. */
export function meanOver(graph: Graph, x: Node, axes: readonly number[]): Node {
  const count = productOfDims(axes.map((axis) => x.type.shape[axis]));
  if (isOp(x, 'unary') && x.attributes.fn === 'neg')
    return graph.neg(meanOver(graph, x.args[0], axes));
  const fixed = withoutAxes(graph, x, axes);
  if (fixed !== undefined) return fixed;
  if (isOp(x, 'binary')) {
    const [left, right] = x.args;
    const { fn } = x.attributes;
    if ((fn === 'add' || fn === 'sub') && [left, right].some((part) => isFixed(part, axes)))
      return graph.binary(fn, meanOver(graph, left, axes), meanOver(graph, right, axes));
  }
  return graph.div(sumOver(graph, x, axes), graph.size(count));
}

/** Whether x is the same at all positions of the axes. */
const isFixed = (x: Node, axes: readonly number[]): boolean =>
  isOp(x, 'broadcast') && axes.every((axis) => !x.attributes.axes.includes(axis));

/** x with the axes, along which it must only repeat, left out. */
function withoutAxes(graph: Graph, x: Node, axes: readonly number[]): Node | undefined {
  if (!isOp(x, 'broadcast') || !isFixed(x, axes)) return undefined;
  const kept = x.type.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  return repeat(
    graph,
    x.args[0],
    kept.map((k) => x.type.shape[k]),
    x.attributes.axes.map((axis) => kept.indexOf(axis)),
  );
}

function sumOfBroadcast(graph: Graph, x: Node<'broadcast'>, axes: readonly number[]): Node {
  const fixed = axes.filter((axis) => !x.attributes.axes.includes(axis));
  if (fixed.length === 0) return sumCompact(graph, x, axes);
  const count = graph.size(productOfDims(fixed.map((axis) => x.type.shape[axis])));
  return graph.mul(count, sumCompact(graph, x, axes));
}

/** The sum of a broadcast with the repeated axes counted once. */
function sumCompact(graph: Graph, x: Node<'broadcast'>, axes: readonly number[]): Node {
  const [inner] = x.args;
  const over = x.attributes.axes.flatMap((axis, k) => (axes.includes(axis) ? [k] : []));
  const summed = sumOver(graph, inner, over);
  const kept = x.type.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const left = x.attributes.axes.filter((axis) => !axes.includes(axis));
  return repeat(
    graph,
    summed,
    kept.map((k) => x.type.shape[k]),
    left.map((axis) => kept.indexOf(axis)),
  );
}

/** A factor of a product, without the axes along which it repeats. */
interface Factor {
  readonly node: Node;
  /** The axes of the product that its own axes are. */
  readonly axes: readonly number[];
}

function sumOfProduct(graph: Graph, x: Node, axes: readonly number[]): Node {
  const { shape } = x.type;
  const all = factorsOf(x);
  const outside = all.filter((factor) => !factor.axes.some((axis) => axes.includes(axis)));
  const inside = merged(
    graph,
    all.filter((factor) => !outside.includes(factor)),
  );
  const touched = axes.filter((axis) => inside.some((factor) => factor.axes.includes(axis)));
  const repeated = productOfDims(
    axes.filter((axis) => !touched.includes(axis)).map((axis) => shape[axis]),
  );
  const kept = shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const target = kept.map((k) => shape[k]);
  const spread = ({ node, axes: own }: Factor): Node =>
    repeat(
      graph,
      node,
      target,
      own.map((axis) => kept.indexOf(axis)),
    );
  const scalars = outside.filter((factor) => factor.axes.length === 0).map(({ node }) => node);
  const others = outside.filter((factor) => factor.axes.length > 0).map(spread);
  const sum = inside.length === 0 ? [] : [spread(contracted(graph, inside, touched))];
  const count = repeated.key === constantDim(1).key ? [] : [graph.size(repeated)];
  const body = product(graph, [...others, ...sum], target);
  return [...count, ...scalars].reduceRight((value, factor) => graph.mul(factor, value), body);
}

const product = (graph: Graph, nodes: readonly Node[], shape: readonly Dim[]): Node =>
  nodes.length === 0
    ? graph.ones(shape)
    : nodes.slice(1).reduce((left, right) => graph.mul(left, right), nodes[0]);

function factorsOf(x: Node): readonly Factor[] {
  if (isOp(x, 'binary') && x.attributes.fn === 'mul') return x.args.flatMap(factorsOf);
  if (isOp(x, 'broadcast'))
    return factorsOf(x.args[0]).map(({ node, axes }) => ({
      node,
      axes: axes.map((axis) => x.attributes.axes[axis]),
    }));
  return [{ node: x, axes: x.type.shape.map((_, k) => k) }];
}

/** Equal factors become a square, factors over the same axes one product; at most two remain over any one set of axes, so that the last
 * product is a contraction. */
function merged(graph: Graph, factors: readonly Factor[]): readonly Factor[] {
  const groups = new Map<string, Factor[]>();
  for (const factor of factors) {
    const key = factor.axes.join();
    groups.set(key, [...(groups.get(key) ?? []), factor]);
  }
  const lists = [...groups.values()].map((group) => squares(graph, group));
  return lists.flatMap((group) => {
    const single = lists.length === 1;
    if (group.length <= (single ? 2 : 1)) return group;
    const [last, rest] = single ? [group.slice(-1), group.slice(0, -1)] : [[], group];
    const [first, ...others] = rest;
    const node = others.reduce((value, factor) => graph.mul(value, factor.node), first.node);
    return [{ node, axes: first.axes }, ...last];
  });
}

function squares(graph: Graph, group: readonly Factor[]): readonly Factor[] {
  const left = [...group];
  const found: Factor[] = [];
  for (let factor = left.shift(); factor !== undefined; factor = left.shift()) {
    const { node } = factor;
    const twin = left.findIndex((other) => other.node === node);
    if (twin >= 0) left.splice(twin, 1);
    found.push(twin >= 0 ? { node: graph.square(node), axes: factor.axes } : factor);
  }
  return found;
}

/** The product of the factors summed over the axes: two at a time, the smallest result first. */
function contracted(graph: Graph, factors: readonly Factor[], summed: readonly number[]): Factor {
  if (factors.length === 1) {
    const [{ node, axes }] = factors;
    const over = axes.flatMap((axis, k) => (summed.includes(axis) ? [k] : []));
    return {
      node: sumOver(graph, node, over),
      axes: axes.filter((axis) => !summed.includes(axis)),
    };
  }
  const pairs = factors.flatMap((a, i) =>
    factors.slice(i + 1).map((b) => pair(factors, a, b, summed)),
  );
  const best = pairs.reduce((x, y) => (y.rank < x.rank ? y : x));
  const rest = factors.filter((factor) => factor !== best.a && factor !== best.b);
  return contracted(graph, [best.make(graph), ...rest], summed);
}

interface Pair {
  readonly a: Factor;
  readonly b: Factor;
  readonly rank: number;
  readonly make: (graph: Graph) => Factor;
}

function pair(all: readonly Factor[], a: Factor, b: Factor, summed: readonly number[]): Pair {
  const elsewhere = (axis: number): boolean =>
    all.some((factor) => factor !== a && factor !== b && factor.axes.includes(axis));
  const gone = (axis: number): boolean => summed.includes(axis) && !elsewhere(axis);
  const shared = a.axes.filter((axis) => b.axes.includes(axis));
  const kept = [...new Set([...a.axes, ...b.axes])].filter((axis) => !gone(axis));
  return {
    a,
    b,
    rank: kept.length,
    make: (graph) => {
      // Axes of one side alone are summed before, or stay.
      const [left, right] = [a, b].map((factor): Factor => {
        const alone = factor.axes.flatMap((axis, k) =>
          gone(axis) && !shared.includes(axis) ? [k] : [],
        );
        return {
          node: sumOver(graph, factor.node, alone),
          axes: factor.axes.filter((_, k) => !alone.includes(k)),
        };
      });
      const at = (axis: number): readonly [number, number] => [
        left.axes.indexOf(axis),
        right.axes.indexOf(axis),
      ];
      const batch = shared.filter((axis) => !gone(axis));
      const node = graph.contract(
        left.node,
        right.node,
        shared.filter(gone).map(at),
        batch.map(at),
      );
      const axes = [
        ...batch,
        ...left.axes.filter((axis) => !shared.includes(axis)),
        ...right.axes.filter((axis) => !shared.includes(axis)),
      ];
      const sorted = [...axes].sort((p, q) => p - q);
      return {
        node: graph.transpose(
          node,
          sorted.map((axis) => axes.indexOf(axis)),
        ),
        axes: sorted,
      };
    },
  };
}
