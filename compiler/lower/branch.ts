// `if c then a else b`. Where both sides are cheap and cannot fail, one `select`; else a lazy `cond`. Over lanes `vectorize` turns a `cond` into a
// `select` whose operands are guarded, so that `if i == j then 0 else 1/(i - j)` has no infinity anywhere.
import type { Graph } from '../tensor/graph.ts';
import type { Node, Op } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { isOp } from '../tensor/type.ts';

import { postorderWhere } from '../tensor/visit.ts';
import { safeOperand, safeOperands } from './vectorize/guard.ts';

export function branch(graph: Graph, condition: Node, then: Node, otherwise: Node): Node {
  if (then === otherwise) return then;
  const shape = then.type.shape.length > 0 ? then.type.shape : otherwise.type.shape;
  const [yes, no] = [then, otherwise].map((side) =>
    side.type.shape.length === 0 ? graph.full(side, shape) : side,
  );
  if (isHarmless(yes) && isHarmless(no)) return graph.select(condition, yes, no);
  return graph.cond(
    condition,
    () => [yes],
    () => [no],
  )[0];
}

/** How many operations are cheap enough to be done in vain. */
const cheap = 16;

/** Few entrywise operations that are finite, with their derivatives, wherever their operands are. */
function isHarmless(node: Node): boolean {
  let count = 0;
  const entered = (inner: Node): boolean => ++count <= 4 * cheap && inner.op !== 'input';
  const nodes = postorderWhere([node], entered);
  return nodes.length <= cheap && nodes.every(isHarmlessStep);
}

/** Never fail, whatever their operands. */
const harmless: ReadonlySet<Op> = new Set<Op>([
  'input',
  'parameter',
  'constant',
  'literal',
  'size',
  'iota',
  'broadcast',
  'select',
  'stop',
  'slice',
  'reshape',
  'transpose',
]);

function isHarmlessStep(node: Node): boolean {
  if (isOp(node, 'gather')) return node.attributes.inBounds;
  if (isOp(node, 'unary')) return safeOperand[node.attributes.fn] === undefined;
  if (!isOp(node, 'binary')) return harmless.has(node.op);
  const { fn } = node.attributes;
  const value = constantEntry(node.args[1]);
  if (fn === 'div') return value !== undefined && value !== 0;
  if (fn === 'pow') return value !== undefined && Number.isInteger(value) && value >= 0;
  return safeOperands[fn].every((safe) => safe === undefined);
}

/** `select` on a mask of one lane, or lazily where the body may fail. */
export const masked = (graph: Graph, mask: Node, body: Node, neutral: number): Node =>
  branch(graph, mask, body, graph.full(neutral, body.type.shape));
