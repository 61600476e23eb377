// Unit vectors: norm(x) == 1, for each row.
import type { Node } from '../../tensor/ir.ts';
import { distanceTo, has, lacks, type DomainRule } from './operations.ts';
import { lastAxis, rowDot, rowNorm } from './rows.ts';

export const sphere: DomainRule = (graph, _, shape) => {
  /** The first unit vector: where every direction is as near. */
  const first = (): Node =>
    shape.length === 0
      ? graph.constant(1)
      : graph.select(
          graph.eq(
            graph.broadcastTo(graph.iota(shape[shape.length - 1]), shape, [shape.length - 1]),
            0,
          ),
          1,
          0,
        );
  const project = (v: Node): Node => {
    const length = rowNorm(graph, v);
    return graph.select(graph.gt(length, 0), graph.div(v, length), first());
  };
  const tangent = (x: Node, g: Node): Node =>
    lastAxis(x) < 0 ? graph.zeros(shape) : graph.sub(g, graph.mul(rowDot(graph, x, g), x));
  return {
    convex: false,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: has((g) => project(graph.neg(g))),
    barrier: lacks('it has no interior'),
    mirror: lacks('it is not convex'),
    manifold: has({
      tangent,
      retract: (x, d) => project(graph.add(x, d)),
      transport: (_from, y, d) => tangent(y, d),
    }),
    centre: first,
  };
};
