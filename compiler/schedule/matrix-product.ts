// Products of two matrices of some size go to a tiled kernel of the runtime.
import { constantValue, type Dim } from '../tensor/dim.ts';
import type { Node } from '../tensor/ir.ts';
import { position } from './emitter.ts';
import { addCall } from './kernel-call.ts';
import type { Planner } from './planner.ts';
import type { Target } from './target.ts';

/** Products with a known side below this are written as loops. */
const smallSide = 9;

interface Factor {
  readonly node: Node;
  readonly transposed: boolean;
}

/** Adds the call of a kernel for A*B, A'*B or A*B'; false where the contraction is none of these. */
export function matrixProduct(planner: Planner, target: Target, node: Node<'contract'>): boolean {
  const { batch, sum } = node.attributes;
  const [a, b] = node.args;
  if (batch.length > 0 || sum.length !== 1) return false;
  if (a.type.shape.length !== 2 || b.type.shape.length !== 2) return false;
  const [[p, q]] = sum;
  const [rows, inner, columns] = [a.type.shape[1 - p], a.type.shape[p], b.type.shape[1 - q]];
  if ([rows, inner, columns].some(isSmall)) return false;
  const left = plain({ node: a, transposed: p === 0 });
  const right = plain({ node: b, transposed: q === 1 });
  // The kernel has no form for two transposes: the right one is laid out anew.
  const laid: Factor =
    left.transposed && right.transposed ? { node: b, transposed: q === 1 } : right;
  const both = left.transposed && laid.transposed;
  if (both) return false;
  const name = left.transposed ? 'matmulTN' : laid.transposed ? 'matmulNT' : 'matmul';
  const [A, B] = [planner.ensure(left.node), planner.ensure(laid.node)];
  addCall(planner, {
    name,
    writes: [target],
    reads: [A, B],
    scalars: [],
    args: (emitter) => [
      emitter.array(target),
      emitter.array(A),
      emitter.array(B),
      ...[rows, inner, columns].map(position),
    ],
  });
  return true;
}

const isSmall = (dim: Dim): boolean => (constantValue(dim) ?? Infinity) < smallSide;

/** Looks through a transpose. */
function plain(factor: Factor): Factor {
  const { node, transposed } = factor;
  if (node.op === 'transpose' && node.attributes.permutation[0] === 1)
    return { node: node.args[0], transposed: !transposed };
  return factor;
}
