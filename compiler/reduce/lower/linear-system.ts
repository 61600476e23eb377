// The systems of a lower level's equation without its matrix: products with the derivative and its transpose alone.
import { jvp } from '../../derive/jvp.ts';
import { materialize } from '../../derive/tangent.ts';
import { vjp } from '../../derive/vjp.ts';
import { productOfDims } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { realType } from '../../tensor/type.ts';

/** The derivative J of a map at a point, as two products. */
export interface LinearMap {
  /** J v */
  readonly forward: (v: Node) => Node;
  /** J' v */
  readonly backward: (v: Node) => Node;
}

export function derivativeMap(graph: Graph, map: (z: Node) => Node, point: Node): LinearMap {
  const { shape } = point.type;
  const z = graph.parameter(realType(shape), 'z');
  const image = map(z);
  const at = (product: Node): Node => substituteIn(graph, product, new Map([[z, point]]));
  return {
    forward: (v) => at(materialize(graph, jvp(graph, [image], [z], [v])[0], shape)),
    backward: (v) => at(materialize(graph, vjp(graph, [image], [z], [v])[0], shape)),
  };
}

/** The same with the roles of the two products changed. */
export const transposed = ({ forward, backward }: LinearMap): LinearMap => ({
  forward: backward,
  backward: forward,
});

/** Iterations at most, and the share of the right side that may be left over. */
const mostIterations = 2000;
const leftOver = 1e-14;

/** Conjugate gradients (Hestenes & Stiefel 1952) for a symmetric positive semidefinite map. */
export function conjugateGradients(graph: Graph, apply: (v: Node) => Node, right: Node): Node {
  const enough = graph.mul(leftOver ** 2, graph.sumsq(right));
  const zero = graph.zeros(right.type.shape);
  const [, x] = graph.while(
    [0, zero, right, right, graph.sumsq(right)],
    (turn, _x, _r, _p, left) => graph.and(graph.lt(turn, mostIterations), graph.lt(enough, left)),
    (turn, x, r, p, left) => {
      const Ap = apply(p);
      const bend = graph.dot(p, Ap);
      const along = graph.lt(0, bend);
      const a = graph.select(along, graph.div(left, graph.select(along, bend, 1)), 0);
      const rest = graph.sub(r, graph.mul(a, Ap));
      const still = graph.sumsq(rest);
      return [
        graph.select(along, graph.add(turn, 1), mostIterations),
        graph.add(x, graph.mul(a, p)),
        rest,
        graph.add(rest, graph.mul(graph.div(still, left), p)),
        still,
      ];
    },
  );
  return x;
}

/** x with J x = right: by conjugate gradients, of the normal equations where J is not symmetric. */
export const solveSystem = (
  graph: Graph,
  { forward, backward }: LinearMap,
  symmetric: boolean,
  right: Node,
): Node =>
  symmetric
    ? conjugateGradients(graph, backward, right)
    : conjugateGradients(graph, (v) => backward(forward(v)), backward(right));

/** The first terms of the series of J^-1 = sum over k of (I - J)^k, where J is near the identity (Lorraine, Vicol & Duvenaud 2020, equation 3). */
export function neumannSeries(
  graph: Graph,
  { forward }: LinearMap,
  right: Node,
  terms: Node,
): Node {
  const [, total] = graph.fold(
    terms,
    [right, graph.zeros(right.type.shape)],
    (_turn, power, sum) => [graph.sub(power, forward(power)), graph.add(sum, power)],
  );
  return total;
}

/** Products that the largest singular value is estimated by. */
const powerSteps = 40;

/** A step just below one over the norm of the derivative of a map, by the power method on J' J; 1 where that says nothing. */
export function stepByPowers(graph: Graph, map: LinearMap, point: Node): Node {
  const { shape } = point.type;
  const count = graph.reshape(graph.iota(productOfDims(shape)), shape);
  const begin = graph.add(1.3, graph.sin(graph.mul(1.7, count)));
  const unit = (v: Node): Node => graph.div(v, graph.sqrt(graph.sumsq(v)));
  const [v] = graph.fold(powerSteps, [unit(begin)], (_turn, v) => {
    const w = map.backward(map.forward(v));
    const size = graph.sqrt(graph.sumsq(w));
    return [graph.select(graph.lt(0, size), graph.div(w, size), v)];
  });
  const size = graph.sqrt(graph.sumsq(map.forward(v)));
  const usable = graph.and(graph.lt(1e-100, size), graph.lt(size, 1e100));
  return graph.select(usable, graph.div(0.95, graph.select(usable, size, 1)), 1);
}
