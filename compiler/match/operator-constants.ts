// Constants of an operator F: its Lipschitz constant and its modulus of strong monotonicity, where F is affine.
import { jac } from '../derive/jac.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantDim, subtractDims } from '../tensor/dim.ts';
import { inputsOf } from '../tensor/visit.ts';
import type { Layout } from './layout.ts';

/** ‖F(z) - F(w)‖ <= L‖z - w‖: the largest singular value of the Jacobian. Undefined where it is not constant. */
export function operatorLipschitz(graph: Graph, expression: Node, z: Layout): Node | undefined {
  const J = constantJacobian(graph, expression, z);
  if (J === undefined) return undefined;
  const [squares] = graph.eigh(graph.matmul(graph.transpose(J), J));
  return graph.sqrt(graph.max(graph.at(squares, 0, subtractDims(z.size, constantDim(1))), 0));
}

/** (F(z) - F(w))'(z - w) >= m‖z - w‖²: the smallest eigenvalue of the symmetric part, not below zero. */
export function operatorMonotonicity(graph: Graph, expression: Node, z: Layout): Node | undefined {
  const J = constantJacobian(graph, expression, z);
  if (J === undefined) return undefined;
  const [values] = graph.eigh(graph.div(graph.add(J, graph.transpose(J)), 2));
  return graph.max(graph.at(values, 0, 0), 0);
}

function constantJacobian(graph: Graph, expression: Node, z: Layout): Node | undefined {
  const zero = graph.zeros([z.size]);
  const point = graph.parameter(zero.type, 'z');
  const J = jac(graph, z.at(expression, point), point);
  const depends =
    J.free.includes(point.attributes.key) ||
    inputsOf([J]).some((input) => input.attributes.role === 'variable');
  return depends ? undefined : J;
}
