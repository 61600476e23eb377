// A x = b, for each row of x.
import type { Node } from '../../tensor/ir.ts';
import { rankOf } from '../../tensor/type.ts';
import {
  distanceTo,
  euclideanMirror,
  has,
  lacks,
  projectedZero,
  type DomainRule,
} from './operations.ts';
import { fill } from './rows.ts';

export const affine: DomainRule = (graph, { args }, shape) => {
  const [A, b] = args;
  const [rows] = A.type.shape;
  // The pseudoinverse depends on data alone and is computed once; with it dependent rows do no harm.
  const inverse = graph.leastSquares(A, graph.eye(rows));
  const times = (M: Node, v: Node): Node => {
    const last = rankOf(v) - 1;
    return last === 0 ? graph.matvec(M, v) : graph.contract(v, M, [[last, 1]]);
  };
  const onto = (v: Node): Node => {
    const image = times(A, v);
    return graph.sub(v, times(inverse, graph.sub(image, fill(graph, b, image.type.shape))));
  };
  // A second pass removes the rounding of the first.
  const project = (v: Node): Node => onto(onto(v));
  const tangent = (_x: Node, g: Node): Node => graph.sub(g, times(inverse, times(A, g)));
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: lacks('it has no interior'),
    mirror: has(euclideanMirror(project)),
    manifold: has({
      tangent,
      retract: (x, d) => project(graph.add(x, d)),
      transport: (_x, _y, d) => d,
    }),
    centre: projectedZero(graph, project, shape),
  };
};
