// Positive semidefinite matrices of a given trace.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { tiny } from './box.ts';
import { distanceTo, has, lacks, noManifold, type DomainRule } from './operations.ts';
import { onEigenvalues } from './psd.ts';
import { identity, leading, matrixSizes, recompose, symmetric } from './rows.ts';
import { projectSimplex, softmax, vertex } from './simplex.ts';

export const spectrahedron: DomainRule = (graph, { args }, shape) => {
  const [trace] = args;
  const perMatrix = graph.full(
    trace,
    leading(shape, 2).map((axis) => shape[axis]),
  );
  const [size] = matrixSizes(shape);
  const project = (v: Node): Node =>
    onEigenvalues(graph, v, (w) => projectSimplex(graph, w, perMatrix));
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: has((g) => leastEigenvector(graph, g, trace)),
    barrier: lacks('it has no interior: its trace is fixed'),
    mirror: has({
      fromDual: (v) => onEigenvalues(graph, v, (w) => graph.mul(trace, softmax(graph, w))),
      toDual: (x) => onEigenvalues(graph, x, (w) => graph.log(tiny(graph, w))),
    }),
    manifold: noManifold,
    centre: () => graph.mul(graph.div(trace, graph.size(size)), identity(graph, shape)),
  };
};

/** trace * u u' for the eigenvector u of the least eigenvalue. */
function leastEigenvector(graph: Graph, g: Node, trace: Node): Node {
  const [w, V] = graph.eigh(symmetric(graph, g));
  return recompose(graph, V, graph.mul(trace, vertex(graph, w)));
}
