// Arrays seen along one axis.
import { constantDim, productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

/** Entry (…, i, …) of the result is x[…, positions[…, i, …], …]: what a sort along the axis does. */
export function takeAlong(graph: Graph, x: Node, positions: Node, axis: number): Node {
  const { shape } = positions.type;
  const indices = shape.map((dim, k) =>
    k === axis ? positions : graph.broadcastTo(graph.iota(dim), shape, [k]),
  );
  return graph.gather(
    x,
    indices,
    shape.map((_, k) => k),
    true,
  );
}

/** x with these axes merged into one at the end, and the others before it in order. */
export function mergeToLast(graph: Graph, x: Node, axes: readonly number[]): Node {
  const kept = x.type.shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const moved = graph.transpose(x, [...kept, ...axes]);
  const { shape } = x.type;
  return graph.reshape(moved, [
    ...kept.map((k) => shape[k]),
    productOfDims(axes.map((k) => shape[k])),
  ]);
}

/** Undoes `mergeToLast` for an array of this shape. */
export function splitFromLast(graph: Graph, x: Node, axes: readonly number[], like: Node): Node {
  const { shape } = like.type;
  const kept = shape.map((_, k) => k).filter((k) => !axes.includes(k));
  const order = [...kept, ...axes];
  const split = graph.reshape(
    x,
    order.map((k) => shape[k]),
  );
  return graph.transpose(
    split,
    shape.map((_, k) => order.indexOf(k)),
  );
}

/** Products of the entries before each one along an axis (after each one where `reverse`), that entry left out. */
export function exclusiveProducts(graph: Graph, x: Node, axis: number, reverse: boolean): Node {
  const length = x.type.shape[axis];
  const one = graph.ones(x.type.shape.map((dim, k) => (k === axis ? constantDim(1) : dim)));
  const inclusive = graph.cumprod(x, axis, reverse);
  return reverse
    ? graph.sliceAxis(graph.concat([inclusive, one], axis), axis, 1, length)
    : graph.sliceAxis(graph.concat([one, inclusive], axis), axis, 0, length);
}
