// Bilinear: affine in each of two groups of variables while the other is held fixed.
import type { Node } from '../../tensor/ir.ts';
import type { Calculus } from './calculus.ts';
import { proved, stuck, type Proof } from './proof.ts';

/** Affine in these variables, all others held fixed. */
export function proveAffineIn(node: Node, variables: readonly Node[], c: Calculus): Proof {
  const inner = c.with({ variables: new Set(variables) });
  const degree = inner.degree(node);
  if (degree <= 1) return proved(degree === 0 ? 'constant' : 'affine', node);
  return stuck(
    degree < Infinity
      ? `of degree ${degree} in the variables`
      : 'not a polynomial of the variables',
    smallestNonlinear(node, inner),
  );
}

/** The smallest part that is not affine although its arguments are. */
export function smallestNonlinear(node: Node, c: Calculus): Node {
  const inner = node.args.find((arg) => c.degree(arg) > 1);
  return inner === undefined ? node : smallestNonlinear(inner, c);
}

export function proveBilinear(
  node: Node,
  left: readonly Node[],
  right: readonly Node[],
  c: Calculus,
): Proof {
  return proved('affine in each of the two groups', node, [
    proveAffineIn(node, left, c),
    proveAffineIn(node, right, c),
  ]);
}

/** Two groups of the variables in which the expression is bilinear, where there are any. */
export function bilinearGroups(
  node: Node,
  c: Calculus,
): readonly [readonly Node[], readonly Node[]] | undefined {
  const groups: readonly [Node[], Node[]] = [[], []];
  const isAffine = (variables: readonly Node[]): boolean =>
    c.with({ variables: new Set(variables) }).degree(node) <= 1;
  for (const v of c.variables) {
    const group = groups.find((members) => isAffine([...members, v]));
    if (group === undefined) return undefined;
    group.push(v);
  }
  return groups;
}
