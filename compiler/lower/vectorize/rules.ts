// How each operation acts on all lanes at once. Lanes lead, so most rules shift the axes they name.
import type { Graph } from '../../tensor/graph.ts';
import { productOfDims, multiplyDims, type Dim } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Attributes, Node, Op } from '../../tensor/ir.ts';
import { constantEntry } from '../../tensor/shape.ts';
import {
  align,
  lengthsOf,
  ownShape,
  positionsAlong,
  repeat,
  unbatched,
  unionAxes,
  zeroDim,
  type BatchAxis,
  type Batched,
} from './batched.ts';
import { contractRule } from './contract.ts';
import { condRule, loopRule, whileRule } from './control.ts';
import { gatherRule } from './gather.ts';
import { safeOperand, safeOperands } from './guard.ts';
import { overLanes } from './lanes.ts';
import type { Context, Rule } from './state.ts';

/** The batched results of a node from those of its arguments. */
export function applyRule<O extends Op>(
  node: Node<O>,
  args: readonly Batched[],
  context: Context,
): readonly Batched[] {
  const rule: Rule<O> = rules[node.op];
  return rule(node, args, context);
}

/** Leaves depend on nothing, or are bound. */
const leaf = (node: Node): readonly Batched[] => [unbatched(node)];

/** One argument; attributes rewritten for `lanes` leading axes. */
const shifted =
  <O extends Op>(
    attributesFor: (attributes: Attributes[O], lanes: readonly Dim[]) => Attributes[O],
  ): ((
    node: Node & { readonly op: O; readonly attributes: Attributes[O] },
    args: readonly Batched[],
    context: Context,
  ) => readonly Batched[]) =>
  (node, [x], { graph }) => {
    const made = graph.make(node.op, attributesFor(node.attributes, lengthsOf(x.axes)), [x.node]);
    return resultsOf(graph, made, x.axes);
  };

const resultsOf = (graph: Graph, made: Node, axes: readonly BatchAxis[]): readonly Batched[] =>
  graph.parts(made).map((node) => ({ node, axes }));

const shiftAxis = <A extends { readonly axis: number }>(
  attributes: A,
  lanes: readonly Dim[],
): A => ({
  ...attributes,
  axis: attributes.axis + lanes.length,
});

/** All arguments over the same lanes, attributes unchanged. */
const together = (node: Node, args: readonly Batched[], { graph }: Context): readonly Batched[] => {
  const axes = unionAxes(args.map((arg) => arg.axes));
  const aligned = args.map((arg) => align(graph, arg, axes));
  return resultsOf(graph, graph.make(node.op, node.attributes, aligned), axes);
};

const lanewise = (node: Node, _: readonly Batched[], context: Context): readonly Batched[] =>
  overLanes(node, context);

/** The operand, harmless in lanes that are not used. */
function guarded(value: Batched, safe: number | undefined, { graph, guard }: Context): Batched {
  if (guard === undefined || safe === undefined) return value;
  const constant = constantEntry(value.node);
  if (constant !== undefined && constant > 0) return value;
  if (value.axes.length === 0) return value;
  const axes = unionAxes([value.axes, guard.axes]);
  const shape = [...lengthsOf(axes), ...ownShape(value)];
  const mask = repeat(
    graph,
    align(graph, guard, axes),
    shape,
    axes.map((_, k) => k),
  );
  return { node: graph.select(mask, align(graph, value, axes), safe), axes };
}

const wholePower = (node: Node<'binary'>): boolean => {
  const exponent = constantEntry(node.args[1]);
  return exponent !== undefined && Number.isInteger(exponent) && exponent >= 0;
};

