// The prox of a quadratic function of all variables: one linear system.
import { grads } from '../../derive/grad.ts';
import { jvp } from '../../derive/jvp.ts';
import type { Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { substitute } from '../../tensor/substitute.ts';
import { concatFlat, splitFlat } from '../flat.ts';
import { has } from '../domains/operations.ts';
import type { ProxOfTerms } from './of-terms.ts';

/** (I + t H) u = v - t g with the gradient g at zero and the Hessian H, which do not depend on the point. */
export function quadraticFunction(
  graph: Graph,
  terms: readonly Node[],
  variables: readonly Node[],
): ProxOfTerms {
  const shapes = variables.map(({ type }) => type.shape);
  const h = terms.reduce((sum, term) => graph.add(sum, term), graph.constant(0));
  const gradients = grads(graph, h, variables);
  const zeros = new Map(variables.map((x) => [x, graph.zeros(x.type.shape)]));
  const slope = concatFlat(graph, substitute(graph, gradients, zeros));
  const [size] = slope.type.shape;
  const hessian = hessianMatrix(graph, gradients, variables, size);
  const flat = (values: readonly Node[]): Node => concatFlat(graph, values);
  const value = (u: Node): Node => {
    const parts = splitFlat(graph, u, shapes);
    const [found] = substitute(graph, [h], new Map(variables.map((x, k) => [x, parts[k]])));
    return found;
  };
  return {
    prox: (t, values) => {
      const L = graph.cholesky(graph.add(graph.eye(size), graph.mul(t, hessian)));
      const right = graph.sub(flat(values), graph.mul(t, slope));
      const half = graph.triangularSolve(L, right, { lower: true, transposed: false });
      const u = graph.triangularSolve(L, half, { lower: true, transposed: true });
      return splitFlat(graph, u, shapes);
    },
    // The maximiser solves H u = v - g; where H is singular only the least-squares solution is tried.
    conjugate: has((values) => {
      const v = flat(values);
      const u = graph.leastSquares(hessian, graph.sub(v, slope));
      const residual = graph.sub(graph.add(graph.matvec(hessian, u), slope), v);
      const reached = graph.le(
        graph.sqrt(graph.sumsq(residual)),
        graph.mul(1e-9, graph.add(1, graph.sqrt(graph.sumsq(v)))),
      );
      return graph.select(reached, graph.sub(graph.dot(v, u), value(u)), Infinity);
    }),
    separable: false,
    assumes: [],
  };
}

/** Column j is the derivative of the gradient along the unit vector j. */
function hessianMatrix(
  graph: Graph,
  gradients: readonly Node[],
  variables: readonly Node[],
  size: Dim,
): Node {
  const shapes = variables.map(({ type }) => type.shape);
  const zeros = new Map(variables.map((x) => [x, graph.zeros(x.type.shape)]));
  const { stacked } = graph.loop(size, [graph.constant(0)], (j, state) => {
    const unit = graph.select(graph.eq(graph.iota(size), j), 1, 0);
    const along = jvp(graph, gradients, variables, splitFlat(graph, unit, shapes));
    const filled = along.map((tangent, k) => tangent ?? graph.zeros(shapes[k]));
    return { next: [state], stacked: [concatFlat(graph, substitute(graph, filled, zeros))] };
  });
  return stacked[0];
}
