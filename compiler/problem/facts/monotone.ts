// Monotone operators, for variational inequalities: (F(z) - F(w))' (z - w) ≥ 0. Proved for sums of an affine part with positive semidefinite
// symmetric part and of functions that do not decrease, coordinate by coordinate.
import { jvp } from '../../derive/jvp.ts';
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import type { Node } from '../../tensor/ir.ts';
import { sameShape } from '../../tensor/dim.ts';
import type { Calculus } from './calculus.ts';
import { affineJacobian } from './hessian.ts';
import { isNonnegative, isNonpositive } from './interval.ts';
import { proved, provedIf, stuck, type Proof } from './proof.ts';
import { semidefiniteCondition } from './psd.ts';
import { decided } from './decide.ts';
import { summandsOf } from './summands.ts';
import { proveEntrywise } from './separable.ts';

/** `operator` has the shape of the only variable, or is flat over all of them. */
export function proveMonotone(operator: Node, c: Calculus): Proof {
  const terms = summandsOf(operator);
  const affine = terms.filter((term) => c.degree(term.node) <= 1);
  const others = terms.filter((term) => c.degree(term.node) > 1);
  const parts = others.map((term) => proveNondecreasing(term.node, term.negative, c));
  const failed = parts.find((part) => !part.ok);
  if (failed !== undefined) return failed;
  const sum = affine.reduce<Node | undefined>((total, { node, negative }) => {
    const signed = negative ? c.graph.neg(node) : node;
    return total === undefined ? signed : c.graph.add(total, signed);
  }, undefined);
  const linear = sum === undefined ? proved('no affine part', operator) : proveAffine(sum, c);
  return proved('a sum of monotone operators', operator, [linear, ...parts]);
}

function proveAffine(operator: Node, c: Calculus): Proof {
  if (c.degree(operator) === 0) return proved('constant', operator);
  const matrix = affineJacobian(operator, c);
  if (matrix === undefined || !c.known(matrix)) return stuck('not known to be monotone', operator);
  const condition = semidefiniteCondition(c.graph, matrix);
  const answer = decided(condition);
  if (answer === true)
    return proved('affine, the symmetric part of its matrix positive semidefinite', operator);
  if (answer === false)
    return stuck(
      'affine, but the symmetric part of its matrix has a negative eigenvalue',
      operator,
    );
  return provedIf(
    'affine, monotone if the symmetric part of its matrix is positive semidefinite',
    operator,
    condition,
  );
}

/** Entry i is a function of entry i of the variable, with slope of one sign. */
function proveNondecreasing(node: Node, negative: boolean, c: Calculus): Proof {
  const [variable] = c.variables;
  const couples = stuck('couples coordinates in a way not known to be monotone', node);
  if (variable === undefined || c.variables.size !== 1) return couples;
  if (!sameShape(variable.type.shape, node.type.shape) || !proveEntrywise(node, variable, c))
    return couples;
  try {
    const ones = c.graph.ones(variable.type.shape);
    const [slope] = jvp(c.graph, [node], [variable], [ones]);
    const range = slope === undefined ? undefined : c.range(slope);
    const isMonotone =
      range === undefined || (negative ? isNonpositive(range) : isNonnegative(range));
    return isMonotone
      ? proved('does not decrease, coordinate by coordinate', node)
      : stuck('its slope may be negative', node);
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return couples;
    throw fault;
  }
}
