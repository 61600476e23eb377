// Symmetric positive-definite matrices, with the affine-invariant metric (Bhatia 2007).
import type { Node } from '../../tensor/ir.ts';
import { distanceTo, has, lacks, type DomainRule } from './operations.ts';
import { logdetBarrier, onEigenvalues, raiseEigenvalues } from './psd.ts';
import { identity, product, symmetric } from './rows.ts';
import { tiny } from './box.ts';

/** The set is open; points are kept this far inside. */
const floor = 1e-10;

export const spd: DomainRule = (graph, _, shape) => {
  const project = (v: Node): Node => raiseEigenvalues(graph, v, graph.constant(floor));
  const times = (A: Node, B: Node): Node => product(graph, A, B);
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('it is unbounded, so a linear function has no least value'),
    barrier: has((X) => logdetBarrier(graph, X)),
    mirror: has({
      fromDual: (v) => onEigenvalues(graph, v, graph.exp),
      toDual: (x) => onEigenvalues(graph, x, (w) => graph.log(tiny(graph, w))),
    }),
    manifold: has({
      tangent: (X, G) => symmetric(graph, times(times(X, symmetric(graph, G)), X)),
      // To second order, and positive definite for every D: X + D + D inv(X) D / 2.
      retract: (X, D) =>
        symmetric(graph, graph.add(graph.add(X, D), graph.mul(0.5, times(D, graph.solve(X, D))))),
      transport: (_X, _Y, D) => D,
    }),
    centre: () => identity(graph, shape),
  };
};
