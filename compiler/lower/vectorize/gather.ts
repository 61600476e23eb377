// `gather` over lanes. A scalar index that runs along an axis of the lanes (`x[i]`, `x[i + 1]`, `x[n + 1 - i]`) takes a slice and renames the axis; all
// others become arrays of positions.
import { addDims, constantDim, constantValue, subtractDims, type Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { affineOf } from '../affine.ts';
import {
  align,
  lengthsOf,
  ordered,
  positionsAlong,
  repeat,
  unionAxes,
  type BatchAxis,
  type Batched,
} from './batched.ts';
import type { Bindings, Context, Rule } from './state.ts';

/** A run of positions along a lane axis: start + position, or start - position. */
interface Run {
  readonly axis: BatchAxis;
  readonly start: Dim;
  readonly reversed: boolean;
}

interface IndexAt {
  /** Own axis of x. */
  readonly own: number;
  readonly value: Batched;
  readonly run: Run | undefined;
}

export const gatherRule: Rule<'gather'> = (node, [x, ...values], context) => {
  const { axes, inBounds } = node.attributes;
  const indices = axes.map((own, k): IndexAt => ({
    own,
    value: values[k],
    run: inBounds ? runOf(node.args[k + 1], context.bindings) : undefined,
  }));
  const renamed = indices.filter((index) => canRename(index, indices, x));
  const rest = indices.filter((index) => !renamed.includes(index));
  const moved = rename(context.graph, x, renamed);
  const left = rest.map((index) => ({
    ...index,
    own: index.own - renamed.filter(({ own }) => own < index.own).length,
  }));
  return [left.length === 0 ? moved : gatherRest(context, moved, left, inBounds)];
};

/** The run that a scalar index takes when its only free part is a lane position. */
function runOf(index: Node, bindings: Bindings): Run | undefined {
  if (index.type.shape.length > 0) return undefined;
  const { offset, terms } = affineOf(index);
  if (terms.size !== 1) return undefined;
  for (const [atom, factor] of terms) {
    const bound = bindings.get(atom);
    if (bound === undefined || !isOp(bound.node, 'iota') || Math.abs(factor) !== 1)
      return undefined;
    const [axis] = bound.axes;
    const { start } = bound.node.attributes;
    return factor === 1
      ? { axis, start: addDims(offset, start), reversed: false }
      : { axis, start: subtractDims(offset, start), reversed: true };
  }
  return undefined;
}

/** A lane axis can be had by renaming only once, and where nothing else of the access runs along it. */
function canRename(index: IndexAt, all: readonly IndexAt[], x: Batched): boolean {
  const { run } = index;
  if (run === undefined || x.axes.includes(run.axis)) return false;
  return all.every((other) => other === index || !other.value.axes.includes(run.axis));
}

/** x with the addressed runs sliced and their axes leading. */
function rename(graph: Graph, x: Batched, renamed: readonly IndexAt[]): Batched {
  if (renamed.length === 0) return x;
  const lead = x.axes.length;
  let node = x.node;
  for (const { own, run } of renamed) {
    if (run === undefined) continue;
    const { axis, start, reversed } = run;
    const first = reversed ? subtractDims(addDims(start, constantDim(1)), axis.length) : start;
    node = graph.sliceAxis(node, lead + own, first, axis.length);
    if (reversed && constantValue(axis.length) !== 1) node = graph.reverse(node, lead + own);
  }
  const runs = renamed.map(({ own, run }) => ({ at: lead + own, axis: run?.axis }));
  const axes = unionAxes([x.axes, runs.flatMap(({ axis }) => (axis === undefined ? [] : [axis]))]);
  const placeOf = (axis: BatchAxis): number =>
    runs.find((run) => run.axis === axis)?.at ?? x.axes.indexOf(axis);
  const leading = axes.map(placeOf);
  const others = node.type.shape.map((_, k) => k).filter((k) => !leading.includes(k));
  return { node: graph.transpose(node, [...leading, ...others]), axes };
}

/** The general form: positions as arrays over the lanes. */
function gatherRest(
  { graph, guard }: Context,
  x: Batched,
  indices: readonly IndexAt[],
  inBounds: boolean,
): Batched {
  const guarded = inBounds || guard === undefined ? [] : guard.axes;
  const over = unionAxes([...indices.map(({ value }) => value.axes), guarded]);
  const own = indices[0].value.node.type.shape.slice(indices[0].value.axes.length);
  const shape = [...lengthsOf(over), ...own];
  const positions = indices.map(({ value }) => {
    const aligned = align(graph, value, over);
    if (inBounds || guard === undefined) return aligned;
    const lanes = over.map((_, k) => k);
    return graph.select(repeat(graph, align(graph, guard, over), shape, lanes), aligned, 0);
  });
  const shared = over.filter((axis) => x.axes.includes(axis));
  const made = graph.make(
    'gather',
    {
      axes: [
        ...shared.map((axis) => x.axes.indexOf(axis)),
        ...indices.map((index) => x.axes.length + index.own),
      ],
      inBounds,
    },
    [x.node, ...shared.map((axis) => positionsAlong(graph, over, axis, own)), ...positions],
  );
  // Laid out as: lanes of the indices, the indices' own axes, other lanes of x, other axes of x.
  const others = x.axes.filter((axis) => !shared.includes(axis));
  const rank = made.type.shape.length;
  const inOwn = over.length;
  const inOthers = inOwn + own.length;
  const tail = inOthers + others.length;
  const arranged = graph.transpose(made, [
    ...over.map((_, k) => k),
    ...others.map((_, k) => inOthers + k),
    ...own.map((_, k) => inOwn + k),
    ...Array.from({ length: rank - tail }, (_, k) => tail + k),
  ]);
  return ordered(graph, arranged, [...over, ...others]);
}
