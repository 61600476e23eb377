// The second-order cone: norm(x[2..end]) <= x[1], for each row.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';
import {
  distanceTo,
  euclideanMirror,
  has,
  lacks,
  noManifold,
  projectedZero,
  type DomainRule,
} from './operations.ts';
import { rowwise } from './rows.ts';

export const soc: DomainRule = (graph, _, shape) => {
  const project = (v: Node): Node => projectCone(graph, v);
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: has((x) => {
      const { head, tail } = split(graph, x);
      const slack = graph.sub(graph.square(head), rowwise(graph, 'sum', graph.square(tail)));
      // Each row's slack stands once for each of its entries: count it at the head.
      return graph.neg(graph.sum(graph.select(isHead(graph, shape), graph.log(slack), 0)));
    }),
    mirror: has(euclideanMirror(project)),
    manifold: noManifold,
    centre: projectedZero(graph, project, shape),
  };
};

/** For (t, z): itself where |z| <= t, zero where |z| <= -t, else ((t + |z|)/2) (1, z/|z|). */
function projectCone(graph: Graph, v: Node): Node {
  const { head, tail } = split(graph, v);
  const length = graph.sqrt(rowwise(graph, 'sum', graph.square(tail)));
  const half = graph.mul(0.5, graph.add(head, length));
  const onBoundary = graph.select(
    isHead(graph, v.type.shape),
    half,
    graph.mul(graph.div(half, length), tail),
  );
  return graph.select(
    graph.le(length, head),
    v,
    graph.select(graph.le(length, graph.neg(head)), 0, onBoundary),
  );
}

/** The first entry of each row repeated along it, and the row with that entry zero. */
function split(graph: Graph, v: Node): { readonly head: Node; readonly tail: Node } {
  const first = isHead(graph, v.type.shape);
  return {
    head: rowwise(graph, 'sum', graph.select(first, v, 0)),
    tail: graph.select(first, 0, v),
  };
}

const isHead = (graph: Graph, shape: Shape): Node => {
  const axis = shape.length - 1;
  return graph.eq(graph.broadcastTo(graph.iota(shape[axis]), shape, [axis]), 0);
};
