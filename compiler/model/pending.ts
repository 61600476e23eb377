// Robust quantities without a type take the shape of the tensor that they meet first.
import type { Context } from './context.ts';
import { tensorType } from './type-of.ts';
import type { Axis, Local, TypedExpression } from './types.ts';

/** The quantity of unknown shape that an expression stands for, through parameters of inlined functions. */
function pendingOf(context: Context, e: TypedExpression): Local | undefined {
  const { pending, bindings } = context.shared;
  let node: TypedExpression | undefined = e;
  while (node?.kind === 'local') {
    if (pending.has(node.local)) return node.local;
    node = bindings.get(node.local);
  }
  return undefined;
}

function learn(context: Context, e: TypedExpression, shape: readonly Axis[]): void {
  const local = pendingOf(context, e);
  if (local !== undefined && context.shared.pending.get(local) === undefined) {
    context.shared.pending.set(local, tensorType('real', shape));
  }
}

/** `a op b` where both must have one shape. */
export function learnFromEqual(context: Context, a: TypedExpression, b: TypedExpression): void {
  if (context.shared.pending.size === 0) return;
  if (b.type.element !== 'unknown') learn(context, a, b.type.shape);
  if (a.type.element !== 'unknown') learn(context, b, a.type.shape);
}

/** `a * b`. */
export function learnFromProduct(context: Context, a: TypedExpression, b: TypedExpression): void {
  if (context.shared.pending.size === 0) return;
  const [p, q] = [a.type.shape, b.type.shape];
  if (b.type.element !== 'unknown' && q.length > 0) learn(context, a, [q[0]]);
  if (a.type.element !== 'unknown' && p.length > 0) learn(context, b, [p[p.length - 1]]);
}
