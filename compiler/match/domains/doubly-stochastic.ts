// Nonnegative square matrices whose rows and columns sum to one.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { tiny } from './box.ts';
import { distanceTo, has, lacks, noManifold, type DomainRule } from './operations.ts';

export const doublyStochastic: DomainRule = (graph, _, shape) => {
  if (shape.length !== 2) return onlyMatrices(graph, shape.length);
  const project = (v: Node): Node => nearest(graph, v);
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: lacks('its linear minimiser is an assignment problem'),
    barrier: lacks('it has no interior: its sums are fixed'),
    mirror: has({
      fromDual: (v) => sinkhorn(graph, v),
      toDual: (x) => graph.log(tiny(graph, x)),
    }),
    manifold: noManifold,
    centre: () => graph.full(graph.div(1, graph.size(shape[0])), shape),
  };
};

function onlyMatrices(graph: Graph, rank: number): ReturnType<DomainRule> {
  const reason = lacks(`it is a set of matrices, not of arrays with ${rank} axes`);
  return {
    convex: true,
    distance: () => graph.constant(0),
    project: reason,
    lmo: reason,
    barrier: reason,
    mirror: reason,
    manifold: reason,
    centre: () => graph.constant(0),
  };
}

const rows = (graph: Graph, perRow: Node, like: Node): Node =>
  graph.broadcastTo(perRow, like.type.shape, [0]);
const columns = (graph: Graph, perColumn: Node, like: Node): Node =>
  graph.broadcastTo(perColumn, like.type.shape, [1]);

/**
 * The projection has the form max(V + a 1' + 1 b', 0). A damped semismooth Newton method on the concave dual finds a and b: its
 * gradient is what the row and column sums lack, its Hessian counts positive entries.
 */
function nearest(graph: Graph, V: Node): Node {
  const [n] = V.type.shape;
  const at = (a: Node, b: Node): Node =>
    graph.max(graph.add(graph.add(V, rows(graph, a, V)), columns(graph, b, V)), 0);
  const lack = (X: Node): readonly [Node, Node] => [
    graph.sub(1, graph.sum(X, [1])),
    graph.sub(1, graph.sum(X, [0])),
  ];
  const dual = (a: Node, b: Node): Node =>
    graph.sub(graph.add(graph.sum(a), graph.sum(b)), graph.mul(0.5, graph.sumsq(at(a, b))));
  const size = graph.size(n);
  // A start for which every row and column has positive entries where V is not too uneven.
  const start = graph.div(graph.sub(1, graph.sum(V, [1])), size);
  const [a, b] = graph.while(
    [start, graph.zeros([n]), graph.constant(0), graph.constant(Infinity)],
    (_a, _b, k, error) => graph.and(graph.lt(k, 500), graph.gt(error, 1e-14)),
    (a0, b0, k) => {
      const X = at(a0, b0);
      const [ga, gb] = lack(X);
      const M = graph.select(graph.gt(X, 0), 1, 0);
      const [da, db] = newtonDirection(graph, M, ga, gb);
      const slope = graph.add(graph.dot(ga, da), graph.dot(gb, db));
      const before = dual(a0, b0);
      const [step] = graph.while(
        [graph.constant(1)],
        (t) => {
          const value = dual(graph.add(a0, graph.mul(t, da)), graph.add(b0, graph.mul(t, db)));
          const asked = graph.add(before, graph.mul(graph.mul(1e-4, t), slope));
          // Near the end the gain is below the rounding of the value.
          const rounding = graph.mul(1e-14, graph.add(1, graph.abs(before)));
          const enough = graph.ge(value, graph.sub(asked, rounding));
          return graph.and(graph.not(enough), graph.gt(t, 1e-10));
        },
        (t) => [graph.mul(0.5, t)],
      );
      const error = graph.max(graph.maxOver(graph.abs(ga)), graph.maxOver(graph.abs(gb)));
      // Where the sums are right no step is taken: a singular Hessian would blow up the rounding.
      const taken = graph.select(graph.gt(error, 1e-14), step, 0);
      return [
        graph.add(a0, graph.mul(taken, da)),
        graph.add(b0, graph.mul(taken, db)),
        graph.add(k, 1),
        error,
      ];
    },
  );
  return at(a, b);
}

/** Solves [diag(M1) M; M' diag(M'1)] d = g, lightly regularised: shifting a by a constant against b changes nothing. */
function newtonDirection(graph: Graph, M: Node, ga: Node, gb: Node): readonly [Node, Node] {
  const [n] = M.type.shape;
  const shift = (d: Node): Node => graph.diagonalMatrix(graph.add(d, 1e-8));
  const top = graph.concat([shift(graph.sum(M, [1])), M], 1);
  const bottom = graph.concat([graph.transpose(M), shift(graph.sum(M, [0]))], 1);
  const d = graph.solve(graph.concat([top, bottom], 0), graph.concat([ga, gb], 0), true);
  return [graph.slice(d, [0], [n]), graph.slice(d, [n], [n])];
}

/** exp(V) scaled to unit sums (Sinkhorn & Knopp 1967), in logarithms. */
function sinkhorn(graph: Graph, V: Node): Node {
  const [n] = V.type.shape;
  const logsumexp = (X: Node, axis: number): Node => {
    const most = graph.maxOver(X, [axis]);
    const shifted = graph.exp(graph.sub(X, graph.broadcastTo(most, X.type.shape, [1 - axis])));
    return graph.add(most, graph.log(graph.sum(shifted, [axis])));
  };
  const at = (a: Node, b: Node): Node =>
    graph.sub(graph.sub(V, rows(graph, a, V)), columns(graph, b, V));
  const [a, b] = graph.while(
    [graph.zeros([n]), graph.zeros([n]), graph.constant(0), graph.constant(Infinity)],
    (_a, _b, k, error) => graph.and(graph.lt(k, 5000), graph.gt(error, 1e-14)),
    (_a, b0, k) => {
      const a1 = logsumexp(graph.sub(V, columns(graph, b0, V)), 1);
      const b1 = logsumexp(graph.sub(V, rows(graph, a1, V)), 0);
      return [a1, b1, graph.add(k, 1), graph.maxOver(graph.abs(graph.sub(b1, b0)))];
    },
  );
  return graph.exp(at(a, b));
}
