// The Hessian of a quadratic expression, all variables as one vector, and the Jacobian of an affine operator: given matrices, for questions that
// structure alone does not answer.
import { hess } from '../../derive/hess.ts';
import { jacForward } from '../../derive/jac.ts';
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import type { Calculus } from './calculus.ts';
import { degreesIn } from './degree.ts';
import { everything } from './interval.ts';
import { flatten } from './flat.ts';

const variablesOf = (c: Calculus): readonly Node[] =>
  [...c.variables].filter((v) => v.op === 'input' || v.op === 'parameter');

/** The degree without help from bounds: the derivatives are evaluated at the origin, where `abs(x)` for x ≥ 0 is no longer x. */
function isPolynomial(node: Node, degree: number, c: Calculus): boolean {
  const plainDegree = degreesIn(
    (leaf) => (c.variables.has(leaf) ? 1 : undefined),
    () => everything,
  );
  return plainDegree(node) <= degree;
}

/** Undefined where a derivative does not exist. */
function derived(c: Calculus, make: (vector: Node) => Node, vector: Node): Node | undefined {
  try {
    // Whatever is left of the variables multiplies zero.
    const matrix = make(vector);
    const origin = c.graph.zeros(vector.type.shape);
    return substituteIn(c.graph, matrix, new Map([[vector, origin]]));
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

/** The Hessian of a scalar of degree at most 2, in the variables that it depends on. */
export function quadraticHessian(node: Node, c: Calculus): Node | undefined {
  if (node.type.shape.length > 0 || !isPolynomial(node, 2, c)) return undefined;
  const dependence = c.dependence(node);
  const flat = flatten(
    c.graph,
    variablesOf(c).filter((v) => dependence.has(v)),
  );
  return derived(c, (u) => hess(c.graph, flat.apply(node), u), flat.vector);
}

/** The matrix of an affine operator with as many entries as the variables. */
export function affineJacobian(operator: Node, c: Calculus): Node | undefined {
  if (!isPolynomial(operator, 1, c)) return undefined;
  const flat = flatten(c.graph, variablesOf(c));
  const value = c.graph.flatten(flat.apply(operator));
  return derived(c, (u) => jacForward(c.graph, value, u), flat.vector);
}
