// Costly quantities of data alone that both the step and the measures need, and fixed samples: worked out once, in `prepare`. They are the same expressions of the
// problem as written, so measures that read them know no more of the method than before.
import type { Node, Op } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { inputsOf, nodesAround, postorder } from '../../tensor/visit.ts';
import { varying } from '../../schedule/place.ts';
import { isFixed } from './inputs.ts';

const costly: ReadonlySet<Op> = new Set<Op>([
  'eigh',
  'svd',
  'qr',
  'cholesky',
  'solve',
  'leastSquares',
  'logabsdet',
  'expm',
  'loop',
  'while',
]);

/** Results of costly operations that both lists of nodes lead to, and the samples that either does. */
export function sharedResults(step: readonly Node[], measures: readonly Node[]): readonly Node[] {
  const all = postorder([...step, ...measures]);
  const kept = new Set([...costlyResults(step, measures), ...all.filter(isFixedSample)]);
  return nodesAround([...step, ...measures], kept).filter((node) => kept.has(node));
}

/** What is drawn from the data seed for all of a run. */
function isFixedSample(node: Node): boolean {
  return (
    isOp(node, 'draw') &&
    node.attributes.stream === 'data' &&
    node.type.shape.length > 0 &&
    node.free.length === 0 &&
    node.args.every(isPure)
  );
}

function costlyResults(step: readonly Node[], measures: readonly Node[]): readonly Node[] {
  const here = new Set(postorder(step).map(({ id }) => id));
  const order = postorder(measures).filter(({ id }) => here.has(id));
  const changing = varying(order, (input) => !isFixed(input));
  const found = new Set(
    order.filter(
      (node) =>
        isCostly(node) &&
        node.type.shape.length > 0 &&
        node.type.storage === 'dense' &&
        node.free.length === 0 &&
        !changing.has(node.id) &&
        isPure(node),
    ),
  );
  return [...found];
}

const isCostly = (node: Node): boolean =>
  isOp(node, 'part')
    ? costly.has(node.args[0].op)
    : costly.has(node.op) && node.results.length === 1;

/** Without draws and counted calls, and of data, params and sizes that `prepare` knows. */
const isPure = (node: Node): boolean =>
  postorder([node]).every(
    (inner) =>
      !isOp(inner, 'draw') &&
      !isOp(inner, 'sample') &&
      !isOp(inner, 'oracle') &&
      !isOp(inner, 'compress'),
  ) && inputsOf([node]).every(({ attributes: { role } }) => role === 'data' || role === 'param');
