// l <= x <= u. Also the domain of bounds, where a side may be missing.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { constantEntry } from '../../tensor/shape.ts';
import type { Shape } from '../../tensor/type.ts';
import {
  distanceTo,
  has,
  lacks,
  noManifold,
  projectedZero,
  type DomainOperations,
  type DomainRule,
  type MirrorMap,
} from './operations.ts';
import { fill } from './rows.ts';

export const box: DomainRule = (graph, { args }, shape) => {
  const [lower, upper] = args;
  return bounds(graph, lower, upper, shape);
};

/** Sides that are missing or infinite constants do not bind. */
export function bounds(
  graph: Graph,
  lower: Node | undefined,
  upper: Node | undefined,
  shape: Shape,
): DomainOperations {
  const l = side(graph, lower, -Infinity, shape);
  const u = side(graph, upper, Infinity, shape);
  const project = (v: Node): Node => {
    const above = l === undefined ? v : graph.max(v, l);
    return u === undefined ? above : graph.min(above, u);
  };
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo:
      l === undefined || u === undefined
        ? lacks('the bounds leave it unbounded, so a linear function has no least value')
        : has((g) => graph.select(graph.gt(g, 0), l, u)),
    barrier:
      l === undefined && u === undefined
        ? has(() => graph.constant(0))
        : has((x) => barrier(graph, x, l, u)),
    mirror: has(mirror(graph, l, u)),
    manifold: noManifold,
    centre: projectedZero(graph, project, shape),
  };
}

function side(
  graph: Graph,
  bound: Node | undefined,
  nothing: number,
  shape: Shape,
): Node | undefined {
  if (bound === undefined || constantEntry(bound) === nothing) return undefined;
  return fill(graph, bound, shape);
}

function barrier(graph: Graph, x: Node, l: Node | undefined, u: Node | undefined): Node {
  const logs = [
    ...(l === undefined ? [] : [graph.log(graph.sub(x, l))]),
    ...(u === undefined ? [] : [graph.log(graph.sub(u, x))]),
  ];
  return graph.neg(graph.sum(logs.reduce((sum, log) => graph.add(sum, log))));
}

/** Entropies: x log x above a lower bound, the binary entropy between two, |x|^2/2 without bounds. */
function mirror(graph: Graph, l: Node | undefined, u: Node | undefined): MirrorMap {
  if (l !== undefined && u !== undefined) {
    const width = graph.sub(u, l);
    return {
      fromDual: (v) => graph.add(l, graph.mul(width, graph.sigmoid(v))),
      toDual: (x) =>
        graph.sub(graph.log(tiny(graph, graph.sub(x, l))), graph.log(tiny(graph, graph.sub(u, x)))),
    };
  }
  if (l !== undefined)
    return {
      fromDual: (v) => graph.add(l, graph.exp(v)),
      toDual: (x) => graph.log(tiny(graph, graph.sub(x, l))),
    };
  if (u !== undefined)
    return {
      fromDual: (v) => graph.sub(u, graph.exp(graph.neg(v))),
      toDual: (x) => graph.neg(graph.log(tiny(graph, graph.sub(u, x)))),
    };
  return { fromDual: (v) => v, toDual: (x) => x };
}

/** Keeps the logarithm of a point on the boundary finite. */
export const tiny = (graph: Graph, x: Node): Node => graph.max(x, 1e-300);
