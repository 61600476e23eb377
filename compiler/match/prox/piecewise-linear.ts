import { constantDim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';

/** jump * max(x - place, 0) with jump >= 0: the slope grows by `jump` at `place`. */
export interface Jump {
  readonly place: Node;
  readonly jump: Node;
}

/**
 * The prox of a sum of jumps, entry by entry. The minimiser is the median of the K places and the K + 1 minimisers v - t (sum of
 * the first j jumps) of the pieces, jumps sorted by place (Condat 2013 uses it for two).
 */
export function proxPiecewiseLinear(
  graph: Graph,
  t: Node,
  v: Node,
  jumps: readonly Jump[],
  shape: Shape,
): Node {
  const count = jumps.length;
  const stack = (pick: (jump: Jump) => Node): Node =>
    graph.stack(
      jumps.map((jump) => fill(graph, pick(jump), shape)),
      shape.length,
    );
  const places = stack(({ place }) => place);
  const sizes = stack(({ jump }) => jump);
  const axis = shape.length;
  const order = graph.argsort(places, axis);
  const sorted = takeAlongLast(graph, sizes, order);
  const steps = graph.cumsum(sorted, axis);
  const wide = [...shape, constantDim(count)];
  const around = shape.map((_, k) => k);
  const repeated = (x: Node): Node => graph.broadcastTo(fill(graph, x, shape), wide, around);
  const pieces = graph.sub(repeated(v), graph.mul(repeated(t), steps));
  const candidates = graph.concat(
    [places, graph.expandAxis(fill(graph, v, shape), axis), pieces],
    axis,
  );
  return graph.at(graph.sort(candidates, axis), axis, count);
}

const fill = (graph: Graph, x: Node, shape: Shape): Node =>
  x.type.shape.length === 0 ? graph.full(x, shape) : x;

/** x[…, order[…, k]]. */
export function takeAlongLast(graph: Graph, x: Node, order: Node): Node {
  const { shape } = x.type;
  const axes = shape.map((_, axis) => axis);
  const last = shape.length - 1;
  const indices = axes.map((axis) =>
    axis === last ? order : graph.broadcastTo(graph.iota(shape[axis]), shape, [axis]),
  );
  return graph.gather(x, indices, axes, true);
}
