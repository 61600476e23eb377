// Solvers, linear in the right-hand side, and the derivative of the matrix exponential.
import { InternalError } from '../../tensor/internal-error.ts';
import { frechetBlock, frechetDerivative, frechetParts } from '../frechet.ts';
import { transposed } from '../matrices.ts';
import { single, type TransposeRule } from './rule.ts';

export const triangularSolve: TransposeRule<'triangularSolve'> = single(
  (node, ct, { graph, add }) => {
    const { lower, transposed: flipped } = node.attributes;
    const [L, B] = node.args;
    add(B, graph.triangularSolve(L, ct, { lower, transposed: !flipped }));
  },
);

export const solve: TransposeRule<'solve'> = single((node, ct, { graph, add }) => {
  const { positiveDefinite } = node.attributes;
  const [A, B] = node.args;
  add(B, graph.solve(positiveDefinite ? A : transposed(graph, A), ct, positiveDefinite));
});

/** The transpose of a pseudo-inverse is the pseudo-inverse of the transpose. */
export const leastSquares: TransposeRule<'leastSquares'> = single((node, ct, { graph, add }) => {
  const [A, B] = node.args;
  add(B, graph.leastSquares(transposed(graph, A), ct));
});

/** L(A, ·)' = L(A', ·). Only blocks that the tangent of `expm` builds are linear, in their upper right part. */
export const expm: TransposeRule<'expm'> = single((node, ct, { graph, add }) => {
  const parts = frechetParts(node.args[0]);
  if (parts === undefined) throw new InternalError('expm in a linear program');
  const { A, E } = parts;
  add(
    E,
    frechetDerivative(
      graph,
      graph.expm(frechetBlock(graph, transposed(graph, A), frechetDerivative(graph, ct))),
    ),
  );
});