const rules: { readonly [O in Op]: Rule<O> } = {
  input: leaf,
  parameter: leaf,
  constant: leaf,
  literal: leaf,
  size: leaf,
  iota: leaf,

  unary: (node, [x], context) => {
    const { fn } = node.attributes;
    const safe = guarded(x, safeOperand[fn], context);
    return [{ node: context.graph.unary(fn, safe.node), axes: safe.axes }];
  },
  binary: (node, [x, y], context) => {
    const { graph } = context;
    const { fn } = node.attributes;
    const [left, right] =
      fn === 'pow' && wholePower(node) ? [undefined, undefined] : safeOperands[fn];
    const [a, b] = [guarded(x, left, context), guarded(y, right, context)];
    const axes = unionAxes([a.axes, b.axes]);
    return [{ node: graph.binary(fn, align(graph, a, axes), align(graph, b, axes)), axes }];
  },
  select: (_, args, { graph }) => {
    const axes = unionAxes(args.map((arg) => arg.axes));
    const [condition, then, otherwise] = args.map((arg) => align(graph, arg, axes));
    return [{ node: graph.select(condition, then, otherwise), axes }];
  },
  stop: together,
  oracle: (node, [x], { graph }) => {
    const { kind, name, times } = node.attributes;
    const all = multiplyDims(times, productOfDims(lengthsOf(x.axes)));
    return [{ node: graph.oracle(x.node, kind, name, all), axes: x.axes }];
  },

  broadcast: (node, [x], { graph }) => {
    const { shape, axes } = node.attributes;
    const lanes = x.axes.length;
    const to = [...x.axes.map((_, k) => k), ...axes.map((axis) => axis + lanes)];
    return [{ node: repeat(graph, x.node, [...lengthsOf(x.axes), ...shape], to), axes: x.axes }];
  },
  transpose: (node, [x], { graph }) => {
    const lanes = x.axes.length;
    const permutation = node.attributes.permutation.map((axis) => axis + lanes);
    return [
      { node: graph.transpose(x.node, [...x.axes.map((_, k) => k), ...permutation]), axes: x.axes },
    ];
  },
  reshape: (node, [x], { graph }) => [
    { node: graph.reshape(x.node, [...lengthsOf(x.axes), ...node.attributes.shape]), axes: x.axes },
  ],
  slice: (node, [x], { graph }) => {
    const { start, size } = node.attributes;
    const lanes = lengthsOf(x.axes);
    const from = [...lanes.map(() => zeroDim), ...start];
    return [{ node: graph.slice(x.node, from, [...lanes, ...size]), axes: x.axes }];
  },
  pad: (node, [x], { graph }) => {
    const { before, shape } = node.attributes;
    const lanes = lengthsOf(x.axes);
    const from = [...lanes.map(() => zeroDim), ...before];
    return [{ node: graph.pad(x.node, from, [...lanes, ...shape]), axes: x.axes }];
  },
  reverse: shifted<'reverse'>(shiftAxis),
  concat: (node, args, { graph }) => {
    const axes = unionAxes(args.map((arg) => arg.axes));
    const aligned = args.map((arg) => align(graph, arg, axes));
    return [{ node: graph.concat(aligned, node.attributes.axis + axes.length), axes }];
  },
  gather: gatherRule,
  scatter: (node, [updates, ...indices], { graph }) => {
    const { axes: own, shape } = node.attributes;
    const over = unionAxes(indices.map((index) => index.axes));
    if (over.length === 0) {
      const { axes } = updates;
      const lanes = axes.length;
      return [
        {
          node: graph.make(
            'scatter',
            { axes: own.map((axis) => axis + lanes), shape: [...lengthsOf(axes), ...shape] },
            [indicesFirst(graph, updates, indices[0].node), ...indices.map((index) => index.node)],
          ),
          axes,
        },
      ];
    }
    const axes = unionAxes([over, updates.axes]);
    const indexOwn = ownShape(indices[0]);
    return [
      {
        node: graph.make(
          'scatter',
          {
            axes: [...axes.map((_, k) => k), ...own.map((axis) => axis + axes.length)],
            shape: [...lengthsOf(axes), ...shape],
          },
          [
            align(graph, updates, axes),
            ...axes.map((axis) => positionsAlong(graph, axes, axis, indexOwn)),
            ...indices.map((index) => align(graph, index, axes)),
          ],
        ),
        axes,
      },
    ];
  },
  put: (node, [x, value, ...indices], { graph }) => {
    const { axes: own } = node.attributes;
    const axes = unionAxes([x, value, ...indices].map((arg) => arg.axes));
    const into = align(graph, x, axes);
    const filled = { node: align(graph, value, axes), axes };
    if (indices.every((index) => index.axes.length === 0)) {
      const shiftedAxes = own.map((axis) => axis + axes.length);
      return [
        {
          node: graph.make('put', { axes: shiftedAxes }, [
            into,
            indicesFirst(graph, filled, indices[0].node),
            ...indices.map((index) => index.node),
          ]),
          axes,
        },
      ];
    }
    const indexOwn = ownShape(indices[0]);
    return [
      {
        node: graph.make(
          'put',
          { axes: [...axes.map((_, k) => k), ...own.map((axis) => axis + axes.length)] },
          [
            into,
            filled.node,
            ...axes.map((axis) => positionsAlong(graph, axes, axis, indexOwn)),
            ...indices.map((index) => align(graph, index, axes)),
          ],
        ),
        axes,
      },
    ];
  },
  compress: () => {
    throw new InternalError('a filter must not depend on a lane');
  },

  reduce: shifted<'reduce'>(({ fn, axes }, lanes) => ({
    fn,
    axes: axes.map((axis) => axis + lanes.length),
  })),
  argreduce: shifted<'argreduce'>(shiftAxis),
  cumulate: shifted<'cumulate'>(shiftAxis),
  sort: shifted<'sort'>(shiftAxis),
  argsort: shifted<'argsort'>(shiftAxis),
  contract: contractRule,

  cholesky: together,
  triangularSolve: together,
  solve: together,
  leastSquares: together,
  qr: together,
  eigh: together,
  svd: together,
  logabsdet: together,
  expm: together,
  part: () => {
    throw new InternalError('parts are taken by vectorize itself');
  },

  loop: loopRule,
  while: whileRule,
  cond: condRule,
  root: lanewise,
  fixpoint: lanewise,
  minimizer: lanewise,
  draw: lanewise,
  sample: lanewise,
};

/** Lanes, index axes, rest → index axes, lanes, rest: as `gather` and `scatter` lay things out. */
function indicesFirst(graph: Graph, value: Batched, index: Node): Node {
  const lanes = value.axes.length;
  const rank = index.type.shape.length;
  const rest = value.node.type.shape.length - lanes - rank;
  return graph.transpose(value.node, [
    ...Array.from({ length: rank }, (_, k) => lanes + k),
    ...value.axes.map((_, k) => k),
    ...Array.from({ length: rest }, (_, k) => lanes + rank + k),
  ]);
}
