import { multiplyDims, productOfDims } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { denseBatched, entriesOf, sameViews, withEntries, type Batched } from './batched.ts';
import { single, type BatchContext, type BatchRule } from './rule.ts';

/** A coefficient with the axes in front repeated where the entries have them. */
function spread(graph: Graph, coefficient: Node, x: Batched): Node {
  if (x.kind === 'diagonal') return coefficient;
  const { shape } = x.entries.type;
  return graph.broadcastTo(
    coefficient,
    shape,
    coefficient.type.shape.map((_, k) => x.axes + k),
  );
}

/** A function of each entry, linear, with coefficients. */
const entrywise = (
  { graph }: BatchContext,
  x: Batched,
  coefficients: readonly Node[],
  apply: (x: Node, ...coefficients: readonly Node[]) => Node,
): Batched =>
  withEntries(x, x.kind, apply(x.entries, ...coefficients.map((c) => spread(graph, c, x))));

/** A function of the entries of two linear values. */
function together(
  context: BatchContext,
  [x, y]: readonly [Node, Node],
  coefficients: readonly Node[],
  apply: (x: Node, y: Node, ...coefficients: readonly Node[]) => Node,
): Batched {
  const { graph, leaf } = context;
  const [a, b] = [context.of(x), context.of(y)];
  if (sameViews(a, b)) {
    const diagonal = a.kind === 'diagonal' && b.kind === 'diagonal';
    const left = diagonal ? a : withEntries(a, 'dense', entriesOf(graph, a));
    const right = diagonal ? b.entries : entriesOf(graph, b);
    return entrywise(context, left, coefficients, (l, ...cs) => apply(l, right, ...cs));
  }
  const left = denseBatched(context.dense(x), leaf.length);
  const right = context.dense(y);
  return entrywise(context, left, coefficients, (l, ...cs) => apply(l, right, ...cs));
}

export const unary: BatchRule<'unary'> = single(({ args: [x] }, context) =>
  entrywise(context, context.of(x), [], context.graph.neg),
);

export const binary: BatchRule<'binary'> = single((node, context) => {
  const { graph, linear } = context;
  const { fn } = node.attributes;
  const [x, y] = node.args;
  const apply = (a: Node, b: Node): Node => graph.binary(fn, a, b);
  if (linear(x) && linear(y)) return together(context, [x, y], [], apply);
  if (fn !== 'mul' && fn !== 'div' && !vanishes(linear(x) ? y : x))
    throw new InternalError(`${fn} of a linear value and another`);
  if (linear(x)) return entrywise(context, context.of(x), [y], apply);
  return entrywise(context, context.of(y), [x], (b, a) => apply(a, b));
});

/** A structural zero that was given an array. */
const vanishes = (node: Node): boolean => {
  let inner = node;
  while (inner.op === 'broadcast') [inner] = inner.args;
  return inner.op === 'constant' && inner.attributes.value === 0;
};

/** One call for each entry of the leaf. */
export const oracle: BatchRule<'oracle'> = single(({ args: [x], attributes }, context) => {
  const { graph, leaf } = context;
  const times = multiplyDims(attributes.times, productOfDims(leaf));
  return entrywise(context, context.of(x), [], (d) =>
    graph.oracle(d, attributes.kind, attributes.name, times),
  );
});

export const select: BatchRule<'select'> = single(({ args: [condition, x, y] }, context) => {
  const { graph, linear } = context;
  if (linear(x) && linear(y))
    return together(context, [x, y], [condition], (a, b, c) => graph.select(c, a, b));
  if (linear(x))
    return entrywise(context, context.of(x), [condition], (a, c) => graph.select(c, a, 0));
  return entrywise(context, context.of(y), [condition], (b, c) => graph.select(c, 0, b));
});
